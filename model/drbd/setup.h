// What drbdsetup says of a call of the kernel's that failed, and how it ends: the numbers of kernel_calls.h
// in the words of refusals.inc.
#pragma once

#include <functional>
#include <string_view>

#include "model/drbd/kernel_calls.h"
#include "model/refusal.h"

namespace rehearse::drbd {

/// How a program ended that was run: its last words on standard error are not in the report yet.
struct Ending {
  int status = 0;
  Refused why;

  bool ok() const { return status == 0; }
};

/// `object` is what drbdsetup names first: the minor, the resource, or ?? for a connection.
Ending ended(const Answer&, std::string_view object);
/// The refusal with this number. There is one for each that the kernel can give.
Refusal refusal_of(Code);

/// What drbdsetup sees for itself of the disks to attach: that they can be opened, and are block devices.
Refused no_disk_to_attach(const World&, Name host, const std::string& disk, const std::string& meta_disk);

/// Options of resize.
ResizeWith resize_with(const std::vector<std::string>& words);

/// What disk-options, net-options and resource-options change with these words; the rest stays, unless
/// `--set-defaults` is among them.
Answer change_disk_options(World&, Name host, std::uint32_t minor, const std::vector<std::string>& words,
                           Report&);
Answer change_net_options(World&, Name host, Name local, Name peer, const std::vector<std::string>& words,
                          Report&);
Answer change_resource_options(World&, Name host, Name resource, const std::vector<std::string>& words,
                               Report&);

/// How long wait-connect and wait-sync wait, in seconds; 0: for ever.
struct WaitLimits {
  std::uint32_t wfc = 0;
  std::uint32_t degraded = 0;  // if the peer was lost already before the boot
  std::uint32_t outdated = 0;  // if the peer's disk is known to be outdated
  bool after_sb = false;       // even if there is no connection to come
};
WaitLimits wait_limits(const std::vector<std::string>& words);
Ending wait_by_setup(const World&, Name host, std::uint32_t minor, Wait what, WaitLimits, Report&);

/// A refusal as drbdsetup or drbdmeta ends with it.
Ending refused(Refused);
/// Adds to the last detail of words that end with one.
void append(Refused&, std::string_view more);

/// The row among those from `first` to `last` whose words the message fits, with its details.
Refused fitting(Refusal first, Refusal last, std::string_view message);

}  // namespace rehearse::drbd
