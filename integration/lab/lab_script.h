// A script for the lab: lines as they stand in a recording, without what the commands said. What playing it
// writes is a recording, and a recording can be played again.
//
//   lab: disks=4 size=256M guests=2    with=qemu: they can run guests of their own
//   alpha# vgcreate vg /dev/vda        a command, read by bash; `\` at the end continues it
//   ! alpha loses power                a fault, in the words of runbooks or in the short ones of recordings
//   ~ 3 seconds pass                   time; also `~ sleep 3`, `~ settle`, `~ until alpha# COMMAND`
#pragma once

#include <set>

#include "integration/lab/lab.h"
#include "model/step.h"
#include "scenarios/input.h"

namespace rehearse {

struct LabFault {
  enum class Kind : std::uint8_t {
    power_off,
    power_on,
    unplug,
    plug,
    fail,
    mend,
    hang,
    cache_writes,
    tear_writes,
    stop,
    go_on,
    cut,
    slow,
    lose_large,
    heal,
  };
  Kind kind = Kind::power_off;
  std::string guest = {};
  std::string disk = {};
  std::string from = {};  // of the link's: only what this guest sends to `to`
  std::string to = {};
  DiskErrors errors = {};
  std::chrono::milliseconds delay{0};  // of slow
  Bytes rate = 0;                      // of slow, instead: bytes that pass in a second
  std::uint64_t seed = 0;              // of tear_writes
  bool operator==(const LabFault&) const = default;
};

/// `words` stand behind `! `. None: no fault that the lab knows, or not of one of these guests.
std::optional<LabFault> read_lab_fault(std::string_view words,
                                       const std::set<std::string>& guests = {"alpha", "beta"});
/// As it is read.
std::string words_of(const LabFault&);
/// The step of a runbook as a fault of the host it names; none: it is no fault.
std::optional<LabFault> lab_fault_of(const Step&);
/// The sentences that are the lab's alone, for people.
std::string_view lab_fault_help();
/// Makes it so. `name` is what a plugged disk is now called.
Done inflict(Lab&, const LabFault&, std::string* name = nullptr);

struct LabLine {
  enum class Kind : std::uint8_t { comment, command, until, fault, sleep, settle };
  Kind kind = Kind::comment;
  std::size_t line = 0;
  std::string text;     // as it was written
  std::string guest;    // of command and until
  std::string command;  // of command and until
  LabFault fault;
  std::chrono::milliseconds time{0};
};

struct LabScript {
  std::string file;
  std::size_t guests = 1;
  std::size_t disks = 4;
  Bytes disk_size = 256 * kMiB;
  LabWith with = LabWith::tools;
  std::vector<LabLine> lines;
};

Input<LabLine> read_lab_line(const std::string& text);
Input<LabScript> read_lab_script(std::string_view text, const std::string& file);

/// Plays one line and writes it with what came of it, as recordings have it. Why no more can be played, if
/// so.
Done play_lab_line(Lab&, const LabLine&, std::chrono::milliseconds deadline, std::string& said);

}  // namespace rehearse
