#include "scenarios/migrate/testing.h"

#include "backends/reports/domain_details.h"
#include "backends/reports/xen_host.h"

namespace rehearse::migrate {
namespace {

ShellAnswer no_file(const std::string& path) {
  return said("", 1, "cat: " + path + ": No such file or directory\n");
}

std::string listed(const FakeHost& host) {
  std::string text =
      fmt::format("{:<40} {:>5} {:>5} {:>5}     {}  {:8.1f}\n", "Domain-0", 0, 512, 4, "r-----", 0.0);
  for (const auto& [name, row] : host.domains) {
    text += fmt::format("{:<40} {:>5} {:>5} {:>5}     {}  {:8.1f}\n", name, row.id, 256, 1, row.state, 0.0);
  }
  return text;
}

}  // namespace

ShellAnswer FakeSite::files(FakeHost& host, const ShellCall& call) {
  const auto& words = call.words;
  if (words[0] == "cat") {
    const auto at = host.files.find(words[1]);
    return at == host.files.end() ? no_file(words[1]) : said(at->second);
  }
  if (words[0] == "bash") {
    host.files[words[2].substr(std::string("cat > ").size())] = call.input;
    return said("");
  }
  if (words[0] == "mv") {
    host.files[words[3]] = host.files[words[2]];
    host.files.erase(words[2]);
    return said("");
  }
  std::string names;  // ls
  for (const auto& [path, text] : host.files) {
    if (path.starts_with(words[1] + "/")) names += path.substr(words[1].size() + 1) + "\n";
  }
  return said(names);
}

ShellAnswer FakeSite::migrate(FakeHost& host, const std::vector<std::string>& words) {
  const std::string& domain = words[words.size() - 2];
  FakeHost& to = hosts.at(words.back());
  if (!to.up) return said("", 1, "Migration failed, resuming at sender.\n");
  if (to.role["r0"] != "Primary") return said("", 1, "its disk is not primary there\n");
  const FakeDomain guest = host.domains.at(domain);
  to.domains[domain + "--incoming"] = {"--p---", ++to.last_id};
  const domain::Stage stage = until;
  until = domain::Stage::done;
  ShellAnswer hangs = said("");
  hangs.ended = ShellAnswer::Ended::timed_out;
  hangs.status.reset();
  if (stage == domain::Stage::sending) return hangs;
  host.domains.erase(domain);
  host.domains[domain + "--migratedaway"] = {"---s--", guest.id};
  if (stage == domain::Stage::acknowledged) return hangs;
  to.domains.erase(domain + "--incoming");
  to.domains[domain] = {"-b----", to.last_id};
  if (stage == domain::Stage::permitted) return hangs;
  host.domains.erase(domain + "--migratedaway");
  return said("", 0, "Migration successful.\n");
}

ShellAnswer FakeSite::xl(FakeHost& host, const std::vector<std::string>& words) {
  if (words[1] == "migrate") return migrate(host, words);
  if (words[1] == "info") {
    reports::XenHost info{host.name, 4096, host.free_mib, 4, 17, true};
    info.minor = static_cast<std::uint32_t>(std::stoul(host.version.substr(2)));
    return said(reports::show_xen_host(info));
  }
  if (words[1] == "destroy") {
    return host.domains.erase(words[2]) > 0 ? said("") : said("", 1, words[2] + " is an invalid domain\n");
  }
  if (words[1] == "create") {
    if (host.role["r0"] != "Primary") return said("", 3, "its disk is not primary\n");
    host.domains["echelon"] = {"-b----", ++host.last_id};
    return said("");
  }
  if (words.size() == 2) return said(listed(host));
  std::vector<reports::DomainDetails> rows;
  for (const auto& [name, row] : host.domains) {
    rows.push_back({row.id, name, 256, {{path, "", "xvda1", true}}, {}});
    if (!mac.empty()) rows.back().macs.push_back(mac);
  }
  return said(reports::show_domain_details(rows));
}

ShellAnswer FakeSite::drbd(FakeHost& host, const std::vector<std::string>& words) {
  const std::string& verb = words[1];
  std::string& role = host.role["r0"];
  if (role.empty()) role = "Secondary";
  if (words[0] == "drbdsetup")
    return said(two_primaries ? "net {\n allow-two-primaries\tyes;\n}\n" : "net {\n}\n");
  if (verb == "sh-resources") return said("r0\n");
  if (verb == "sh-dev") return said("/dev/drbd0\n");
  if (verb == "cstate") return said(connection + "\n");
  if (verb == "dstate") return said(disks + "\n");
  if (verb == "role") return said(role + "/" + peer_role(host.name) + "\n");
  if (verb == "primary") {
    if (!two_primaries && peer_role(host.name) == "Primary") {
      return said("", 11, "0: State change failed: (-1) Multiple primaries not allowed by config\n");
    }
    role = "Primary";
    return said("");
  }
  if (!host.domains.empty())
    return said("", 11, "0: State change failed: (-12) Device is held open by someone\n");
  role = "Secondary";
  return said("");
}

ShellAnswer FakeSite::run(const std::string& name, const ShellCall& call) {
  std::string line = name + "#";
  for (const std::string& word : call.words) line += " " + word;
  log.push_back(line);
  if (before) {
    if (auto instead = before(name, call)) return *instead;
  }
  const auto at = hosts.find(name);
  if (at == hosts.end() || !at->second.up) return lost();
  FakeHost& host = at->second;
  const std::string& tool = call.words[0];
  if (tool == "uname") return said(host.name + "\n");
  if (tool == "xl") return xl(host, call.words);
  if (tool == "drbdadm" || tool == "drbdsetup") return drbd(host, call.words);
  if (tool == "sync" || tool == "test") return said("");
  return files(host, call);
}

Reach FakeSite::reach(const std::string& host) {
  Reach reach;
  reach.here = std::make_shared<FakeShell>(*this, host);
  reach.name = host;
  reach.peer = [this](const std::string& name) { return std::make_shared<FakeShell>(*this, name); };
  reach.ask = [this, host](const std::string& name, const std::string& request) {
    if (!hosts.contains(name) || !hosts.at(name).up) return lost();
    Reach there = this->reach(name);
    Report report;
    const Ended ended = serve(there, host, request, report);
    std::string out;
    std::string err;
    for (const Line& row : report.lines) (row.error ? err : out) += row.text + "\n";
    return said(out, static_cast<int>(ended), err);
  };
  return reach;
}

}  // namespace rehearse::migrate
