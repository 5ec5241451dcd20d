// For tests: hosts that answer as real ones do, with the least of them behind it: domains by name and state,
// roles of resources, files. What a command does is in one function; every call can be disturbed.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>

#include "model/domain/migrate.h"
#include "scenarios/migrate/procedures.h"

namespace rehearse::migrate {

struct FakeDomain {
  std::string state = "-b----";
  std::uint32_t id = 1;
};

struct FakeHost {
  std::string name;
  bool up = true;
  std::map<std::string, FakeDomain> domains;
  std::map<std::string, std::string> files;
  std::map<std::string, std::string> role;  // of each resource here: "Primary"
  std::string version = "4.17";
  std::uint64_t free_mib = 1024;
  std::uint32_t last_id = 0;
};

/// Two hosts and more, and one guest's disk on resource r0.
struct FakeSite {
  std::map<std::string, FakeHost> hosts;
  std::string connection = "Connected";
  std::string disks = "UpToDate/UpToDate";
  bool two_primaries = true;
  std::string mac = "00:16:3e:00:00:0c";
  std::string path = "/dev/drbd0";
  std::vector<std::string> log;               // "trolls# xl list"
  domain::Stage until = domain::Stage::done;  // how far the next migration comes before its sender is killed
  /// Before a call is answered: none, or the answer that comes instead.
  std::function<std::optional<ShellAnswer>(const std::string& host, const ShellCall&)> before;

  void add(const std::string& name) { hosts[name].name = name; }
  void start(const std::string& host, const std::string& domain) {
    FakeHost& at = hosts[host];
    at.domains[domain] = {"-b----", ++at.last_id};
    at.role["r0"] = "Primary";
  }
  std::string peer_role(const std::string& host) const {
    if (connection != "Connected") return "Unknown";
    for (const auto& [name, other] : hosts) {
      const auto at = other.role.find("r0");
      if (name != host && at != other.role.end() && at->second == "Primary") return "Primary";
    }
    return "Secondary";
  }
  int running(const std::string& domain) const {
    int count = 0;
    for (const auto& [name, host] : hosts) {
      const auto at = host.domains.find(domain);
      count += at != host.domains.end() && at->second.state == "-b----";
    }
    return count;
  }
  ShellAnswer run(const std::string& host, const ShellCall&);
  Reach reach(const std::string& host);

 private:
  ShellAnswer files(FakeHost&, const ShellCall&);
  ShellAnswer xl(FakeHost&, const std::vector<std::string>& words);
  ShellAnswer drbd(FakeHost&, const std::vector<std::string>& words);
  ShellAnswer migrate(FakeHost&, const std::vector<std::string>& words);
};

class FakeShell : public Shell {
 public:
  FakeShell(FakeSite& site, std::string host) : site_(site), host_(std::move(host)) {}
  ShellAnswer run(const ShellCall& call) override { return site_.run(host_, call); }
  std::string where() const override { return host_; }

 private:
  FakeSite& site_;
  std::string host_;
};

inline ShellAnswer said(std::string out, int status = 0, std::string err = "") {
  ShellAnswer answer;
  answer.status = status;
  answer.out = std::move(out);
  answer.err = std::move(err);
  return answer;
}
inline ShellAnswer lost() {
  ShellAnswer answer;
  answer.ended = ShellAnswer::Ended::lost;
  answer.why = "the connection broke";
  return answer;
}

}  // namespace rehearse::migrate
