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
    flush_path(world, place);
  }
  return {};
}

namespace {

// What a usage alone cannot tell: dd between standard input and output, and a tune2fs that changes nothing.
Mismatch lacking(const Op& op) {
  if (const Dd* dd = op.get_if<Dd>(); dd && (!dd->input || !dd->output)) {
    return {Mismatch::Kind::missing, dd->input ? "of=" : "if="};
  }
  if (const Tune* tune = op.get_if<Tune>(); tune && !tune->changes()) return {Mismatch::Kind::missing, "-c"};
  return {};
}

}  // namespace

Mismatch parse(std::span<const std::string> words, Op& op) {
  const Mismatch bad = layer::parse(words, op);
  return bad.kind == Mismatch::Kind::none ? lacking(op) : bad;
}

int claims(std::span<const std::string> words) {
  Op op;
  const int count = layer::claims<Op>(words);
  return count == 1 && parse(words, op).kind != Mismatch::Kind::none ? 0 : count;
}

Words render(const Op& op) { return layer::render(op); }
std::vector<Usage> usages() { return layer::usages<Op>(); }

Refused refuse(const World& world, Name host, const Op& op, Report& report) {
  return op.visit([&](const auto& form) { return tried(world, host, form, report); });
}

void apply(World& world, Name host, const Op& op, Report& report) {
  op.visit([&](const auto& form) { run(world, host, form, report); });
}

}  // namespace rehearse::fs
