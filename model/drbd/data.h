// Reads and writes of /dev/drbdN: to the disk below, to the peer's, or to one alone with a note of what the
// other lacks (drbd_req.c).
#pragma once

#include <vector>

#include "model/io.h"

namespace rehearse {
struct Report;
}

namespace rehearse::drbd {

ReadResult read(const World&, Name host, std::uint32_t minor, Range range);
IoError write(World&, Name host, std::uint32_t minor, const Patch& patch);

/// Why the device cannot be opened (drbd_main.c drbd_open): none, wrong_medium (not primary, to read) or
/// read_only_now (not primary, to write).
IoError may_open(const World&, Name host, std::uint32_t minor, bool to_write);

/// Where this thread read replicated devices since this was made, and the disk below could not be: that costs
/// the disk, or marks what could not be read, and a read itself changes nothing. Notes of the innermost one.
class UnreadBlocks {
 public:
  UnreadBlocks();
  ~UnreadBlocks();
  UnreadBlocks(const UnreadBlocks&) = delete;
  UnreadBlocks& operator=(const UnreadBlocks&) = delete;
  bool any() const { return !places_.empty(); }
  /// Does what on-io-error says, for each of them.
  void take_effect(World&, Report&);
  static void note(Name host, std::uint32_t minor, Range);

 private:
  struct Place {
    Name host;
    std::uint32_t minor = 0;
    Range range;
  };
  UnreadBlocks* outer_;
  std::vector<Place> places_;
};

}  // namespace rehearse::drbd
