// /etc/xen/migrate-tab.txt: which guests of this host go where, and how. Blank-separated like fstab(5), one
// guest a line: its name, the host it goes to, and options that `xl migrate` gets.
//
//   # domain   peer       options
//   echelon    perceval   --live
//   mercure    galaad     -s ssh\040-p\0402222
//
// A blank within an option is \040 and a tab \011, as in fstab; a backslash itself is \134. Reading and
// writing are inverse.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scenarios/input.h"

namespace rehearse::migrate {

inline constexpr std::string_view kTabFile = "/etc/xen/migrate-tab.txt";

struct TabRow {
  std::string domain;
  std::string peer;
  std::vector<std::string> options;
  std::size_t line = 0;  // where it stands; not compared
  bool operator==(const TabRow& other) const {
    return domain == other.domain && peer == other.peer && options == other.options;
  }
};

struct Tab {
  std::vector<TabRow> rows;  // in the order of the file; a domain stands there once
  const TabRow* find(std::string_view domain) const;
  bool operator==(const Tab&) const = default;
};

Input<Tab> read_tab(std::string_view text, const std::string& file);
std::string write_tab(const Tab&);

/// A name that no tool takes for anything else: letters, digits and . _ + -, at most 64, not beginning with a
/// dash or a dot, not made of digits alone, none that `xl migrate` itself gives for a while, and not ALL.
bool plain_domain(std::string_view name);
/// A host's name or its address: letters, digits and . _ : -, at most 253, not beginning with a dash or a
/// dot.
bool plain_host(std::string_view name);

/// The words of a line, apart by blanks and tabs; what follows a # that begins a word is a comment.
std::vector<std::string> fields_of(std::string_view line);

}  // namespace rehearse::migrate
