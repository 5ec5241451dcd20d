// Command lines at random, derived from the usages alone: whatever form is added to the model is generated,
// without a word about it here. One choice after the other decides, so that a shorter list of choices makes a
// simpler line.
#pragma once

#include <cstdint>
#include <span>

#include "model/op.h"

namespace rehearse {

/// A list of numbers that is used up from the front; zeroes follow when it is over.
class Choices {
 public:
  explicit Choices(std::span<const std::uint16_t> numbers) : numbers_(numbers) {}
  /// A number below `limit`, which must not be 0.
  std::size_t below(std::size_t limit) {
    const std::uint16_t number = next_ < numbers_.size() ? numbers_[next_++] : 0;
    return number % limit;
  }
  bool over() const { return next_ >= numbers_.size(); }

 private:
  std::span<const std::uint16_t> numbers_;
  std::size_t next_ = 0;
};

/// One row of a table.
template <std::size_t N>
const char* pick(const char* const (&of)[N], Choices& choices) {
  return of[choices.below(N)];
}

/// A line of this form: required parts, some of the others, values that often name something in
/// small_world().
Words random_line(const Usage& usage, Choices& choices);

/// A line of any form there is.
Words random_line(Choices& choices);

/// One host, "alpha", with four disks; groups vg1 and vg2 with volumes, a snapshot and file systems; made by
/// the model's own commands.
World small_world();

}  // namespace rehearse
