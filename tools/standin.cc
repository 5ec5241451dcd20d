// Stands in for every command of a line that a real shell runs (scenarios/real_shell.h): sends its words to
// the player, prints the answer and ends as it says. It touches nothing else.
#include <sys/un.h>

#include <cstdlib>
#include <iostream>
#include <iterator>

#include "scenarios/frame.h"

namespace {

constexpr int kNoPlayer = 127;

int connected() {
  const char* path = std::getenv("REHEARSE_SOCKET");
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (!path || std::strlen(path) >= sizeof address.sun_path) return -1;
  std::memcpy(address.sun_path, path, std::strlen(path));
  const int made = socket(AF_UNIX, SOCK_STREAM, 0);
  if (made < 0) return -1;
  return connect(made, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 ? made : -1;
}

int print(const std::string& answer) {
  std::size_t at = 2;
  while (at < answer.size()) {
    const std::size_t end = std::min(answer.find('\n', at), answer.size() - 1);
    (answer[at] == 'e' ? std::cerr : std::cout) << std::string_view(answer).substr(at + 1, end - at);
    at = end + 1;
  }
  std::cout.flush();
  return static_cast<unsigned char>(answer[1]);
}

}  // namespace

int main(int argc, char** argv) {
  const int player = connected();
  std::string words;
  for (int i = 1; i < argc; ++i) words.append(argv[i]).push_back('\0');
  std::string answer;
  if (player < 0 || !rehearse::send_frame(player, words) || !rehearse::receive_frame(player, answer))
    return kNoPlayer;
  if (answer == "I") {
    const std::string input{std::istreambuf_iterator<char>(std::cin), {}};
    if (!rehearse::send_frame(player, input) || !rehearse::receive_frame(player, answer)) return kNoPlayer;
  }
  return answer.size() < 2 ? kNoPlayer : print(answer);
}
