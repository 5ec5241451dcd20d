#include "scenarios/session.h"

#include <algorithm>

namespace rehearse {
namespace {

// ssh(1): what does not change where and what is run.
constexpr std::string_view kFlags = "46AaCfGgKkMNnqsTtVvXxYy";
constexpr std::string_view kWithValue = "bcDEeFIiJLlmOopQRSWw";

}  // namespace

std::optional<SshCall> read_ssh(std::span<const std::string> words, std::string& odd) {
  if (words.empty() || (words[0] != "ssh" && words[0] != "/usr/bin/ssh")) return std::nullopt;
  std::size_t at = 1;
  for (; at < words.size() && words[at].size() > 1 && words[at][0] == '-'; ++at) {
    for (std::size_t i = 1; i < words[at].size(); ++i) {
      const char option = words[at][i];
      if (kWithValue.find(option) != std::string_view::npos) {
        if (i + 1 == words[at].size()) ++at;
        break;
      }
      if (kFlags.find(option) == std::string_view::npos) {
        odd = std::string("-") + option;
        return SshCall{};
      }
    }
    if (at >= words.size()) break;
  }
  if (at >= words.size()) {
    odd = "ssh";
    return SshCall{};
  }
  SshCall call;
  const std::string& target = words[at];
  call.host = target.substr(target.find('@') == std::string::npos ? 0 : target.find('@') + 1);
  for (++at; at < words.size(); ++at) {
    if (!call.command.empty()) call.command += ' ';
    call.command += words[at];
  }
  return call;
}

void Session::at_prompt(Name host) {
  // The transcript of a login goes on under the other host's prompt.
  if (host == prompt_ || host == this->host()) return;
  prompt_ = host;
  hosts_.clear();
}

}  // namespace rehearse
