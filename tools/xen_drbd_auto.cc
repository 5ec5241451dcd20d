// xen-drbd-auto: starts the guests of /etc/xen/drbd-auto/ at boot, each only once it is certain that it runs
// nowhere else. What it does is in scenarios/migrate/drbd_auto; here are the command line and the background.
#include <CLI/CLI.hpp>

#include "tools/background.h"
#include "tools/xen_ways.h"

namespace {

using namespace rehearse;
using migrate::Ended;

constexpr const char* kAbout = "Start Xen guests on DRBD at boot, none of them twice.";
constexpr const char* kExamples = R"EXAMPLES(For each file of /etc/xen/drbd-auto/, a configuration of xl:
  1. its domain runs already                       nothing is done
  2. xen-migrate has it at another host            nothing is done
  3. by `drbdadm role` of all its resources
       every peer is Secondary                     promoted and started
       a peer is Primary                           never started
       anything else                               looked at again every 5 minutes +- 60 s

Exit status: 0 done, 1 something could not be, 2 bad input.)EXAMPLES";

constexpr const char* kRun = "/run/xen-drbd-auto";

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(kAbout, "xen-drbd-auto");
  app.footer(kExamples);
  app.set_version_flag("--version", "xen-drbd-auto " REHEARSE_VERSION);
  app.require_subcommand(1);
  xen::Target target;
  std::string folder = kRun;
  int every = static_cast<int>(migrate::kLookEvery.count());
  int jitter = static_cast<int>(migrate::kLookJitter.count());
  xen::add_target(app, target);
  app.add_option("--run", folder, "Where background tasks keep their files")->capture_default_str();
  app.add_option("--every", every, "Seconds between looks")
      ->check(CLI::Range(1, 86400))
      ->capture_default_str();
  app.add_option("--jitter", jitter, "At most as many more or less")
      ->check(CLI::Range(0, 86400))
      ->capture_default_str();
  app.add_subcommand("start", "Start what is certain, watch what is not");
  app.add_subcommand("stop", "End the background tasks");
  app.add_subcommand("reload", "Background tasks look at once");
  app.add_subcommand("status", "What is going on, guest by guest");
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& wanted) {
    return app.exit(wanted);
  } catch (const CLI::ParseError& error) {
    return xen::bad_input("xen-drbd-auto", std::string(error.what()) + " (see xen-drbd-auto --help)");
  }
  auto opened = xen::open_ways(target);
  if (const auto* bad = std::get_if<InputError>(&opened)) return xen::bad_input("xen-drbd-auto", bad->text());
  auto& ways = std::get<xen::Ways>(opened);
  const migrate::Tasks tasks =
      ways.real ? xen::processes(folder,
                                 [=](const std::string& name) { xen::run_task(folder, name, every, jitter); })
                : ways.modelled->tasks(ways.host);
  Report report;
  const std::string verb = app.get_subcommands()[0]->get_name();
  Shell& here = *ways.reach.here;
  const Ended ended = verb == "start"    ? migrate::auto_start(here, tasks, report)
                      : verb == "stop"   ? migrate::auto_stop(tasks, report)
                      : verb == "reload" ? migrate::auto_reload(tasks, report)
                                         : migrate::auto_status(here, tasks, report);
  xen::print(report);
  if (auto bad = xen::close_ways(target, ways)) return xen::bad_input("xen-drbd-auto", bad->text());
  return static_cast<int>(ended);
}
