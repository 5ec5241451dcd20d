#include "scenarios/typed.h"

#include <algorithm>

#include "backends/shell_line.h"
#include "scenarios/looking.h"
#include "scenarios/script.h"
#include "scenarios/session.h"

namespace rehearse {
namespace {

const SimpleCommand* only_command(const std::vector<Pipeline>& parts) {
  if (parts.size() != 1 || parts[0].commands.size() != 1 || parts[0].negated) return nullptr;
  const SimpleCommand& command = parts[0].commands[0];
  return command.redirections.empty() ? &command : nullptr;
}

std::string with_heredoc(const CommandLine& line) {
  const auto word = heredoc_word(line.text);
  if (!word) return line.text;
  std::string text = line.text + "\n";
  for (const std::string& row : line.heredoc) text += row + "\n";
  return text + *word + "\n";
}

}  // namespace

Typed typed(const CommandLine& line, Name at) {
  Typed made{at, with_heredoc(line), line.yes ? "y\n" : "", false};
  const auto read = read_shell_line(made.text);
  const auto* parts = std::get_if<std::vector<Pipeline>>(&read);
  if (!parts) return made;
  made.single = parts->size() == 1;
  const SimpleCommand* command = only_command(*parts);
  if (!command) return made;
  if (command->words.size() == 1 && (command->words[0] == "exit" || command->words[0] == "logout")) {
    made.text.clear();
    return made;
  }
  std::string odd;
  const auto call = read_ssh(command->words, odd);
  if (!call || !odd.empty()) return made;
  made.text = call->command;
  if (call->command.empty()) return made;
  made.host = call->host;
  const auto inner = read_shell_line(call->command);
  const auto* inner_parts = std::get_if<std::vector<Pipeline>>(&inner);
  made.single = inner_parts && inner_parts->size() == 1;
  return made;
}

std::optional<Name> host_of(const Step& step) {
  return std::visit(
      []<class T>(const T& row) -> std::optional<Name> {
        if constexpr (requires { row.host; }) {
          return row.host;
        } else {
          return std::nullopt;
        }
      },
      step);
}

bool may_change(const Item& item, const Typed& line) {
  const auto* happens = std::get_if<Step>(&item.what);
  if (!happens) return !only_looks(line.text);
  return !std::holds_alternative<Pass>(*happens) && !std::holds_alternative<Progress>(*happens);
}

bool allowed(const Item& item, Name host, const std::set<Name>& hosts, const std::set<Name>& allowed) {
  if (!host.empty()) return allowed.contains(host);
  const auto* happens = std::get_if<Step>(&item.what);
  return happens && std::holds_alternative<LinkEvent>(*happens) &&
         std::includes(allowed.begin(), allowed.end(), hosts.begin(), hosts.end());
}

}  // namespace rehearse
