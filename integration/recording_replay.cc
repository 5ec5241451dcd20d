#include "integration/recording_replay.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>
#include <set>
#include <sstream>

#include "backends/filters.h"
#include "backends/model_backend.h"
#include "backends/monitor_answer.h"
#include "backends/pattern.h"
#include "integration/identities.h"
#include "integration/lab_world.h"
#include "model/drbd/kernel.h"
#include "model/io.h"
#include "model/step.h"
#include "scenarios/phrase.h"

namespace rehearse {
namespace {

// What differs between any two runs.
std::string without_times(std::string text) {
  static const Pattern copied("copied, .*$");
  static const Pattern iso(
      "[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}( [+-][0-9]{4})?"
      "( [[][0-9]+[]])?");
  static const Pattern ctime(
      "(Mon|Tue|Wed|Thu|Fri|Sat|Sun) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ 0-9][0-9] "
      "[0-9]{2}:[0-9]{2}:[0-9]{2} [0-9]{4}");
  static const Pattern temporary("/sed[0-9A-Za-z]{6}: ");
  static const Pattern member("UUID=\"?[0-9a-f]{9,16}");  // of a disk of DRBD
  static const Pattern worked("^CPU time: .*$");
  static const Pattern qemu(
      "(process exited while connecting to|qemu unexpectedly closed the) monitor: [^ ]+Z ");
  text = worked.replaced(qemu.replaced(text, "QEMU ended: "), "CPU time: <time>");
  text = comparable_answer(temporary.replaced(text, "/sedXXXXXX: "));
  if (text.find("UUID=") != std::string::npos) text = member.replaced(text, "UUID=<of the disk>");
  if (text.find("bytes") != std::string::npos) text = copied.replaced(text, "copied, <time>");
  // The lab gives each line to a shell of its own, which speaks otherwise than one at a prompt.
  if (text.starts_with("bash: line 1: ")) text = "-bash: " + text.substr(14);
  if (text.find(':') == std::string::npos) return text;
  return ctime.replaced(iso.replaced(text, "<time>"), "<time>");
}

// What a monitor tells while a guest is on its way comes when it comes, or after its session.
bool in_passing(const std::string& command, const std::string& line) {
  return command.find("\"execute\":\"migrate\"") != std::string::npos &&
         line.find("\"event\": \"STOP\"") != std::string::npos;
}

// dmeventd late with an answer, or without any, says more of the machine's load than of the command.
bool of_load(const std::string& line) {
  if (line.starts_with("  WARNING: Monitoring ") && line.ends_with(" failed.")) return true;
  return line == "  No input from event server." ||
         line.ends_with(": event registration failed: Input/output error.") ||
         line.ends_with(": snapshot segment monitoring function failed.") ||
         line.starts_with("  Ignoring out-of-sequence reply from dmeventd.");
}

std::vector<std::string> stream(const std::vector<Line>& said, bool error, const std::string& command) {
  std::vector<std::string> lines;
  for (const Line& line : said) {
    if (line.error != error || of_load(line.text) || in_passing(command, line.text)) continue;
    if (line.text.empty()) lines.emplace_back();
    for (const std::string& piece : lines_of(line.text)) lines.push_back(without_times(piece));
    if (line.text.ends_with('\n')) lines.emplace_back();  // lines stand apart by \n: the last one is empty
  }
  return lines;
}

// Does this line, which the model does not know, leave the world as it was?
bool only_prints(const std::string& line) {
  static constexpr std::array<std::string_view, 27> kTools = {
      "lvs",   "vgs",     "pvs",  "lvdisplay", "vgdisplay", "pvdisplay", "lvscan", "vgscan",  "pvscan",
      "blkid", "lsblk",   "df",   "ls",        "cat",       "cmp",       "md5sum", "dmesg",   "dumpe2fs",
      "grep",  "findmnt", "test", "sleep",     "head",      "od",        "stat",   "xl list", "vgck"};
  static constexpr std::array<std::string_view, 7> kForms = {
      "dmsetup table", "dmsetup status", "dmsetup ls",    "dmsetup info",
      "tune2fs -l",    "swapon --show",  "blockdev --get"};
  if (line.find_first_of(";&>") != std::string::npos) return false;
  const auto begins = [&](std::string_view what) {
    return line == what || line.starts_with(std::string(what) + " ");
  };
  return std::any_of(kTools.begin(), kTools.end(), begins) ||
         std::any_of(kForms.begin(), kForms.end(),
                     [&](std::string_view form) { return line.starts_with(form); });
}

// The model's contents are stamps: what a pipe from `yes` writes is as new to it as random data are.
std::string as_modelled(const std::string& line) {
  static const Pattern filled("^(yes [a-z]+|tr '[^']*' '[^']*' < /dev/zero) \\| dd ");
  static const Pattern full(" iflag=fullblock");
  return filled.find(line) ? full.replaced(filled.replaced(line, "dd if=/dev/urandom "), "") : line;
}

// "kill alpha", "fail alpha vdb write", "sleep 3" as steps of the model.
std::optional<Step> step_of(const RecordedStep& recorded) {
  // In the words of runbooks.
  const bool time = recorded.kind == RecordedStep::Kind::time;
  const auto phrase = read_phrase((time ? "~ " : "! ") + recorded.text);
  const auto* said = std::get_if<Phrase>(&phrase);
  if (const auto* step = said != nullptr ? std::get_if<Step>(said) : nullptr) return *step;
  std::vector<std::string> words;
  std::istringstream in(recorded.text);
  for (std::string word; in >> word;) words.push_back(word);
  if (time) {
    if (words.size() == 1 && words[0] == "settle") return Progress{true};
    if (words.size() != 2 || words[0] != "sleep") return std::nullopt;
    return Pass{std::strtoull(words[1].c_str(), nullptr, 10)};
  }
  if (words.size() == 2 && words[0] == "kill") return PowerOff{words[1]};
  if (words.size() == 2 && words[0] == "boot") return PowerOn{words[1]};
  if (words.size() < 3) return std::nullopt;
  static const std::map<std::string, DiskFault> kFaults = {
      {"unplug", DiskFault::unplugged},        {"plug", DiskFault::plugged},
      {"fail write", DiskFault::fails_writes}, {"fail read", DiskFault::fails_reads},
      {"fail both", DiskFault::fails},         {"mend", DiskFault::mended}};
  const auto fault = kFaults.find(words.size() == 4 ? words[0] + " " + words[3] : words[0]);
  if (fault == kFaults.end()) return std::nullopt;
  return DiskEvent{words[1], words[2], fault->second};
}

class Player {
 public:
  explicit Player(const Recording& recording)
      : recording_(recording),
        backend_(lab_world(recording.disks, recording.disk_size, recording.guests, recording.libvirt,
                           recording.qemu)) {
    backend_.watch([this](const World&, const Command&, const Refused& refused, const Report& report) {
      if (refused) refusals_.push_back(refused.why);
      hear(report);
    });
  }

