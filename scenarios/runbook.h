// A runbook is Markdown as people write it. Its fenced `console` blocks are a script that is played; a
// `world` block says on what, an `include` block brings in another file's blocks; all else is prose. Reading
// is a pure function of the texts: files come through a loader, so that anything can be read from memory.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "scenarios/input.h"
#include "scenarios/phrase.h"

namespace rehearse {

/// Where something stands: lines and columns count from 1, columns in characters.
struct Place {
  std::string file;
  std::size_t line = 0;
  std::size_t column = 0;
  bool operator==(const Place&) const = default;
};

/// `refused: NAME` below a command.
struct ExpectedRefusal {
  Refusal why = Refusal::none;
  Place place;
  bool operator==(const ExpectedRefusal&) const = default;
};

/// `expect: CODE [SUBJECT]`. Without a subject it speaks of the step above it, with one of any step of the
/// runbook.
struct ExpectedFinding {
  std::string code;
  std::string subject;
  Place place;
  bool operator==(const ExpectedFinding&) const = default;
};

/// `root@trolls:~# lvcreate -s ...`, with what the runbook shows below it.
struct CommandLine {
  Name host;
  Name user;                         // of the prompt; empty where the prompt has none
  std::string text;                  // continuation lines joined
  std::vector<std::string> heredoc;  // the lines after `<< WORD`, without the closing word
  std::vector<std::string> shown;    // the tool's output in the runbook; kept, never judged
  bool yes = false;                  // the output shows a question answered yes: `[y/n]: y`
  bool operator==(const CommandLine&) const = default;
};

struct Item {
  Place place;
  std::string text;  // the line, without its prompt
  std::variant<CommandLine, Step, Assertion> what;
  std::optional<ExpectedRefusal> refused;
  std::vector<ExpectedFinding> expected;  // `expect:` without a subject, below this item
};

/// What a `world` block holds: JSON, or the name of a file (already relative to where the program runs).
struct WorldSource {
  Place place;  // of the first line inside the block
  std::string file;
  std::string json;
};

struct Runbook {
  std::string file;
  std::string title;  // the first heading
  std::optional<WorldSource> world;
  std::vector<Item> items;
  std::vector<ExpectedFinding> expected;  // those with a subject
};

/// Gives a file's text, or why it cannot.
using Load = std::function<Input<std::string>(const std::string& file)>;
/// From the disk. Anything but a readable regular file of at most 64 MiB is an error.
Input<std::string> load_file(const std::string& file);

Input<Runbook> read_runbook(std::string_view text, const std::string& file, const Load& load);
Input<Runbook> load_runbook(const std::string& file);

inline constexpr std::size_t kLongestLine = 65536;  // bytes
inline constexpr std::size_t kMostIncludes = 256;   // files, counted each time one is included
inline constexpr std::size_t kMostItems = 100000;

}  // namespace rehearse
