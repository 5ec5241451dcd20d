// Small texts: sed -i, echo, and what a shell's redirection writes.
#pragma once

#include "model/fs/form.h"

namespace rehearse::fs {

/// The commands of sed that are known: s and d, each for all lines, one line, a range, or lines that match.
struct SedScript {
  std::string text;
  bool operator==(const SedScript&) const = default;
};
bool read_value(std::string_view text, SedScript& value);
std::string show_value(const SedScript& value);

struct EditFiles {
  std::vector<SedScript> scripts;  // -e
  std::vector<Name> files;
  bool extended = false;
  static constexpr Usage usage() {
    return usage_of("sed", flag("-i,--in-place"), toggle<&EditFiles::extended>("-E,-r"),
                    option<&EditFiles::scripts>("-e,--expression"), some<&EditFiles::files>("FILE"));
  }
  bool operator==(const EditFiles&) const = default;
};
Refused run(World&, Name host, const EditFiles&, Report&);

/// sed -i SCRIPT FILE...: the script as the first operand.
struct EditFilesBy {
  SedScript script;
  std::vector<Name> files;
  bool extended = false;
  static constexpr Usage usage() {
    return usage_of("sed", flag("-i,--in-place"), toggle<&EditFilesBy::extended>("-E,-r"),
                    operand<&EditFilesBy::script>("SCRIPT"), some<&EditFilesBy::files>("FILE"));
  }
  bool operator==(const EditFilesBy&) const = default;
};
Refused run(World&, Name host, const EditFilesBy&, Report&);

struct Echo {
  std::vector<std::string> words;
  static constexpr Usage usage() { return usage_of("echo", any<&Echo::words>("TEXT")); }
  bool operator==(const Echo&) const = default;
};
Refused run(World&, Name host, const Echo&, Report&);

/// The sign before a here-string.
struct HereString {
  bool operator==(const HereString&) const = default;
};
bool read_value(std::string_view text, HereString&);
std::string show_value(HereString);

/// COMMAND > FILE and COMMAND >> FILE, with the text that the command printed; spelled as tee would be.
struct WriteFile {
  Name path;
  std::string text;
  bool append = false;
  HereString sign;
  static constexpr Usage usage() {
    return usage_of("tee", toggle<&WriteFile::append>("-a,--append"), operand<&WriteFile::path>("FILE"),
                    operand<&WriteFile::sign>("<<<"), operand<&WriteFile::text>("TEXT"));
  }
  bool operator==(const WriteFile&) const = default;
};
Refused run(World&, Name host, const WriteFile&, Report&);

}  // namespace rehearse::fs
