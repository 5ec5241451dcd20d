#include "integration/calibration.h"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>

#include "backends/filters.h"
#include "backends/refusal_words.h"

namespace rehearse {
namespace {

std::string error_text(const RecordedStep& step) {
  std::string text;
  for (const Line& line : step.said) {
    if (line.error) text += line.text + "\n";
  }
  return text;
}

}  // namespace

Input<std::vector<NotProvoked>> read_not_provoked(std::string_view text, const std::string& file) {
  std::vector<NotProvoked> list;
  std::size_t number = 0;
  for (const std::string& line : lines_of(text)) {
    ++number;
    if (line.empty() || line[0] == '#') continue;
    const std::size_t space = std::min(line.find(' '), line.size());
    if (space + 1 >= line.size()) return InputError{file, number, 0, "", "expected `CODE REASON`"};
    const auto code = refusal_named(std::string_view(line).substr(0, space));
    if (!code) return InputError{file, number, 0, "", "there is no refusal " + line.substr(0, space)};
    list.push_back({*code, line.substr(space + 1)});
  }
  return list;
}

void calibrate(const Recording& recording, const Replay& replay, const std::string& name,
               Provoked& provoked) {
  std::map<std::size_t, const RecordedStep*> steps;
  for (const RecordedStep& step : recording.steps) {
    if (step.kind == RecordedStep::Kind::command) steps[step.number] = &step;
  }
  for (const ReplayedCommand& command : replay.commands) {
    const RecordedStep& step = *steps.at(command.number);
    if (command.verdict != ReplayedCommand::Verdict::agrees || !step.status) continue;
    const std::string where = name + ":" + std::to_string(command.line);
    for (const Refusal code : command.refusals) {
      if (row_of(code).status == *step.status) provoked.emplace(code, where);
    }
    // LVM's tools complain of each object, the model's operation ends with the last complaint at most; a
    // shell whose redirection fails runs no operation; and of DRBD's tools some only show something, and
    // others have done a part when they are refused the rest.
    if (*step.status == 0) continue;
    const bool of_drbd = step.text.starts_with("drbdadm ") || step.text.starts_with("drbdsetup ") ||
                         step.text.starts_with("drbdmeta ");
    for (const Refusal code : refusals_said(*step.status, error_text(step))) {
      const std::string_view words = row_of(code).words;
      if (of_drbd || words.starts_with("  ") || words.starts_with("-bash: ")) provoked.emplace(code, where);
    }
  }
}

Input<Provoked> provoked_by(const std::string& folder) {
  Provoked provoked;
  for (const std::string& name : recordings_below(folder)) {
    const auto read = load_recording((std::filesystem::path(folder) / name).string());
    if (const auto* bad = std::get_if<InputError>(&read)) return *bad;
    const Recording& recording = std::get<Recording>(read);
    calibrate(recording, replay(recording), name, provoked);
  }
  return provoked;
}

std::vector<std::string> complaints(const Provoked& provoked, const std::vector<NotProvoked>& list) {
  std::vector<std::string> all;
  const auto listed = [&](Refusal code) {
    return std::count_if(list.begin(), list.end(), [&](const NotProvoked& one) { return one.code == code; });
  };
  for (const RefusalRow& row : refusal_table()) {
    const auto at = provoked.find(row.code);
    if (at == provoked.end() && listed(row.code) == 0) {
      all.push_back(
          fmt::format("{} is provoked by no recording and not listed in not-provoked.txt", row.name));
    }
    if (at != provoked.end() && listed(row.code) > 0) {
      all.push_back(
          fmt::format("{} is provoked at {}; take it out of not-provoked.txt", row.name, at->second));
    }
    if (listed(row.code) > 1) all.push_back(fmt::format("{} is listed twice in not-provoked.txt", row.name));
  }
  return all;
}

}  // namespace rehearse
