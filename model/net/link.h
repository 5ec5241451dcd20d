// The network between two hosts. A link that works well has no row; a row says what is wrong with it, each
// direction by itself.
#pragma once

#include <cstdint>

#include "model/hash.h"
#include "model/units.h"

namespace rehearse {
struct World;
struct Host;
}  // namespace rehearse

namespace rehearse::net {

struct Direction {
  bool cut = false;
  bool loses_large = false;  // large packets are lost, small ones pass (a wrong MTU on the way)
  std::uint32_t delay_ms = 0;
  bool well() const { return !cut && !loses_large && delay_ms == 0; }
  friend auto fields(const Direction& direction) {
    const auto& [cut, loses_large, delay_ms] = direction;
    return std::tie(cut, loses_large, delay_ms);
  }
  bool operator==(const Direction&) const = default;
};

/// Between two hosts, the first the lesser by name.
struct Link {
  Direction there;
  Direction back;
  friend auto fields(const Link& link) {
    const auto& [there, back] = link;
    return std::tie(there, back);
  }
  bool operator==(const Link&) const = default;
};

/// A frame of Ethernet that is longer is large: far below its MTU of 1500, above questions and answers.
inline constexpr Bytes kLargeFrame = 1000;
/// Whether what a program sends in one piece over TCP needs such a frame.
constexpr bool is_large(Bytes piece) { return piece + 66 > kLargeFrame; }

/// The name of a link's row in the world: "alpha beta".
Name link_name(Name one, Name other);
/// How things are on the way from one host to another.
Direction way(const World&, Name from, Name to);
/// Changes one direction; a link that is well again loses its row.
void set_way(World&, Name from, Name to, const Direction&);
/// Both have power and neither hangs, and packets pass both ways.
bool connected(const World&, Name one, Name other);
/// Milliseconds there and back.
std::uint32_t round_trip(const World&, Name one, Name other);

}  // namespace rehearse::net
