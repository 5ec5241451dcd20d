// The journal of a run on real machines: a line of JSON before each step and one behind it, each on the disk
// before the run goes on. Whatever ends the run, the journal says what was done, what was under way and what
// the machines showed last; a last line that was cut short is as if it had not been written.
//
//   {"rehearse_journal":1,"runbook":"upgrade.md","digest":"0x…","target":"local","seen":{"alpha":{…}}}
//   {"begins":4,"line":12,"host":"alpha","text":"lvcreate -L 8M -n x vg"}
//   {"ends":4,"how":"done","refusal":"","status":0,"out":[…],"err":[…],"seen":{"alpha":{…}}}
//   {"closed":"done"}
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "scenarios/player.h"
#include "scenarios/sight.h"

namespace rehearse {

/// How a step of a real run ended, as far as the journal is concerned.
enum class StepEnd : std::uint8_t {
  done,        // and was as the model predicted: done, refused or failed
  skipped,     // not played, on the model neither
  differs,     // not as predicted
  unknown,     // no exit status came back
  not_run,     // it was found later that it had had no effect: it is to be played again
  found_done,  // it was found later to have been done
};
std::string_view name_of(StepEnd);

struct JournalHead {
  std::string runbook;
  std::uint64_t digest = 0;  // of the runbook and its world
  std::string target;
  Sights seen;
  bool operator==(const JournalHead&) const = default;
};

struct StepBegins {
  std::size_t step = 0;  // which item of the runbook, from 0
  std::size_t line = 0;
  std::string host;
  std::string text;
  bool operator==(const StepBegins&) const = default;
};

struct StepEnds {
  std::size_t step = 0;
  StepEnd how = StepEnd::done;
  std::string refusal;
  int status = 0;
  std::vector<std::string> out;
  std::vector<std::string> err;
  std::string why;  // of skipped, differs and unknown
  Sights seen;      // of the hosts that were looked at
  bool operator==(const StepEnds&) const = default;
};

/// The run came to its end, or stopped with everything known.
struct Closed {
  std::string why;  // "done" at the end of the runbook
  bool operator==(const Closed&) const = default;
};

using JournalEntry = std::variant<StepBegins, StepEnds, Closed>;

struct JournalText {
  JournalHead head;
  std::vector<JournalEntry> entries;
  std::size_t whole = 0;  // bytes up to the end of the last whole line
  bool operator==(const JournalText&) const = default;
};

std::string write_head(const JournalHead&);
std::string write_entry(const JournalEntry&);
Input<JournalText> read_journal(std::string_view text, const std::string& file);

/// What is known after all entries.
struct JournalState {
  std::map<std::size_t, StepEnds> ended;
  std::optional<StepBegins> under_way;  // or of an unknown end
  Sights seen;                          // the latest of each host
  bool finished = false;                // the runbook was played to its end
};
JournalState state_of(const JournalText&);

}  // namespace rehearse
