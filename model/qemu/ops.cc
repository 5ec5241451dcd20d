#include "model/qemu/ops.h"

#include <charconv>

#include "model/fs/path.h"
#include "model/layer.h"
#include "model/qemu/process.h"

namespace rehearse::qemu {
namespace {

// The number in the file; none: it is not there, or holds something else.
std::optional<std::uint32_t> number_in(const World& world, Name host, Name file) {
  const std::string text = fs::text_at(world, host, file).value_or("");
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  return number;
}

const domain::Domain* process_numbered(const World& world, Name host, std::uint32_t number) {
  for (const domain::Domain& row : *world.hosts.find(host)->domains) {
    if (row.machine && process_number(row.id) == number) return &row;
  }
  return nullptr;
}

}  // namespace

Refused refuse(const World& world, Name host, const EndByFile& op, Report&) {
  return number_in(world, host, op.pidfile) ? Refused() : Refused(Refusal::pidfile_not_valid);
}

void apply(World& world, Name host, const EndByFile& op, Report& report) {
  const domain::Domain* row = process_numbered(world, host, *number_in(world, host, op.pidfile));
  if (!row) {
    report.status = 1;
  } else if (op.kill) {
    kill(world, host, row->id);
  } else {
    end(world, host, row->id);
  }
}

Mismatch parse(std::span<const std::string> words, Op& op) { return layer::parse(words, op); }
int claims(std::span<const std::string> words) { return layer::claims<Op>(words); }
Words render(const Op& op) { return layer::render(op); }
std::vector<Usage> usages() { return layer::usages<Op>(); }

Refused refuse(const World& world, Name host, const Op& op, Report& report) {
  return op.visit([&](const auto& form) { return refuse(world, host, form, report); });
}

void apply(World& world, Name host, const Op& op, Report& report) {
  op.visit([&](const auto& form) { apply(world, host, form, report); });
}

}  // namespace rehearse::qemu
