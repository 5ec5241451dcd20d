#include "scenarios/looking.h"

#include <algorithm>

#include "backends/filters.h"
#include "backends/reports/query.h"
#include "backends/shell_line.h"
#include "model/op.h"

namespace rehearse {
namespace {

bool changes_no_file(const Redirection& row) {
  return row.kind == Redirection::Kind::input || row.kind == Redirection::Kind::duplicate ||
         row.target == "/dev/null";
}

bool command_only_looks(const SimpleCommand& command, bool behind_pipe) {
  if (!std::all_of(command.redirections.begin(), command.redirections.end(), changes_no_file)) return false;
  const std::string& tool = command.words[0];
  if (tool == "echo" || tool == "true" || tool == "false") return true;
  if (behind_pipe && filter(command.words, "")) return true;
  if (file_filter(command.words)) return true;
  Op op;
  if (parse(command.words, op).kind == Mismatch::Kind::none) return false;
  reports::Query query;
  return reports::parse(plain_words(command.words), query).kind == Mismatch::Kind::none;
}

}  // namespace

bool only_looks(std::string_view line) {
  const auto read = read_shell_line(line);
  const auto* parts = std::get_if<std::vector<Pipeline>>(&read);
  if (!parts) return false;
  for (const Pipeline& part : *parts) {
    for (std::size_t i = 0; i < part.commands.size(); ++i) {
      if (!command_only_looks(part.commands[i], i > 0)) return false;
    }
  }
  return !parts->empty();
}

}  // namespace rehearse
