#include "integration/kept_lab.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <fstream>

#include "integration/kept_lab_talk.h"
#include "integration/lab/image.h"
#include "integration/lab/socket_path.h"
#include "scenarios/frame.h"
#include "scenarios/world_file.h"

namespace rehearse {
namespace {

namespace files = std::filesystem;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr int kLookAgain = 50;  // milliseconds
constexpr std::chrono::seconds kListens{20};
// Somebody else's command may be under way: a call waits for its end.
constexpr std::chrono::minutes kOthers{10};
constexpr std::chrono::hours kStarts{1};  // in line behind other guests, too
constexpr std::chrono::seconds kEnds{5};

// Hands on what a keeper says, as it grows.
class Following {
 public:
  Following(const std::string& name, Say say)
      : log_(talk::folder_of(name) / talk::kLog), say_(std::move(say)) {}
  void more() {
    for (std::string line; say_ && std::getline(log_, line);) say_(last_ = line);
    log_.clear();
  }
  const std::string& last() const { return last_; }

 private:
  std::ifstream log_;
  Say say_;
  std::string last_;
};

[[noreturn]] void become_keeper(const char* program, const char* name, const char* with, const char* log) {
  setsid();
  const int nothing = open("/dev/null", O_RDONLY);
  const int out = open(log, O_CREAT | O_TRUNC | O_WRONLY | O_APPEND, 0600);
  dup2(nothing, 0);
  dup2(out, 1);
  dup2(out, 2);
  // Whoever waits for the end of a pipe of ours shall not wait for the keeper's.
  close_range(3, ~0U, 0);
  if (chdir("/") == 0) {
    execl(program, "rehearse", "lab", "keep", name, "--with", with, static_cast<char*>(nullptr));
  }
  _exit(127);
}

Handle connected(const std::string& name) {
  Handle socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const Handle folder = open_folder(talk::folder_of(name));
  const sockaddr_un address = socket_in(folder, talk::kSocket);
  if (connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return {};
  return socket;
}

// None: the keeper has ended, or does not listen.
Handle connected_within(const std::string& name, const std::function<bool()>& ended) {
  const auto end = Clock::now() + kListens;
  for (; Clock::now() < end; poll(nullptr, 0, kLookAgain)) {
    Handle socket = connected(name);
    if (socket || ended()) return socket;
  }
  return {};
}

class KeptShell : public Shell {
 public:
  KeptShell(std::shared_ptr<KeptLab> lab, std::string host) : lab_(std::move(lab)), host_(std::move(host)) {}
  ShellAnswer run(const ShellCall& call) override { return lab_->run(host_, call); }
  std::string where() const override { return "lab:" + lab_->name() + ":" + host_; }

 private:
  std::shared_ptr<KeptLab> lab_;
  std::string host_;
};

}  // namespace

files::path talk::folder_of(const std::string& name) { return lab_cache() / "kept" / name; }

bool is_lab_name(const std::string& name) {
  const auto good = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_' || c == '.';
  };
  return !name.empty() && name.size() <= 64 && name.front() != '.' && name.front() != '-' &&
         name != "alpha" && name != "beta" && std::all_of(name.begin(), name.end(), good);
}

bool is_kept(const std::string& name) {
  const files::path lock = talk::folder_of(name) / talk::kLock;
  std::error_code ignored;
  return is_lab_name(name) && files::exists(lock, ignored) && !try_lock_file(lock);
}

std::vector<std::string> kept_labs() {
  std::vector<std::string> names;
  std::error_code ignored;
  for (const auto& entry : files::directory_iterator(lab_cache() / "kept", ignored)) {
    if (is_kept(entry.path().filename())) names.push_back(entry.path().filename());
  }
  std::sort(names.begin(), names.end());
  return names;
}

KeptLab::Found KeptLab::reach(const std::string& name, const Say& say) {
  if (!is_kept(name)) return LabFailure{"no lab " + name + " is up"};
  Handle socket = connected_within(name, [&] { return !is_kept(name); });
  if (!socket) return LabFailure{"the lab " + name + " does not answer"};
  std::shared_ptr<KeptLab> lab(new KeptLab(name, std::move(socket)));
  if (Done failed = lab->look(say)) return *failed;
  return lab;
}

KeptLab::Found KeptLab::start(const std::string& name, const World& world, const Say& say, LabWith with,
                              const std::string& program) {
  if (!is_lab_name(name)) {
    return LabFailure{fmt::format("\"{}\" cannot be the name of a lab; expected letters and digits", name)};
  }
  if (is_kept(name)) return LabFailure{"a lab " + name + " is up already"};
  const files::path folder = talk::folder_of(name);
  const std::string log = folder / talk::kLog;
  std::error_code error;
  files::create_directories(folder, error);
  files::remove(folder / talk::kSocket, error);
  files::remove(log, error);
  std::ofstream out(folder / talk::kWorld, std::ios::binary);
  if (!(out << write_world(world) << std::flush)) return LabFailure{folder.string() + " cannot be written"};
  const std::string word(word_of(with));
  const pid_t keeper = fork();
  if (keeper == 0) become_keeper(program.c_str(), name.c_str(), word.c_str(), log.c_str());
  if (keeper < 0) return LabFailure{"no process can be made"};
  Handle socket = connected_within(name, [keeper] { return waitpid(keeper, nullptr, WNOHANG) != 0; });
  std::shared_ptr<KeptLab> lab(new KeptLab(name, std::move(socket)));
  if (Done failed = lab->look(say)) return *failed;
  return lab;
}

Done KeptLab::look(const Say& say) {
  // The last line is needed where nobody listens, too.
  Following following(
      name_, say ? say : [](const std::string&) {});
  const auto gone = [&] {
    following.more();
    return LabFailure{"the lab " + name_ + " is gone" +
                      (following.last().empty() ? "" : ": " + following.last())};
  };
  if (!socket_ || !send_frame(socket_.get(), talk::question("look"))) return gone();
  const auto end = Clock::now() + kStarts;
  for (pollfd ready{socket_.get(), POLLIN, 0}; poll(&ready, 1, kLookAgain) == 0;) {
    following.more();
    if (Clock::now() > end) return LabFailure{"the lab " + name_ + " does not answer"};
  }
  following.more();
  std::string answer;
  if (!receive_frame(socket_.get(), answer)) return gone();
  talk::Reader body{answer};
  hosts_.resize(std::min<std::size_t>(body.number(), answer.size()));
  for (KeptHost& host : hosts_) {
    host.name = body.text();
    host.up = body.number() != 0;
  }
  return body.good ? std::nullopt : Done(gone());
}

bool KeptLab::has(const std::string& host) const {
  return std::any_of(hosts_.begin(), hosts_.end(), [&](const KeptHost& row) { return row.name == host; });
}

std::shared_ptr<Shell> KeptLab::shell(const std::string& host) {
  return std::make_shared<KeptShell>(shared_from_this(), host);
}

std::optional<std::string> KeptLab::ask(const std::string& question, milliseconds patience) {
  std::string answer;
  if (!socket_ || !send_frame(socket_.get(), question)) return std::nullopt;
  pollfd ready{socket_.get(), POLLIN, 0};
  const auto wait = std::min<std::int64_t>((patience + kOthers).count(), 1'000'000'000);
  if (poll(&ready, 1, static_cast<int>(wait)) > 0 && receive_frame(socket_.get(), answer)) return answer;
  // What comes later would be taken for the answer to the next question.
  socket_.shut();
  return std::nullopt;
}

ShellAnswer KeptLab::run(const std::string& host, const ShellCall& call) {
  ShellAnswer answer;
  answer.ended = ShellAnswer::Ended::lost;
  answer.why = "the lab " + name_ + " does not answer";
  const auto said = ask(talk::run_question(host, call), call.deadline);
  if (!said) return answer;
  talk::Reader body{*said};
  ShellAnswer read = talk::read_answer(body);
  return body.good ? read : answer;
}

Done KeptLab::inflict(const LabFault& fault, std::string* called) {
  std::string question = talk::question("inflict");
  talk::add_text(question, words_of(fault));
  const auto said = ask(question, kOthers);
  if (!said) return LabFailure{"the lab " + name_ + " does not answer"};
  talk::Reader body{*said};
  const bool done = body.number() != 0;
  std::string why = body.text();
  if (called != nullptr) *called = body.text();
  return done ? std::nullopt : Done(LabFailure{std::move(why)});
}

Done end_kept_lab(const std::string& name) {
  if (!is_kept(name)) return LabFailure{"no lab " + name + " is up"};
  const Handle socket = connected_within(name, [&] { return !is_kept(name); });
  ucred keeper{};
  socklen_t size = sizeof keeper;
  if (!socket || getsockopt(socket.get(), SOL_SOCKET, SO_PEERCRED, &keeper, &size) != 0 || keeper.pid <= 0) {
    return LabFailure{"the lab " + name + " does not answer"};
  }
  // It ends between two things it does; one that goes on for long is ended with it.
  for (const int signal : {SIGTERM, SIGKILL}) {
    kill(keeper.pid, signal);
    for (const auto end = Clock::now() + kEnds; is_kept(name) && Clock::now() < end;) {
      poll(nullptr, 0, kLookAgain);
    }
    if (is_kept(name)) continue;
    std::error_code ignored;
    files::remove_all(talk::folder_of(name), ignored);
    return std::nullopt;
  }
  return LabFailure{"the lab " + name + " does not end"};
}

}  // namespace rehearse
