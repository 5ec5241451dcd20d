// What there is to look up: the page of a rule, a refusal or a command, the lists of each, completion for
// bash.
#pragma once

#include <string>

namespace rehearse {

/// `rehearse explain WORD`: a rule's code, a refusal's name, or a command.
int explain(const std::string& word);
/// `rehearse list rules|refusals|commands|phrases`.
int list(const std::string& what);
int print_completion();

}  // namespace rehearse
