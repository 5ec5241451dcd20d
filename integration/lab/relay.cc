#include "integration/lab/relay.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <deque>

#include "integration/lab/socket_path.h"
#include "model/net/link.h"

namespace rehearse {
namespace {

namespace files = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kMostWaiting = 256;  // packets; more are dropped, as by a switch
constexpr std::size_t kLongestPacket = 70'000;

}  // namespace

// What is sent to `link` comes here and goes on to `moved`, which is the socket of the guest that it is for.
struct LinkRelay::Way {
  struct Packet {
    Clock::time_point due;
    std::string bytes;
  };

  LinkWay way;
  std::string link;
  std::string moved;
  Handle folder;
  Handle socket;
  std::deque<Packet> waiting;
  Clock::time_point free = Clock::now();  // when the link has sent what it has

  Done take(const files::path& in, const std::string& guest) {
    link = guest + ".link";
    moved = guest + ".link.own";
    folder = open_folder(in);
    socket = Handle(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    std::error_code error;
    files::rename(in / link, in / moved, error);
    const sockaddr_un address = socket_in(folder, link);
    if (error || bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      return LabFailure{"the link cannot be led through a relay: " +
                        (error ? error.message() : std::strerror(errno))};
    }
    return std::nullopt;
  }

  void receive() {
    std::string piece(kLongestPacket, '\0');
    for (ssize_t count; (count = recv(socket.get(), piece.data(), piece.size(), 0)) >= 0;) {
      const bool large = static_cast<std::size_t>(count) > net::kLargeFrame;
      if (waiting.size() >= kMostWaiting || way.cut || (way.loses_large && large)) continue;
      const auto now = Clock::now();
      if (way.rate > 0) {
        const std::chrono::duration<double> takes(static_cast<double>(count) / static_cast<double>(way.rate));
        free = std::max(free, now) + std::chrono::duration_cast<Clock::duration>(takes);
      }
      const auto sent = way.rate > 0 ? free : now;
      waiting.push_back({sent + way.delay, piece.substr(0, static_cast<std::size_t>(count))});
    }
  }

  // Milliseconds until the next one is due; negative: none waits.
  int send_due() {
    const sockaddr_un to = socket_in(folder, moved);
    for (; !waiting.empty(); waiting.pop_front()) {
      const auto left = waiting.front().due - Clock::now();
      if (left > Clock::duration::zero()) {
        return static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(left).count());
      }
      // A guest that is down does not hear it, as at the end of any cable.
      const std::string& bytes = waiting.front().bytes;
      (void)!sendto(socket.get(), bytes.data(), bytes.size(), 0, reinterpret_cast<const sockaddr*>(&to),
                    sizeof to);
    }
    return -1;
  }
};

LinkRelay::LinkRelay() = default;

std::variant<std::unique_ptr<LinkRelay>, LabFailure> LinkRelay::start(
    const files::path& folder, const std::map<std::string, LinkWay>& ways) {
  std::unique_ptr<LinkRelay> made(new LinkRelay);
  made->folder_ = folder;
  for (const auto& [guest, ignored] : ways) {
    made->ways_.push_back(std::make_unique<Way>());
    if (Done failed = made->ways_.back()->take(folder, guest)) return *failed;
    for (const auto& [sender, way] : ways) {
      if (sender != guest) made->ways_.back()->way = way;
    }
  }
  auto ends = socket_pair();
  if (!ends) return LabFailure{"no sockets can be had"};
  made->stop_ = std::move(ends->first);
  made->stopped_ = std::move(ends->second);
  made->thread_ = std::thread([relay = made.get()] { relay->serve(); });
  return made;
}

LinkRelay::~LinkRelay() {
  stop_.shut();
  if (thread_.joinable()) thread_.join();
  std::error_code ignored;
  for (const auto& way : ways_) {
    if (files::exists(folder_ / way->moved, ignored))
      files::rename(folder_ / way->moved, folder_ / way->link, ignored);
  }
}

void LinkRelay::serve() const {
  for (;;) {
    int patience = -1;
    std::vector<pollfd> all{{stopped_.get(), POLLIN, 0}};
    for (const auto& way : ways_) {
      const int wait = way->send_due();
      if (wait >= 0) patience = patience < 0 ? wait : std::min(patience, wait);
      all.push_back({way->socket.get(), POLLIN, 0});
    }
    if (poll(all.data(), all.size(), patience) < 0 && errno != EINTR) return;
    if (all[0].revents != 0) return;
    for (const auto& way : ways_) way->receive();
  }
}

}  // namespace rehearse
