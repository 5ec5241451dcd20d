#include "integration/lab/lab_script.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "backends/filters.h"
#include "integration/lab/drbd_settle.h"
#include "integration/lab/lab_shell.h"
#include "integration/lab/nested_guests.h"
#include "integration/recording.h"
#include "scenarios/phrase.h"
#include "scenarios/script.h"

namespace rehearse {
namespace {

constexpr const char* kExpected =
    "expected `alpha# COMMAND`, `! FAULT`, `~ TIME`, `lab: disks=N size=SIZE` or a comment";

// What does not come to rest in this time never does: both sides of a connection try again every few seconds.
constexpr std::chrono::milliseconds kRest{40'000};

bool is_guest(std::string_view name) { return name == "alpha" || name == "beta"; }

// "[0]", "[timed out]": below what a command said.
bool ends_output(const std::string& line) {
  if (line.starts_with("[timed out")) return true;
  return line.size() > 2 && line.front() == '[' && line.back() == ']' &&
         line.find_first_not_of("0123456789", 1) == line.size() - 1;
}

// In a recording, a command is followed by what it said, one that was added since by the next one.
std::size_t end_of_output(const std::vector<std::string>& lines, std::size_t command) {
  for (std::size_t at = command + 1; at < lines.size(); ++at) {
    if (ends_output(lines[at])) return at;
    if (lines[at].starts_with("alpha# ") || lines[at].starts_with("beta# ")) break;
  }
  return command;
}

InputError wrong(std::string what) { return {"", 0, 0, "", std::move(what)}; }

Input<LabLine> read_command(LabLine::Kind kind, std::string_view text) {
  const auto prompt = read_prompt(text);
  LabLine made;
  made.kind = kind;
  made.text = text;
  if (!prompt) return wrong(kExpected);
  made.guest = prompt->host;
  made.command = text.substr(std::min(prompt->length, text.size()));
  if (!is_guest(made.guest)) return wrong("no guest " + made.guest + "; expected alpha or beta");
  if (made.command.empty()) return wrong("expected a command behind " + made.guest + "#");
  return made;
}

Input<LabLine> read_time(const std::string& text) {
  LabLine made;
  made.kind = LabLine::Kind::sleep;
  made.text = text;
  const std::string words = text.substr(2);
  if (words == "settle") {
    made.kind = LabLine::Kind::settle;
    return made;
  }
  if (words.starts_with("until ")) {
    auto read = read_command(LabLine::Kind::until, words.substr(6));
    if (auto* line = std::get_if<LabLine>(&read)) line->text = text;
    return read;
  }
  unsigned seconds = 0;
  char more = 0;
  if (std::sscanf(words.c_str(), "sleep %6u%c", &seconds, &more) == 1) {
    made.time = std::chrono::seconds(seconds);
    return made;
  }
  const auto phrase = read_phrase(text);
  const auto* said = std::get_if<Phrase>(&phrase);
  const auto* step = said != nullptr ? std::get_if<Step>(said) : nullptr;
  if (const auto* pass = step != nullptr ? std::get_if<Pass>(step) : nullptr) {
    made.time = std::chrono::seconds(pass->seconds);
    return made;
  }
  return wrong("expected `~ N seconds pass`, `~ settle` or `~ until GUEST# COMMAND`");
}

std::string ended(const std::string& text) {
  return text.empty() || text.ends_with('\n') ? text : text + "\n";
}

std::string shown(const std::string& guest, const std::string& command, const ShellAnswer& answer) {
  std::string text = guest + "# " + command + "\n" + ended(answer.out);
  for (const std::string& line : lines_of(answer.err)) text += "2> " + line + "\n";
  switch (answer.ended) {
    case ShellAnswer::Ended::exited:
      return text + fmt::format("[{}]\n", *answer.status);
    case ShellAnswer::Ended::timed_out:
      return text + "[timed out]\n";
    case ShellAnswer::Ended::stuck:
      return text + "[timed out; SIGKILL does not end it]\n";
    case ShellAnswer::Ended::lost:
      break;
  }
  return "# stops here: " + answer.why + " under `" + command + "`\n";
}

// Until nothing merges, no guest of the guest is on its way, and udev has nothing to do; what cannot be is
// not waited for, as each program costs more than all of the reading.
Done settle_guest(Lab& lab, const std::string& guest, std::chrono::milliseconds deadline) {
  const auto seen = lab.look(guest, {"/proc/diskstats", "/usr/share/lab/counter.img"});
  if (const auto* failed = std::get_if<LabFailure>(&seen)) return *failed;
  const auto& files = std::get<LabShell::Contents>(seen);
  const bool mapped = files[0].value_or("").find(" dm-") != std::string::npos;
  const bool nested = files[1].has_value();
  if (!mapped && !nested && lab.guests().size() == 2) return std::nullopt;  // settle_drbd asks udev
  std::string line;
  if (mapped) line += "while dmsetup status --target snapshot-merge | grep -q :; do sleep 0.1; done; ";
  if (nested) line += fmt::format("while {}; do sleep 0.2; done; ", kGuestOnItsWay);
  if (lab.shell(guest).run(line_call(line + "udevadm settle", deadline)).status == 0) return std::nullopt;
  return LabFailure{guest + " does not settle"};
}

// The settings that stand behind "lab: ", which recordings read as well.
Done read_settings(const std::string& line, LabScript& into) {
  auto read = read_recording(line + "\n", "");
  if (const auto* bad = std::get_if<InputError>(&read)) return LabFailure{bad->what};
  const Recording& settings = std::get<Recording>(read);
  if (settings.libvirt) return LabFailure{"the lab has no libvirt; expected a script without `with=libvirt`"};
  into.guests = settings.guests;
  into.disks = settings.disks;
  into.disk_size = settings.disk_size;
  if (settings.qemu) into.with = LabWith::qemu;
  return std::nullopt;
}

}  // namespace

Input<LabLine> read_lab_line(const std::string& text) {
  LabLine made;
  made.text = text;
  if (text.starts_with("! ")) {
    const auto fault = read_lab_fault(std::string_view(text).substr(2));
    if (!fault) return wrong("no fault that the lab knows; " + std::string(lab_fault_help()));
    made.kind = LabLine::Kind::fault;
    made.fault = *fault;
    return made;
  }
  if (text.starts_with("~ ")) return read_time(text);
  if (text == "#" || text.starts_with("# ")) return made;
  return read_command(LabLine::Kind::command, text);
}

Input<LabScript> read_lab_script(std::string_view text, const std::string& file) {
  LabScript script;
  script.file = file;
  const std::vector<std::string> lines = lines_of(text);
  for (std::size_t at = 0; at < lines.size(); ++at) {
    const std::size_t began = at + 1;
    const auto fail = [&](std::string what) { return InputError{file, began, 0, "", std::move(what)}; };
    std::string line = lines[at];
    if (line.empty() || line.starts_with("# stops here: ") || line.starts_with("[it is now ") ||
        !host_that("waits", line).empty() || !host_that("is source", line).empty())
      continue;
    if (line.starts_with("lab: ")) {
      if (Done failed = read_settings(line, script)) return fail(failed->why);
      continue;
    }
    while (line.ends_with('\\') && at + 1 < lines.size()) line += "\n" + lines[++at];
    auto read = read_lab_line(line);
    if (auto* bad = std::get_if<InputError>(&read)) return fail(bad->what);
    auto& made = std::get<LabLine>(read);
    made.line = began;
    if (made.guest == "beta" || made.fault.guest == "beta" || !made.fault.from.empty()) script.guests = 2;
    const bool command = made.kind == LabLine::Kind::command || made.kind == LabLine::Kind::until;
    script.lines.push_back(std::move(made));
    if (command) at = end_of_output(lines, at);
  }
  return script;
}

Done play_lab_line(Lab& lab, const LabLine& line, std::chrono::milliseconds deadline, std::string& said) {
  using Kind = LabLine::Kind;
  const auto call = [&] { return lab.shell(line.guest).run(line_call(line.command, deadline)); };
  const auto end = std::chrono::steady_clock::now() + deadline;
  ShellAnswer answer;
  switch (line.kind) {
    case Kind::comment:
      said = line.text + "\n";
      return std::nullopt;
    case Kind::sleep:
      said = line.text + "\n";
      std::this_thread::sleep_for(line.time);
      return std::nullopt;
    case Kind::settle:
      said = line.text + "\n";
      for (const std::string& guest : lab.guests()) {
        if (!lab.is_up(guest)) continue;
        if (Done failed = settle_guest(lab, guest, deadline)) return failed;
      }
      return lab.guests().size() == 2 ? settle_drbd(lab, std::min(deadline, kRest), said) : std::nullopt;
    case Kind::fault: {
      said = line.text + "\n";
      std::string name;
      if (Done failed = inflict(lab, line.fault, &name)) return failed;
      if (!name.empty()) said += "[it is now " + name + "]\n";
      return std::nullopt;
    }
    case Kind::until:
      // Asked again and again, each time by a shell of its own.
      for (answer = call(); answer.status && *answer.status != 0; answer = call()) {
        if (std::chrono::steady_clock::now() > end)
          return LabFailure{"`" + line.command + "` never succeeds"};
      }
      break;
    case Kind::command:
      answer = call();
      break;
  }
  said = shown(line.guest, line.command, answer);
  if (answer.ended == ShellAnswer::Ended::lost) return LabFailure{answer.why};
  return std::nullopt;
}

}  // namespace rehearse