  Replay operator()() {
    using Verdict = ReplayedCommand::Verdict;
    Replay result;
    for (const RecordedStep& step : recording_.steps) {
      break_ties(step);
      const bool is_command = step.kind == RecordedStep::Kind::command;
      if (!result.stopped.empty()) {
        if (is_command)
          result.commands.push_back({Verdict::not_reached, step.number, step.line, step.text, "", {}});
      } else if (is_command) {
        result.commands.push_back(command(step));
        const bool skipped = result.commands.back().verdict == Verdict::not_modelled;
        if (skipped && step.status == 0 && !only_prints(step.text)) {
          result.stopped = "command " + std::to_string(step.number) + " is not modelled: " + step.text;
        }
      } else {
        result.stopped = event(step);
      }
    }
    if (result.stopped.empty()) result.stopped = recording_.stops_here;
    return result;
  }

 private:
  ReplayedCommand command(const RecordedStep& step) {
    using Verdict = ReplayedCommand::Verdict;
    ReplayedCommand played{Verdict::agrees, step.number, step.line, step.text, "", {}};
    if (held_open(step)) return played;
    catch_up(step.text);
    refusals_.clear();
    const Outcome outcome = backend_.run_line(step.host, as_modelled(step.text));
    played.refusals = refusals_;
    if (outcome.verdict == Outcome::Verdict::not_understood) {
      played.verdict = Verdict::not_modelled;
      played.why = outcome.what;
      return played;
    }
    if (outcome.verdict == Outcome::Verdict::unknown) {
      if (!step.status) return played;
      played.verdict = Verdict::disagrees;
      played.why = "status: recorded " + std::to_string(*step.status) + ", the model: " + outcome.what + "\n";
      return played;
    }
    const auto model_out = stream(outcome.report.lines, false, step.text);
    const auto model_err = stream(outcome.report.lines, true, step.text);
    const auto real_out = identities_.translate(stream(step.said, false, step.text), model_out);
    const auto real_err = identities_.translate(stream(step.said, true, step.text), model_err);
    if (step.status != outcome.report.status) {
      played.why += "status: recorded " + (step.status ? std::to_string(*step.status) : "timed out") +
                    ", the model " + std::to_string(outcome.report.status) + "\n";
    }
    if (real_out != model_out) played.why += "standard output:\n" + difference(real_out, model_out);
    if (real_err != model_err) played.why += "standard error:\n" + difference(real_err, model_err);
    if (!played.why.empty()) played.verdict = Verdict::disagrees;
    return played;
  }

  // Plays a fault or lets time pass. Says what cannot be replayed.
  std::string event(const RecordedStep& step) {
    const std::optional<Step> known = step_of(step);
    const std::string text = std::string(step.kind == RecordedStep::Kind::fault ? "! " : "~ ") + step.text;
    if (!known) return text + " is not modelled";
    if (const auto* on = std::get_if<PowerOn>(&*known)) forget_files(on->host);
    const Outcome outcome = backend_.play(*known);
    hear(outcome.report);
    for (const std::string& host : step.waits) wait(host);
    if (step.text == "settle") hung_up_.clear();
    return outcome.why ? text + " is refused: " + outcome.report.lines.back().text : "";
  }

