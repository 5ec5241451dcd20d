// Words as a POSIX shell has to see them so that it reads them back unchanged, whatever bytes they hold.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace rehearse {

/// One word; plain words stay as they are.
std::string quote_for_shell(std::string_view word);
/// A simple command.
std::string quote_for_shell(std::span<const std::string> words);

}  // namespace rehearse
