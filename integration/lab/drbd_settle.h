// Replicated devices come to rest: after each step the two guests go on by themselves for a while (a lost
// peer is noticed, a connection tried again, blocks copied), and what is compared comes when nothing of that
// is under way. Here is what that means, read off /proc/drbd of both.
#pragma once

#include <string>
#include <vector>

#include "integration/lab/lab.h"

namespace rehearse {

/// What one guest says when it is asked.
struct DrbdGlance {
  std::string guest;
  bool reached = true;        // what is sent arrives, in both directions, but for large packets
  std::string proc;           // /proc/drbd; empty without the module
  bool udev_is_busy = false;  // it may have a device open for a moment
};

/// Nothing will change by itself: no state that only leads to another, both ends of a connection know of it,
/// and none waits for a peer that waits as well, and could be reached.
bool at_rest(const std::vector<DrbdGlance>&);

/// By the last line of a kernel's log about a handshake that may have been a tie: is the side that logged it
/// the source? Nothing if no line is of such a thing.
std::optional<bool> source_of_tie(const std::string& log);

/// Asks until two answers running are the same and at rest, or the time is over: what cannot come to rest is
/// for whoever looks next. On a link that loses large packets a state that does not change for seconds is
/// rest. Adds what chance decided meanwhile, as lines of the recording: "[beta waits]" of a side that still
/// waits for a peer that stands alone, "[alpha is source]" if a handshake that may have been a tie made it
/// the source.
Done settle_drbd(Lab&, std::chrono::milliseconds deadline, std::string& chance);

}  // namespace rehearse
