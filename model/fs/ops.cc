#include "model/fs/ops.h"

#include "model/fs/flush.h"
#include "model/fs/path.h"
#include "model/layer.h"

namespace rehearse::fs {

Refused run(World& world, Name host, const Sync& form, Report&) {
  if (form.files.empty()) flush_all(world, host);
  for (const Name file : form.files) {
    const Place place = place_of(world, host, file);
    if (place.error != PathError::none || (!file_at(world, place) && !directory_at(world, place))) {
      return {Refusal::sync_no_file, file, Name(words_of(PathError::not_found))};
    }
    if (place.mount == Place::kRoot) continue;
    flush(world, place.host, (*world.hosts.find(place.host)->mounts)[place.mount].device);
  }
  return {};
}

Mismatch parse(std::span<const std::string> words, Op& op) { return layer::parse(words, op); }
int claims(std::span<const std::string> words) { return layer::claims<Op>(words); }
Words render(const Op& op) { return layer::render(op); }
std::vector<Usage> usages() { return layer::usages<Op>(); }

Refused refuse(const World& world, Name host, const Op& op, Report& report) {
  return std::visit([&](const auto& form) { return tried(world, host, form, report); }, op);
}

void apply(World& world, Name host, const Op& op, Report& report) {
  std::visit([&](const auto& form) { run(world, host, form, report); }, op);
}

}  // namespace rehearse::fs
