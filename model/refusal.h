// Why a tool says no. Each refusal has a code, a name for runbooks, the tool's exit status and its own words;
// the model returns the code, the words are found by it here and nowhere else. The lists are kept by layer in
// model/*/refusals.inc.
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "model/name.h"
#include "model/units.h"

namespace rehearse {

enum class Refusal : std::uint16_t {
  none,
#define REFUSAL(name, status, words) name,
#include "model/domain/refusals.inc"
#include "model/drbd/refusals.inc"
#include "model/fs/refusals.inc"
#include "model/libvirt/refusals.inc"
#include "model/lvm/refusals.inc"
#include "model/net/refusals.inc"
#include "model/qemu/refusals.inc"
#undef REFUSAL
};

struct RefusalRow {
  Refusal code;
  std::string_view name;
  int status;
  std::string_view words;  // fmt, with {0} {1} .. for the arguments; lines apart by \n; on standard error
};

/// All refusals but `none`, in the order of their codes.
std::span<const RefusalRow> refusal_table();
const RefusalRow& row_of(Refusal);
std::optional<Refusal> refusal_named(std::string_view name);

/// A detail that the words mention: a name, a number, or a size.
class Argument {
 public:
  Argument() = default;
  Argument(Name text) : kind_(Kind::text), name_(text) {}
  Argument(const char* text) : Argument(Name(text)) {}
  Argument(const std::string& text) : Argument(Name(text)) {}
  Argument(std::integral auto number) : kind_(Kind::number), number_(static_cast<std::uint64_t>(number)) {}
  static Argument size(Bytes bytes);  // shown as 12.00 MiB
  std::string text() const;
  bool operator==(const Argument&) const = default;

 private:
  enum class Kind : std::uint8_t { none, text, number, size };
  Kind kind_ = Kind::none;
  Name name_;
  std::uint64_t number_ = 0;
};

/// A refusal with its details, or none.
struct Refused {
  Refusal why = Refusal::none;
  std::array<Argument, 5> details;

  Refused() = default;
  Refused(Refusal code, Argument a = {}, Argument b = {}, Argument c = {}, Argument d = {}, Argument e = {})
      : why(code), details{a, b, c, d, e} {}
  explicit operator bool() const { return why != Refusal::none; }
  /// The tool's words, lines apart by \n, without a last one.
  std::string words() const;
  bool operator==(const Refused&) const = default;
};

}  // namespace rehearse
