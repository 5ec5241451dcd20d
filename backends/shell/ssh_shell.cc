#include "backends/shell/ssh_shell.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <random>

#include "backends/shell/process.h"
#include "backends/shell/quote.h"

namespace rehearse {
namespace {

namespace files = std::filesystem;
using Words = std::vector<std::string>;

constexpr int kGrace = 2;  // seconds from SIGTERM to SIGKILL on the other side

// On the other side, under timeout(1), which sends SIGTERM to all of its group: this shell outlives it to say
// that it came. $1 and $2 are the halves of the mark.
constexpr std::string_view kInner =
    "trap t=1 TERM; t=0; a=$1; b=$2; shift 2; \"$@\"; s=$?; "
    "printf '\\n%s%s %d %d\\n' \"$a\" \"$b\" \"$t\" \"$s\"; "
    "printf '\\n%s%s %d %d\\n' \"$a\" \"$b\" \"$t\" \"$s\" >&2";
// Around it, for when SIGKILL had to end it; and what comes before its first line was said by ssh or by the
// other side's profile.
constexpr std::string_view kOuter =
    "LC_ALL=C; PATH=$PATH:/usr/sbin:/sbin; export LC_ALL PATH; a=$1; b=$2; shift 2; "
    "echo \"$a$b\"; echo \"$a$b\" >&2; \"$@\"; "
    "printf '\\n%s%s 1 0\\n' \"$a\" \"$b\"; printf '\\n%s%s 1 0\\n' \"$a\" \"$b\" >&2";

// The mark is given in halves, so that who looks for it does not find himself.
constexpr std::string_view kAwait = "while grep -qsF -e \"$1$2\" /proc/[0-9]*/cmdline; do sleep 0.1; done";

std::string new_mark() {
  std::random_device chance;
  return fmt::format("end-of-command-{:08x}{:08x}", chance(), chance());
}

struct Marked {
  std::size_t begin = 0;  // of what the command said
  std::size_t end = 0;
  bool timed_out = false;
  int status = 0;
};

// Where the command's own output begins; npos: it has not begun.
std::size_t begun(const std::string& text, const std::string& mark) {
  const std::size_t at = text.find(mark + "\n");
  return at == std::string::npos ? at : at + mark.size() + 1;
}

// The first mark at an end is that of the inner shell, if it could write one.
std::optional<Marked> marked(const std::string& text, const std::string& mark) {
  Marked found;
  found.begin = begun(text, mark);
  if (found.begin == std::string::npos) return std::nullopt;
  found.end = text.find("\n" + mark + " ", found.begin);
  if (found.end == std::string::npos) return std::nullopt;
  const std::size_t flag = found.end + mark.size() + 2;
  const std::size_t end = text.find('\n', flag);
  if (end == std::string::npos || end < flag + 3) return std::nullopt;
  found.timed_out = text[flag] != '0';
  const char* last = text.data() + end;
  const auto read = std::from_chars(text.data() + flag + 2, last, found.status);
  if (read.ec != std::errc() || read.ptr != last) return std::nullopt;
  return found;
}

std::string last_line(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text.substr(text.find_last_of('\n') + 1);  // npos + 1 is the beginning
}

// No end was marked.
ShellAnswer broken(ShellAnswer answer, const std::string& mark) {
  const std::size_t begin = begun(answer.err, mark);
  const bool began = begin != std::string::npos;
  const std::string said = last_line(began ? answer.err.substr(begin) : answer.err);
  if (!answer.why.empty()) {
    // No process was made at all.
  } else if (answer.ended != ShellAnswer::Ended::exited) {
    answer.why = "no answer long after the deadline";
  } else {
    answer.why = said.empty() ? "the connection ended" : said;
  }
  answer.why += began ? "; the command had begun" : "; the command had not begun, as far as was heard";
  answer.ended = ShellAnswer::Ended::lost;
  answer.status.reset();
  if (began) answer.err.erase(0, begin);
  if (const std::size_t at = begun(answer.out, mark); at != std::string::npos) answer.out.erase(0, at);
  return answer;
}

}  // namespace

std::string remote_line(const ShellCall& call, const std::string& mark, const std::string& run) {
  const std::string a = mark.substr(0, mark.size() / 2);
  const std::string b = mark.substr(a.size());
  const auto milliseconds = call.deadline.count();
  Words inner{"timeout",
              "-k",
              std::to_string(kGrace),
              milliseconds % 1000 == 0 ? std::to_string(milliseconds / 1000)
                                       : fmt::format("{}.{:03}", milliseconds / 1000, milliseconds % 1000),
              "sh",
              "-c",
              std::string(kInner),
              "sh",
              a,
              b};
  inner.insert(inner.end(), call.words.begin(), call.words.end());
  Words outer{"exec", "sh", "-c", std::string(kOuter), run, a, b};
  outer.insert(outer.end(), inner.begin(), inner.end());
  return quote_for_shell(outer);
}

SshShell::SshShell(SshAddress address, Options options)
    : address_(std::move(address)), options_(std::move(options)), mark_(new_mark()) {
  // Short, since the path of a socket must be.
  std::string name = (files::temp_directory_path() / "rehearse-ssh-XXXXXX").string();
  if (mkdtemp(name.data())) folder_ = name;
}

SshShell::~SshShell() {
  if (folder_.empty()) return;
  Words words = ssh();
  words.insert(words.end(), {"-O", "exit", "--", address_.address});
  ProcessLimits limits;
  limits.deadline = std::chrono::seconds(5);
  run_process({words, "", limits.deadline}, limits);
  std::error_code ignored;
  files::remove_all(folder_, ignored);
}

Words SshShell::ssh() const {
  Words words{"ssh", "-T",
              "-o",  "BatchMode=yes",
              "-o",  fmt::format("ConnectTimeout={}", options_.connect.count()),
              "-o",  "ServerAliveInterval=5",
              "-o",  "ServerAliveCountMax=3",
              "-l",  address_.user,
              "-p",  std::to_string(address_.port)};
  if (!folder_.empty()) {
    words.insert(words.end(), {"-o", "ControlMaster=auto", "-o", "ControlPersist=60", "-o",
                               "ControlPath=" + folder_ + "/%C"});
  }
  words.insert(words.end(), options_.more.begin(), options_.more.end());
  return words;
}

std::string SshShell::where() const { return "ssh:" + address_.user + "@" + address_.address; }

ShellAnswer SshShell::run(const ShellCall& call) {
  return run_marked(call, options_.run.empty() ? "sh" : options_.run);
}

bool SshShell::await_earlier(std::chrono::milliseconds patience) {
  const std::string half = options_.run.substr(0, options_.run.size() / 2);
  const ShellCall call{
      {"sh", "-c", std::string(kAwait), "sh", half, options_.run.substr(half.size())}, "", patience};
  return options_.run.empty() || run_marked(call, "sh").ended != ShellAnswer::Ended::timed_out;
}

ShellAnswer SshShell::run_marked(const ShellCall& call, const std::string& run) {
  if (call.words.empty()) return {ShellAnswer::Ended::lost, {}, "", "", "no program is named", {}};
  ShellCall over{ssh(), call.input, {}};
  over.words.insert(over.words.end(), {"--", address_.address, remote_line(call, mark_, run)});
  ProcessLimits limits;
  limits.deadline = call.deadline + options_.connect + options_.slack + std::chrono::seconds(kGrace);
  limits.hold = options_.hold;
  limits.complete = [this](const std::string& out, const std::string& err) {
    return marked(out, mark_) && marked(err, mark_);
  };
  ShellAnswer answer = run_process(over, limits);
  const auto out = marked(answer.out, mark_);
  const auto err = marked(answer.err, mark_);
  if (!out || !err) return broken(std::move(answer), mark_);
  answer.out = answer.out.substr(out->begin, out->end - out->begin);
  answer.err = answer.err.substr(err->begin, err->end - err->begin);
  answer.status.reset();
  if (!out->timed_out) answer.status = out->status;
  answer.ended = out->timed_out ? ShellAnswer::Ended::timed_out : ShellAnswer::Ended::exited;
  return answer;
}

}  // namespace rehearse
