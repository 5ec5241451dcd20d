// The lines of a `console` block, turned into the items of a runbook. One reader goes over all blocks of a
// file in order, since an expectation may stand in a later block than the step it speaks of.
#pragma once

#include "scenarios/runbook.h"

namespace rehearse {

struct BlockLine {
  std::string_view text;
  std::size_t line = 0;    // in the file
  std::size_t indent = 0;  // bytes before the text in the file: of a list, a quotation
};

/// `root@trolls:~# `, `trolls# `, `user@trolls:dir$ `, `[root@trolls ~]# `.
struct Prompt {
  std::string_view user;
  std::string_view host;
  std::size_t length = 0;  // with the space behind it
};
std::optional<Prompt> read_prompt(std::string_view line);

/// The word that ends the here-document of a command line, if it has one.
std::optional<std::string> heredoc_word(std::string_view command);

/// Reads one block; what goes wrong first is the answer.
std::optional<InputError> read_script(const std::vector<BlockLine>& lines, const std::string& file,
                                      Runbook& into);

}  // namespace rehearse
