#include "integration/fidelity.h"

#include <algorithm>
#include <filesystem>

#include "backends/shell_line.h"
#include "integration/recording_replay.h"

namespace rehearse {
namespace {

namespace files = std::filesystem;
using Verdict = ReplayedCommand::Verdict;

void count(Score& score, Verdict verdict) {
  if (verdict == Verdict::not_modelled) ++score.not_modelled;
  if (verdict == Verdict::not_reached) ++score.not_reached;
  if (verdict == Verdict::agrees) ++score.agreed;
  if (verdict == Verdict::agrees || verdict == Verdict::disagrees) ++score.compared;
}

// Tools whose first operand is the command.
bool has_subcommands(const std::string& tool) {
  return tool == "dmsetup" || tool == "xl" || tool == "xm" || tool == "drbdadm" || tool == "drbdsetup" ||
         tool == "virsh";
}

// "-L8M" and "-L": "-L"; "--size=8M": "--size".
std::string option_of(const std::string& word) {
  if (word.starts_with("--")) return word.substr(0, word.find('='));
  return word.substr(0, 2);
}

bool is_option(const std::string& word) {
  return word.size() > 1 && word[0] == '-' && !(word[1] >= '0' && word[1] <= '9');
}

void add(Fidelity& fidelity, const std::string& name, const ReplayedCommand& command,
         const std::vector<KnownDisagreement>& known) {
  count(fidelity.all, command.verdict);
  for (const CommandForm& form : forms_of(command.text)) {
    CommandScore& score = fidelity.commands[form.command];
    count(score.all, command.verdict);
    for (const std::string& option : form.options) count(score.options[option], command.verdict);
  }
  if (command.verdict == Verdict::not_modelled) ++fidelity.not_modelled[command.why];
  if (command.verdict != Verdict::disagrees) return;
  OpenDisagreement open{name, command.line, command.text, "", command.why};
  for (const KnownDisagreement& one : known) {
    if (one.recording == name && one.number == command.number) open.reason = one.reason;
  }
  fidelity.open.push_back(std::move(open));
}

}  // namespace

std::vector<CommandForm> forms_of(const std::string& line) {
  std::vector<CommandForm> forms;
  const auto read = read_shell_line(line);
  if (std::holds_alternative<ShellSyntax>(read)) return {{line.substr(0, line.find(' ')), {}}};
  for (const Pipeline& part : std::get<std::vector<Pipeline>>(read)) {
    for (const SimpleCommand& simple : part.commands) {
      if (simple.words.empty()) continue;
      CommandForm form{simple.words[0], {}};
      std::size_t first = 1;
      if (has_subcommands(form.command) && simple.words.size() > 1 && !is_option(simple.words[1])) {
        form.command += " " + simple.words[1];
        first = 2;
      }
      for (std::size_t i = first; i < simple.words.size(); ++i) {
        if (!is_option(simple.words[i])) continue;
        const std::string option = option_of(simple.words[i]);
        if (std::find(form.options.begin(), form.options.end(), option) == form.options.end())
          form.options.push_back(option);
      }
      forms.push_back(std::move(form));
    }
  }
  return forms;
}

Input<Fidelity> measure_fidelity(const std::string& folder) {
  const std::vector<std::string> recordings = recordings_below(folder);
  if (recordings.empty()) return InputError{folder, 0, 0, "", "expected a folder with recordings (*.rec)"};
  const auto known = load_disagreements((files::path(folder) / "disagreements.txt").string());
  if (const auto* bad = std::get_if<InputError>(&known)) return *bad;
  Fidelity fidelity;
  for (const std::string& name : recordings) {
    const auto read = load_recording((files::path(folder) / name).string());
    if (const auto* bad = std::get_if<InputError>(&read)) return *bad;
    ++fidelity.recordings;
    for (const ReplayedCommand& command : replay(std::get<Recording>(read)).commands) {
      add(fidelity, name, command, std::get<std::vector<KnownDisagreement>>(known));
    }
  }
  return fidelity;
}

}  // namespace rehearse