  void hear(const Report& report) {
    for (const LogLine& line : report.log) {
      if (line.text.find("conn( WFReportParams -> Disconnecting )") != std::string::npos)
        hung_up_.insert(line.host.str());
    }
  }

  // Two sides that cannot agree hang up, each by itself: the one that sees the other do so first goes back to
  // waiting. The model has both hang up; which of them did is chance, and the recording says who waits.
  void wait(const std::string& host) {
    if (hung_up_.erase(host) > 0) backend_.run_line(host, "drbdadm connect r0");
  }

  // Who wins where neither side had to be the source is chance as well: here as it was recorded, at the end
  // of what this step began. The one that breaks the tie is the other one.
  void break_ties(const RecordedStep& step) {
    const auto settles = [](const RecordedStep& each) { return each.text == "settle"; };
    const auto rest = std::find_if(recording_.steps.begin() + (&step - recording_.steps.data()),
                                   recording_.steps.end(), settles);
    if (rest == recording_.steps.end() || rest->source.empty()) return;
    World world = backend_.world();
    for (const Name host : world.hosts.names()) {
      if (world.hosts.find(host)->drbd)
        world.hosts.edit(host).drbd.edit().breaks_ties = host != Name(rest->source);
    }
    backend_.set_world(std::move(world));
  }

  void forget_files(Name host) {
    World world = backend_.world();
    rehearse::forget_files(world, host);
    backend_.set_world(std::move(world));
  }

  // A process that sleeps with a device open, and its end: to the model it is a user like swap space.
  bool held_open(const RecordedStep& step) {
    static const Pattern holds("^sleep 600 < /dev/[^ ]+ > /dev/null 2>&1 &$");
    const bool begins = holds.find(step.text).has_value();
    if (!begins && step.text != "killall sleep") return false;
    World world = backend_.world();
    Host& host = world.hosts.edit(step.host);
    if (begins) {
      const std::string path = step.text.substr(12, step.text.find(' ', 12) - 12);
      host.swaps.edit().push_back({path, device_name(host, path), 0});
    } else {
      std::erase_if(host.swaps.edit(), [](const SwapSpace& space) { return space.size == 0; });
    }
    backend_.set_world(std::move(world));
    return true;
  }

  // A recorded command that is negated was repeated until it succeeded: background work has come to its end.
  void catch_up(const std::string& line) {
    if (line.starts_with("! ")) backend_.play(Progress{true});
  }

  const Recording& recording_;
  ModelBackend backend_;
  Identities identities_;
  std::vector<Refusal> refusals_;  // of the line that is being played
  std::set<std::string> hung_up_;  // hosts that ended a handshake since the last rest
};

}  // namespace

std::size_t Replay::count(ReplayedCommand::Verdict wanted) const {
  return static_cast<std::size_t>(std::count_if(commands.begin(), commands.end(),
                                                [&](const auto& row) { return row.verdict == wanted; }));
}

Replay replay(const Recording& recording) { return Player(recording)(); }

std::string changes(const Recording& before, const Recording& after) {
  if (before.steps.size() != after.steps.size()) return "  another number of steps\n";
  Identities identities;
  std::string text;
  for (std::size_t i = 0; i < before.steps.size(); ++i) {
    const RecordedStep& was = before.steps[i];
    const RecordedStep& is = after.steps[i];
    std::string why;
    if (was.text != is.text) why += "  another step: " + is.text + "\n";
    if (was.status != is.status) why += "  another status\n";
    for (const bool error : {false, true}) {
      const auto now = stream(is.said, error, is.text);
      const auto then = identities.translate(stream(was.said, error, was.text), now);
      if (then != now) why += difference(then, now);
    }
    if (!why.empty()) text += before.file + ":" + std::to_string(was.line) + ": " + was.text + "\n" + why;
  }
  return text;
}

std::string difference(const std::vector<std::string>& recorded, const std::vector<std::string>& modelled) {
  // The longest common subsequence; answers are a few dozen lines.
  const std::size_t n = recorded.size();
  const std::size_t m = modelled.size();
  std::vector<std::vector<std::size_t>> common(n + 1, std::vector<std::size_t>(m + 1, 0));
  for (std::size_t i = n; i-- > 0;) {
    for (std::size_t j = m; j-- > 0;) {
      common[i][j] = recorded[i] == modelled[j] ? common[i + 1][j + 1] + 1
                                                : std::max(common[i + 1][j], common[i][j + 1]);
    }
  }
  std::string text;
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < n || j < m) {
    if (i < n && j < m && recorded[i] == modelled[j]) {
      text += "    |" + recorded[i++] + "|\n";
      ++j;
    } else if (i < n && (j == m || common[i + 1][j] >= common[i][j + 1])) {
      text += "  - |" + recorded[i++] + "|\n";
    } else {
      text += "  + |" + modelled[j++] + "|\n";
    }
  }
  return text;
}

}  // namespace rehearse
