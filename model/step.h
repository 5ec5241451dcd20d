// Everything that can happen next: a command, a guest's write, background progress, a fault. A list of steps
// is a script, and a script is what a person writes, what a search finds and what a recording holds.
#pragma once

#include "model/op.h"

namespace rehearse {

struct Command {
  Name host;
  Op op;
  bool operator==(const Command&) const = default;
};

/// A guest writes through its file systems; the write is acknowledged to it.
struct GuestWrite {
  Name domain;
  Bytes bytes = 0;
  Name path;            // in the guest; a directory gets a new file
  bool random = false;  // scattered in blocks of 4 KiB over what is there, instead of one new stretch
  bool flushed = true;  // false: the guest was told so, but the data are in its memory only
  bool operator==(const GuestWrite&) const = default;
};

/// Something on the host writes to a block device, past every file system.
struct HostWrite {
  Name host;
  Bytes bytes = 0;
  Name path;  // "/dev/vg1/echelon"
  bool random = false;
  Bytes offset = 0;  // where it starts, unless random
  bool operator==(const HostWrite&) const = default;
};

/// A guest's service is upgraded: its program now expects this version, and its data, if they are mounted
/// there, are converted.
struct Upgrade {
  Name domain;
  Name service;
  std::uint32_t version = 0;
  bool operator==(const Upgrade&) const = default;
};

/// Time passes: memory is written back, the days since a check grow; background work goes on if it has time.
struct Pass {
  std::uint64_t seconds = 0;
  bool operator==(const Pass&) const = default;
};

/// One quantum of background work on a host (of a merge: one run of chunks), or all there is.
struct Progress {
  bool all = false;
  bool operator==(const Progress&) const = default;
};

struct PowerOff {
  Name host;
  bool operator==(const PowerOff&) const = default;
};
struct PowerOn {
  Name host;
  bool operator==(const PowerOn&) const = default;
};

enum class DiskFault : std::uint8_t {
  unplugged,
  plugged,
  fails_reads,
  fails_writes,
  fails,
  hangs,
  mended,
  caches_writes,  // from now on, and for good
};
struct DiskEvent {
  Name host;
  Name disk;  // "sda"
  DiskFault fault = DiskFault::fails;
  std::optional<Range> where = {};  // of one that fails: these sectors only
  bool operator==(const DiskEvent&) const = default;
};

enum class LinkFault : std::uint8_t { cut, slowed, loses_large, healed };
/// The network between two hosts; without names, between all of them.
struct LinkEvent {
  Name from;
  Name to;
  bool one_way = false;  // only what `from` sends to `to`
  LinkFault fault = LinkFault::cut;
  std::uint32_t delay_ms = 0;  // slowed: by this, in each direction
  bool operator==(const LinkEvent&) const = default;
};

/// A host stops answering without dying, or goes on where it stopped.
struct HostEvent {
  Name host;
  bool hangs = true;
  bool operator==(const HostEvent&) const = default;
};

using Step = std::variant<Command, GuestWrite, HostWrite, Upgrade, Pass, Progress, PowerOff, PowerOn,
                          DiskEvent, LinkEvent, HostEvent>;

/// Plays one step. What a tool refused, or why the step cannot be (a guest that is not running); the words
/// are in the report.
Refused play(World&, const Step&, Report&);

/// Drops everything in a host's memory, as a loss of power does.
void lose_power(World&, Name host);
/// Boots: finds the disks, activates volume groups, mounts /etc/fstab, starts exports and the domains of
/// /etc/xen/auto, in that order.
void boot(World&, Name host, Report&);
/// The kernel finds a disk that is there, with the partitions of its table; udev then activates what volume
/// groups it completes, if told to.
void find_disk(World&, Name host, Name disk, bool activate);

}  // namespace rehearse
