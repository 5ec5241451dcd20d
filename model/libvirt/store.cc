#include "model/libvirt/store.h"

#include <fmt/format.h>

#include <algorithm>

#include "model/fs/path.h"
#include "model/fs/tree.h"

namespace rehearse::libvirt {
namespace {

constexpr std::string_view kFolder = "/etc/libvirt/qemu/";
constexpr std::string_view kAutostart = "/etc/libvirt/qemu/autostart/";
constexpr std::string_view kEnding = ".xml";
constexpr char kHeader[] =
    "<!--\nWARNING: THIS IS AN AUTO-GENERATED FILE. CHANGES TO IT ARE LIKELY TO BE\n"
    "OVERWRITTEN AND LOST. Changes to this xml configuration should be made using:\n"
    "  virsh edit {}\nor other application using the libvirt API.\n-->\n\n";

std::string file_of(std::string_view folder, std::string_view name) {
  return fmt::format("{}{}{}", folder, name, kEnding);
}

std::optional<Definition> read_file(const World& world, Name host, const std::string& path) {
  const auto text = fs::text_at(world, host, path);
  if (!text) return std::nullopt;
  auto read = read_definition(*text);
  if (auto* made = std::get_if<Definition>(&read)) return std::move(*made);
  return std::nullopt;  // libvirtd passes over a file it cannot read
}

// libvirtd syncs what it writes.
template <class F>
void change(World& world, Name host, F f) {
  Host& at = world.hosts.edit(host);
  f(at.root.edit());
  f(at.disk_root.edit());
}

}  // namespace

std::vector<Definition> kept(const World& world, Name host) {
  std::vector<Definition> all;
  for (const Name entry : fs::list_at(world, host, std::string(kFolder))) {
    if (!entry.str().ends_with(kEnding)) continue;
    if (auto made = read_file(world, host, std::string(kFolder) + entry.str()))
      all.push_back(std::move(*made));
  }
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return all;
}

std::optional<Definition> kept(const World& world, Name host, std::string_view name) {
  return read_file(world, host, file_of(kFolder, name));
}

void keep(World& world, Name host, const Definition& made) {
  const fs::File file =
      fs::text_file(file_of(kFolder, made.name), fmt::format(kHeader, made.name) + text_of(made));
  change(world, host, [&](fs::Tree& tree) { tree.put(file); });
}

void forget(World& world, Name host, std::string_view name) {
  change(world, host, [&](fs::Tree& tree) {
    tree.erase(file_of(kFolder, name));
    tree.erase(file_of(kAutostart, name));
  });
}

bool starts_by_itself(const World& world, Name host, std::string_view name) {
  return world.hosts.find(host)->root->find(file_of(kAutostart, name)) != nullptr;
}

void start_by_itself(World& world, Name host, std::string_view name, bool starts) {
  fs::File link = fs::text_file(file_of(kAutostart, name), file_of(kFolder, name));
  link.kind = fs::FileKind::symlink;
  change(world, host, [&](fs::Tree& tree) {
    if (starts) {
      tree.put(link);
    } else {
      tree.erase(link.path);
    }
  });
}

Definition Found::shown() const {
  if (!running) return definition.value_or(Definition{});
  auto read = read_definition(running->definition.str());
  return std::holds_alternative<Definition>(read) ? std::get<Definition>(std::move(read)) : Definition{};
}

Found find(const World& world, Name host, std::string_view typed) {
  Found found;
  const Host& at = *world.hosts.find(host);
  for (const domain::Domain& row : *at.domains) {
    if (row.definition.empty()) continue;
    const bool meant = std::to_string(row.id) == typed || row.config.name.str() == typed ||
                       row.definition.str().find(fmt::format("<uuid>{}</uuid>", typed)) != std::string::npos;
    if (!meant) continue;
    found.name = row.config.name;
    found.running = &row;
    break;
  }
  if (found) {
    found.definition = kept(world, host, found.name.str());
    return found;
  }
  for (Definition& made : kept(world, host)) {
    if (made.name != typed && made.uuid != typed) continue;
    found.name = made.name;
    found.definition = std::move(made);
    break;
  }
  return found;
}

}  // namespace rehearse::libvirt
