// xen-migrate: moves the guests of this dom0 to other hosts and back. What it does is in scenarios/migrate;
// here are the command line, the ways to the machines, and the lock that keeps two of them from this host's
// records at once.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>
#include <CLI/CLI.hpp>

#include <cstdlib>
#include <iostream>

#include "tools/xen_ways.h"

namespace {

using namespace rehearse;
using migrate::Ended;

constexpr const char* kAbout = "Move Xen guests between hosts, and back, without ever running one twice.";
constexpr const char* kExamples = R"EXAMPLES(Files:
  /etc/xen/migrate-tab.txt     guests, where they go, and options of xl migrate
  /etc/xen/migrate-status.txt  what is away; kept by this program
  /etc/xen/migrate-key         the key by which `reverse` and `ping` ask other hosts

Examples:
  xen-migrate migrate --check echelon   look whether it could, and do nothing
  xen-migrate migrate ALL               before this host goes down
  xen-migrate reverse ALL               when it is back
  xen-migrate setup perceval            the line for perceval's authorized_keys
  xen-migrate --on model:site.json@trolls migrate echelon   on a modelled site

Exit status: 0 done, 1 not done and as it was, 2 bad input, 3 a person has to look.)EXAMPLES";

constexpr const char* kLock = "/run/xen-migrate.lock";

struct Asked {
  xen::Target target;
  std::vector<std::string> domains;
  std::string host;
  std::string address;
  std::string requester;
  int minutes = 30;
  bool check = false;
};

using Act = std::function<Ended(migrate::Reach&, Report&)>;

std::string request_text() {
  const char* text = std::getenv("SSH_ORIGINAL_COMMAND");
  return text ? text : "";
}

// Held as long as this program runs.
bool alone() {
  const int lock = open(kLock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  return lock >= 0 && flock(lock, LOCK_EX | LOCK_NB) == 0;
}

CLI::App* verb(CLI::App& app, const char* name, const char* about, Act& chosen, Act act) {
  CLI::App* made = app.add_subcommand(name, about);
  made->callback([&chosen, act] { chosen = act; });
  return made;
}

void add_verbs(CLI::App& app, Asked& asked, Act& chosen) {
  const auto domains = [&](CLI::App* to) {
    return to->add_option("DOMAIN", asked.domains, "Names of domains, or ALL");
  };
  domains(verb(app, "status", "Where guests are", chosen, [&](migrate::Reach& reach, Report& report) {
    return migrate::show_status(reach, asked.domains, report);
  }));
  CLI::App* away =
      verb(app, "migrate", "Send guests away", chosen, [&](migrate::Reach& reach, Report& report) {
        return migrate::migrate(reach, asked.domains, asked.check, report);
      });
  domains(away)->required();
  away->add_flag("--check", asked.check, "Tell what holds and what does not, and do nothing");
  CLI::App* back = verb(
      app, "reverse", "Have guests sent back", chosen,
      [&](migrate::Reach& reach, Report& report) { return migrate::reverse(reach, asked.domains, report); });
  domains(back)->required();
  for (CLI::App* moving : {away, back}) {
    moving->add_option("--minutes", asked.minutes, "How long the memory of a guest may take")
        ->check(CLI::Range(1, 1440))
        ->capture_default_str();
  }
  verb(app, "ping", "Try the way of reverse", chosen,
       [&](migrate::Reach& reach, Report& report) { return migrate::ping(reach, asked.host, report); })
      ->add_option("HOST", asked.host, "Another host")
      ->required();
  CLI::App* setup = verb(app, "setup", "Print the line for a host's authorized_keys", chosen,
                         [&](migrate::Reach& reach, Report& report) {
                           return migrate::setup(reach, asked.host, asked.address, report);
                         });
  setup->add_option("PEER", asked.host, "The host whose root is to let this one in")->required();
  setup->add_option("--address", asked.address, "The IP address that this host has to it");
  verb(app, "migrate2", "Serve SSH_ORIGINAL_COMMAND; for authorized_keys alone", chosen,
       [&](migrate::Reach& reach, Report& report) {
         return migrate::serve(reach, asked.requester, request_text(), report);
       })
      ->add_option("REQUESTER", asked.requester, "The host that the key is of")
      ->required();
}

int run(const Asked& asked, const Act& act, bool changes) {
  auto opened = xen::open_ways(asked.target);
  if (const auto* bad = std::get_if<InputError>(&opened)) return xen::bad_input("xen-migrate", bad->text());
  auto& ways = std::get<xen::Ways>(opened);
  if (ways.real && changes && !alone()) {
    std::cerr << "xen-migrate: another one is at work (" << kLock << ")\n";
    return static_cast<int>(Ended::not_done);
  }
  ways.reach.transfer = std::chrono::minutes(asked.minutes);
  Report report;
  const Ended ended = act(ways.reach, report);
  xen::print(report);
  if (auto bad = xen::close_ways(asked.target, ways)) return xen::bad_input("xen-migrate", bad->text());
  return static_cast<int>(ended);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(kAbout, "xen-migrate");
  app.footer(kExamples);
  app.set_version_flag("--version", "xen-migrate " REHEARSE_VERSION);
  app.require_subcommand(1);
  Asked asked;
  Act chosen;
  xen::add_target(app, asked.target);
  add_verbs(app, asked, chosen);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& wanted) {
    return app.exit(wanted);
  } catch (const CLI::ParseError& error) {
    return xen::bad_input("xen-migrate", std::string(error.what()) + " (see xen-migrate --help)");
  }
  const std::string verb = app.get_subcommands()[0]->get_name();
  const bool moves = (verb == "migrate" && !asked.check) || verb == "reverse" ||
                     (verb == "migrate2" && request_text() != "ping");
  return run(asked, chosen, moves);
}
