#include <algorithm>

#include "backends/filters.h"
#include "scenarios/migrate/procedures.h"
#include "scenarios/phrase.h"

namespace rehearse::migrate {
namespace {

bool loopback(std::string_view address) { return address.starts_with("127.") || address == "::1"; }

bool plain_address(std::string_view text) {
  return !text.empty() && text.size() <= 45 &&
         text.find_first_not_of("0123456789abcdefABCDEF.:") == std::string_view::npos &&
         text.find_first_of(".:") != std::string_view::npos;
}

// The address of a name in a host's /etc/hosts. Debian has the own name at 127.0.1.1, which says nothing.
std::string address_in(Shell& shell, const std::string& name) {
  const ShellAnswer answer = shell.run({{"cat", "/etc/hosts"}, {}});
  if (!went_well(answer)) return "";
  for (const std::string& line : lines_of(answer.out)) {
    const std::vector<std::string> words = fields_of(line);
    if (words.size() < 2 || loopback(words[0]) || !plain_address(words[0])) continue;
    if (std::find(words.begin() + 1, words.end(), name) != words.end()) return words[0];
  }
  return "";
}

}  // namespace

std::string plain_key(std::string_view text) {
  const std::vector<std::string> lines = lines_of(text);
  if (lines.size() != 1) return "";
  const std::vector<std::string> words = fields_of(lines[0]);
  if (words.size() < 2) return "";
  const auto made_of = [](std::string_view word, std::string_view others) {
    return std::all_of(word.begin(), word.end(), [&](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
             others.find(c) != std::string_view::npos;
    });
  };
  const bool key = (words[0].starts_with("ssh-") || words[0].starts_with("ecdsa-")) &&
                   made_of(words[0], "-@.") && words[1].size() >= 32 && made_of(words[1], "+/=");
  return key ? words[0] + " " + words[1] : "";
}

Ended setup(Reach& reach, const std::string& peer, std::string address, Report& report) {
  const auto wrong = [&](const std::string& what) {
    report.err("{}", what);
    return Ended::bad_input;
  };
  if (!plain_host(peer)) return wrong("expected a host, found " + quote_word(peer));
  if (address.empty()) address = address_in(*reach.here, reach.name);
  if (address.empty()) address = address_in(*reach.peer(peer), reach.name);
  if (address.empty()) {
    return wrong(
        fmt::format("/etc/hosts of neither side has an address of {} that others reach; give it with "
                    "--address",
                    reach.name));
  }
  if (!plain_address(address)) return wrong("expected an IP address, found " + quote_word(address));
  const std::string file = std::string(kKeyFile) + ".pub";
  const ShellAnswer answer = reach.here->run({{"cat", file}, {}});
  const std::string key = went_well(answer) ? plain_key(answer.out) : "";
  if (key.empty()) {
    return wrong(fmt::format("{}: expected a public key; make one with ssh-keygen -t ed25519 -N '' -f {}",
                             file, kKeyFile));
  }
  report.out(
      "from=\"{}\",no-port-forwarding,no-X11-forwarding,no-agent-forwarding,no-pty,command=\"{} migrate2 "
      "{}\" "
      "{} xen-migrate@{}",
      address, kProgram, reach.name, key, reach.name);
  return Ended::well;
}

ShellAnswer send_request(Shell& here, const std::string& host, const std::string& request,
                         std::chrono::milliseconds deadline) {
  // A connection that root's own key keeps open would not come to the forced command.
  return here.run({{"ssh", "-i", std::string(kKeyFile), "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes",
                    "-o", "ControlPath=none", "-T", "root@" + host, request},
                   {},
                   deadline});
}

}  // namespace rehearse::migrate
