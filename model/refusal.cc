#include "model/refusal.h"

#include <fmt/args.h>
#include <fmt/format.h>

#include <cassert>

namespace rehearse {
namespace {

constexpr RefusalRow kTable[] = {
#define REFUSAL(name, status, words) {Refusal::name, #name, status, words},
#include "model/domain/refusals.inc"
#include "model/drbd/refusals.inc"
#include "model/fs/refusals.inc"
#include "model/libvirt/refusals.inc"
#include "model/lvm/refusals.inc"
#include "model/net/refusals.inc"
#include "model/qemu/refusals.inc"
#undef REFUSAL
};

}  // namespace

std::span<const RefusalRow> refusal_table() { return kTable; }

const RefusalRow& row_of(Refusal code) {
  assert(code != Refusal::none);
  return kTable[static_cast<std::size_t>(code) - 1];
}

std::optional<Refusal> refusal_named(std::string_view name) {
  for (const RefusalRow& row : kTable) {
    if (row.name == name) return row.code;
  }
  return std::nullopt;
}

Argument Argument::size(Bytes bytes) {
  Argument argument(bytes);
  argument.kind_ = Kind::size;
  return argument;
}

std::string Argument::text() const {
  switch (kind_) {
    case Kind::none:
      return "";
    case Kind::text:
      return name_.str();
    case Kind::number:
      return std::to_string(number_);
    case Kind::size:
      return human_size(number_);
  }
  return "";
}

std::string Refused::words() const {
  if (why == Refusal::none) return "";
  fmt::dynamic_format_arg_store<fmt::format_context> args;
  for (const Argument& detail : details) args.push_back(detail.text());
  return fmt::vformat(row_of(why).words, args);
}

}  // namespace rehearse
