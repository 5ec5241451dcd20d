// Definitions of libvirt's domains: any text is read or turned down, and what was read and filled in is read
// again from what is written of it.
#include <algorithm>
#include <cstdlib>

#include "fuzz/target.h"
#include "model/libvirt/definition.h"

using namespace rehearse;

namespace {

// Blanks of several kinds are one kind when they are read again.
bool plain(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char letter) { return letter >= ' '; });
}

}  // namespace

int FUZZ_TARGET(libvirt_definition)(const std::uint8_t* data, std::size_t size) {
  auto read = libvirt::read_definition(text_of(data, size));
  if (auto* found = std::get_if<libvirt::Definition>(&read)) {
    read = libvirt::completed(std::move(*found), "alpha");
  }
  const auto* made = std::get_if<libvirt::Definition>(&read);
  if (!made) {
    if (std::get<libvirt::DefinitionError>(read).what.empty()) std::abort();
    return 0;
  }
  const std::string text = libvirt::text_of(*made);
  std::string names = made->name;
  for (const auto& disk : made->disks) names += disk.source;
  for (const auto& interface : made->interfaces) names += interface.source + interface.model;
  if (!made->unmodelled.empty() || !plain(names)) return 0;
  const auto again = libvirt::read_definition(text);
  const auto* same = std::get_if<libvirt::Definition>(&again);
  if (!same || same->name != made->name || same->uuid != made->uuid ||
      same->disks.size() != made->disks.size())
    std::abort();
  return 0;
}
