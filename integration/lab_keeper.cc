// The keeper of a lab: the process that holds its guests and does what it is told, one thing after the other.
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <ctime>

#include "integration/kept_lab.h"
#include "integration/kept_lab_talk.h"
#include "integration/lab/socket_path.h"
#include "integration/lab_stage.h"
#include "scenarios/frame.h"
#include "scenarios/runbook.h"
#include "scenarios/world_file.h"

namespace rehearse {
namespace {

using Clock = std::chrono::steady_clock;

constexpr timeval kClientPatience{10, 0};  // with somebody who stops in the middle of a frame
constexpr std::chrono::seconds kLockPatience{3};

volatile std::sig_atomic_t told_to_end = 0;

class Keeper {
 public:
  Keeper(Handle listener, LabStage& stage) : listener_(std::move(listener)), stage_(stage) {}

  // Those who came first are heard first: what somebody asked before he was killed is done before what his
  // successor asks.
  void serve(const sigset_t& waiting) {
    while (told_to_end == 0) {
      std::vector<pollfd> all{{listener_.get(), POLLIN, 0}};
      for (const Handle& client : clients_) all.push_back({client.get(), POLLIN, 0});
      if (ppoll(all.data(), all.size(), nullptr, &waiting) < 0) continue;
      const auto asks =
          std::find_if(all.begin() + 1, all.end(), [](const pollfd& one) { return one.revents != 0; });
      if (asks != all.end()) {
        const auto client = clients_.begin() + (asks - all.begin() - 1);
        if (!answer(client->get())) clients_.erase(client);
      } else {
        accept();
      }
    }
  }

 private:
  void accept() {
    Handle client(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!client) return;
    for (const int option : {SO_RCVTIMEO, SO_SNDTIMEO}) {
      setsockopt(client.get(), SOL_SOCKET, option, &kClientPatience, sizeof kClientPatience);
    }
    clients_.push_back(std::move(client));
  }

  bool answer(int client) {
    std::string question;
    if (!receive_frame(client, question)) return false;
    talk::Reader body{question};
    const std::string kind = body.text();
    if (kind == "look") return send_frame(client, look());
    if (kind == "run") return send_frame(client, run(body));
    if (kind == "inflict") return send_frame(client, inflict(body));
    return false;
  }

  std::string look() {
    std::string text;
    const std::vector<std::string> hosts = stage_.hosts();
    talk::add_number(text, static_cast<std::uint32_t>(hosts.size()));
    for (const std::string& host : hosts) {
      talk::add_text(text, host);
      talk::add_number(text, stage_.is_up(host) ? 1 : 0);
    }
    return text;
  }

  std::string run(talk::Reader& body) {
    const std::string host = body.text();
    const ShellCall call = talk::read_call(body);
    ShellAnswer answer;
    answer.ended = ShellAnswer::Ended::lost;
    answer.why = "there is no host " + host;
    if (body.good && stage_.has(host)) answer = stage_.shell(host).run(call);
    return talk::written(answer);
  }

  std::string inflict(talk::Reader& body) {
    const std::string words = body.text();
    const std::vector<std::string> hosts = stage_.hosts();
    const auto fault = read_lab_fault(words, {hosts.begin(), hosts.end()});
    std::string called;
    const Done failed =
        fault ? stage_.inflict(*fault, &called) : LabFailure{"no fault that the lab knows: " + words};
    std::string text;
    talk::add_number(text, failed ? 0 : 1);
    talk::add_text(text, failed ? failed->why : "");
    talk::add_text(text, called);
    return text;
  }

  Handle listener_;
  LabStage& stage_;
  std::vector<Handle> clients_;  // in the order they came
};

int failed(const std::string& why) {
  fmt::print(stderr, "{}\n", why);
  return 1;
}

// Somebody who asks whether the lab is up holds the lock for a moment.
std::optional<Handle> locked(const std::filesystem::path& file) {
  const auto end = Clock::now() + kLockPatience;
  for (;;) {
    auto lock = try_lock_file(file);
    if (lock || Clock::now() > end) return lock;
    poll(nullptr, 0, 5);
  }
}

// Told to end, it does so between two questions.
sigset_t listen_for_the_end() {
  struct sigaction how {};
  how.sa_handler = [](int) { told_to_end = 1; };
  sigaction(SIGTERM, &how, nullptr);
  std::signal(SIGHUP, SIG_IGN);
  sigset_t only;
  sigset_t before;
  sigemptyset(&only);
  sigaddset(&only, SIGTERM);
  sigprocmask(SIG_BLOCK, &only, &before);
  return before;
}

}  // namespace

int keep_lab(const std::string& name, LabWith with) {
  if (!is_lab_name(name)) return failed("no name of a lab");
  const std::filesystem::path folder = talk::folder_of(name);
  const auto lock = locked(folder / talk::kLock);
  if (!lock) return failed("a lab of this name is up already");
  const auto text = load_file((folder / talk::kWorld).string());
  if (const auto* bad = std::get_if<InputError>(&text)) return failed(bad->text());
  const auto world = read_world(std::get<std::string>(text), talk::kWorld);
  if (const auto* bad = std::get_if<InputError>(&world)) return failed(bad->text());
  Handle listener(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const Handle place = open_folder(folder);
  const sockaddr_un address = socket_in(place, talk::kSocket);
  if (bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      listen(listener.get(), 16) != 0) {
    return failed("no socket can be made in " + folder.string());
  }
  const sigset_t waiting = listen_for_the_end();
  const Say say = [](const std::string& line) { fmt::print(stderr, "{}\n", line); };
  auto stage = LabStage::start(plan_making(std::get<World>(world)), say, with);
  if (const auto* why = std::get_if<LabFailure>(&stage)) return failed(why->why);
  Keeper(std::move(listener), *std::get<std::shared_ptr<LabStage>>(stage)).serve(waiting);
  return 0;
}

}  // namespace rehearse
