// The program: its subcommands and options. Exit status 0: clean; 1: findings, or something is not as the
// runbook says; 2: bad input.
#include <CLI/CLI.hpp>
#include <iostream>

#include "integration/kept_lab.h"
#include "tools/capture_command.h"
#include "tools/catalogue.h"
#include "tools/check.h"
#include "tools/conform_command.h"
#include "tools/lab_command.h"
#include "tools/world_command.h"

namespace {

constexpr const char* kAbout = "Rehearse storage and failover work before doing it for real.";
constexpr const char* kExamples = R"EXAMPLES(Examples:
  rehearse check scenarios/echelon-upgrade.md
  rehearse check --strict --format sarif --output findings.sarif *.md
  rehearse check --until 40 --save-world before.json upgrade.md
  rehearse check --on lab scenarios/echelon-upgrade.md
  rehearse check --on lab:twin scenarios/echelon-upgrade.md && rehearse lab shell twin
  rehearse check --on ssh:inventory.json --really --confirm upgrade.md
  rehearse explain RH101
  rehearse list refusals
  rehearse capture --on ssh:trolls,perceval -o machines.json
  rehearse world new trolls:sda=20G,sdb=20G perceval > machines.json
  rehearse world show machines.json
  rehearse world graph --format svg machines.json > machines.svg
  echo 'alpha# pvcreate /dev/vda' | rehearse lab run
  eval "$(rehearse completion bash)"

Exit status: 0 clean, 1 findings or something is not as the runbook says, 2 bad input.)EXAMPLES";

// Adds a subcommand that ends in `run`.
template <class Run>
CLI::App* subcommand(CLI::App& parent, const char* name, const char* about, int& status, Run run) {
  CLI::App* made = parent.add_subcommand(name, about);
  made->callback([&status, run] { status = run(); });
  return made;
}

CLI::App* add_check(CLI::App& app, rehearse::CheckOptions& options, int& status) {
  CLI::App* check = subcommand(app, "check", "Play runbooks and judge every step", status,
                               [&] { return rehearse::check(options); });
  check->add_option("RUNBOOK", options.runbooks, "Markdown files with console blocks")->required();
  check->add_option("--format", options.format, "How to report")
      ->check(CLI::IsMember({"text", "json", "junit", "sarif"}))
      ->capture_default_str();
  check->add_option("--output", options.output, "Report into a file instead of standard output");
  check->add_flag("--strict", options.strict, "A command that is not modelled is an error");
  check->add_option("--world", options.world, "Play on this world instead of the runbook's own");
  check->add_option("--until", options.until, "The last line of the runbook that is played");
  check->add_option("--save-world", options.save_world, "Save the world as it is at the end");
  check->add_flag("-v,--verbose", options.verbose, "Show what the commands print, and what the kernels log");
  return check;
}

void add_check_for_real(CLI::App& check, rehearse::CheckOptions& options) {
  const auto real = [](CLI::Option* option) { return option->group("On real machines"); };
  real(check.add_option("--on", options.on,
                        "model, lab (guests made like the hosts), lab:NAME (guests that stay), local, "
                        "ssh:INVENTORY or replay:FILE"))
      ->capture_default_str();
  CLI::Option* really =
      real(check.add_flag("--really", options.really, "Change the hosts that are for the lab"));
  real(check.add_option("--inventory", options.inventory,
                        "Of --on local: whether this machine is for the lab"));
  real(check.add_option("--journal", options.journal,
                        "Where the run is written down; default: RUNBOOK.journal"));
  CLI::Option* resume = real(check.add_flag("--resume", options.resume, "Take up the run of the journal"));
  CLI::Option* confirm = real(check.add_flag("--confirm", options.confirm, "Ask before each change"));
  real(check.add_option("--deadline", options.deadline, "Seconds that a command may take"))
      ->check(CLI::Range(1, 86400))
      ->capture_default_str();
  real(check.add_option("--record", options.record, "Write every call and its answer, for --on replay:FILE"));
  for (CLI::Option* option : {really, resume, confirm}) option->needs("--on");
}

void add_capture(CLI::App& app, rehearse::CaptureOptions& options, int& status) {
  CLI::App* capture = subcommand(app, "capture", "Real machines as a world; reads only", status,
                                 [&] { return rehearse::capture(options); });
  capture->add_option("--on", options.on, "local, ssh:HOST,HOST, lab, or lab:NAME of one that is up");
  capture->add_option("--script", options.script, "Of --on lab: played there before");
  capture->add_option("--from", options.from, "A directory with kept outputs, for each host");
  capture->add_option("-o,--output", options.output, "A world file instead of standard output");
  capture->add_option("--deadline", options.deadline, "Seconds for each host")->capture_default_str();
}

struct Words {
  std::string explained;
  std::string listed;
  std::string file;
  std::string graph_format = "dot";
  std::string shell = "bash";
  std::vector<std::string> hosts;
};

void add_others(CLI::App& app, Words& words, int& status) {
  CLI::App* explain = subcommand(app, "explain", "The page of a rule, a refusal or a command", status,
                                 [&] { return rehearse::explain(words.explained); });
  explain->add_option("WORD", words.explained, "RH101, no_such_volume, lvcreate ...")->required();
  CLI::App* list =
      subcommand(app, "list", "What the program knows", status, [&] { return rehearse::list(words.listed); });
  list->add_option("WHAT", words.listed, "rules, refusals, commands, or phrases of runbooks")
      ->required()
      ->check(CLI::IsMember({"rules", "refusals", "commands", "phrases"}));
  CLI::App* world = app.add_subcommand("world", "Worlds: look at one, start a new one");
  world->require_subcommand(1);
  CLI::App* show = subcommand(*world, "show", "The stack of every host as a tree", status,
                              [&] { return rehearse::show(words.file); });
  show->add_option("FILE", words.file, "A world file")->required();
  CLI::App* graph = subcommand(*world, "graph", "The stack as a graph", status,
                               [&] { return rehearse::graph(words.file, words.graph_format); });
  graph->add_option("FILE", words.file, "A world file")->required();
  graph->add_option("--format", words.graph_format, "dot, or svg drawn by Graphviz")
      ->check(CLI::IsMember({"dot", "svg"}))
      ->capture_default_str();
  CLI::App* made = subcommand(*world, "new", "A world of bare machines, on standard output", status,
                              [&] { return rehearse::make_world(words.hosts); });
  made->add_option("HOST", words.hosts, "A name, or NAME:DISK=SIZE,DISK=SIZE")->required();
  CLI::App* completion =
      subcommand(app, "completion", "Completion for a shell", status, rehearse::print_completion);
  completion->add_option("SHELL", words.shell, "bash")->check(CLI::IsMember({"bash"}));
}

void add_lab(CLI::App& app, rehearse::LabOptions& options, int& status) {
  CLI::App* lab = app.add_subcommand("lab", "Real machines with the real tools, in QEMU");
  lab->require_subcommand(1);
  CLI::App* up = subcommand(*lab, "up", "Build what the lab needs; with a name start machines that stay",
                            status, [&] { return rehearse::lab_up(options); });
  up->add_option("NAME", options.name, "Of machines that stay until `lab down NAME`");
  up->add_option("--world", options.world, "A world file: what they are to be; default: bare alpha");
  CLI::App* keep = subcommand(*lab, "keep", "Be the keeper of a lab", status, [&] {
    return rehearse::keep_lab(options.name, *rehearse::lab_with(options.with));
  });
  keep->group("");  // what `up NAME` starts
  keep->add_option("NAME", options.name)->required();
  keep->add_option("--with", options.with)->required();
  CLI::App* run = subcommand(*lab, "run", "Play a script on clean machines and write what they said", status,
                             [&] { return rehearse::lab_run(options); });
  run->add_option("SCRIPT", options.script, "A script or a recording; - for standard input")
      ->capture_default_str();
  CLI::App* shell = subcommand(*lab, "shell", "Type at a clean machine", status,
                               [&] { return rehearse::lab_shell(options); });
  shell->add_option("GUEST", options.guest, "alpha or beta; or NAME, NAME:HOST of a lab that is up")
      ->capture_default_str();
  CLI::App* report = subcommand(*lab, "status", "What there is in the cache", status,
                                [&] { return rehearse::lab_status(options); });
  report->add_flag("--measure", options.measure, "Start twenty clones and tell how long it takes");
  CLI::App* down =
      subcommand(*lab, "down", "End the lab of that name; without one all, and drop the templates", status,
                 [&] { return rehearse::lab_down(options); });
  down->add_option("NAME", options.name, "A lab that is up");
  down->add_flag("--all", options.everything, "Drop the image and the downloaded packages too");
  CLI::App* compare = subcommand(*lab, "compare", "What a newer recording says otherwise", status,
                                 [&] { return rehearse::compare_recordings(options.script, options.newer); });
  compare->add_option("BEFORE", options.script, "A recording")->required();
  compare->add_option("AFTER", options.newer, "One of the same script")->required();
  for (CLI::App* each : {up, run, shell, report}) {
    each->add_option("--nodes", options.guests, "Guests: alpha, and beta if 2")->check(CLI::Range(1, 2));
    each->add_option("--disks", options.disks, "Blank disks of each guest (4)")->check(CLI::Range(1, 20));
    each->add_option("--size", options.size, "Size of each disk (256M)");
    each->add_option("--with", options.with,
                     "qemu: guests that can run guests of their own, with an xl for them")
        ->check(CLI::IsMember({"qemu"}));
    each->add_option("--jobs", options.jobs, "Guests that may run at once on this machine")
        ->check(CLI::Range(1, 64))
        ->capture_default_str();
  }
  for (CLI::App* each : {run, shell}) {
    each->add_option("--deadline", options.deadline, "Seconds after which a command is killed")
        ->check(CLI::Range(1, 86400))
        ->capture_default_str();
  }
}

void add_conformance(CLI::App& app, rehearse::ConformOptions& conform, rehearse::FidelityOptions& fidelity,
                     int& status) {
  CLI::App* compare = subcommand(app, "conform", "Play random scripts on model and lab, and compare", status,
                                 [&] { return rehearse::conform(conform); });
  compare->add_option("--layer", conform.layer, "What the scripts are about")
      ->check(CLI::IsMember({"lvm", "drbd"}))
      ->capture_default_str();
  compare->add_option("--scripts", conform.scripts, "How many")
      ->check(CLI::Range(1, 1000000))
      ->capture_default_str();
  compare->add_option("--seed", conform.seed, "Of the first; the others follow it (a fresh one)");
  compare->add_option("--jobs", conform.jobs, "Labs at once")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  compare->add_option("--shorten", conform.shorten, "How often to replay what disagrees to make it shorter")
      ->capture_default_str();
  CLI::Option* keep =
      compare->add_option("--keep", conform.keep, "A folder for the recordings of what disagrees");
  compare->add_flag("--keep-all", conform.keep_all, "Keep those that agree, too")->needs(keep);
  CLI::App* board = subcommand(app, "fidelity", "How often model and real tools agreed, by command", status,
                               [&] { return rehearse::fidelity(fidelity); });
  board->add_option("--format", fidelity.format, "markdown, json, html or summary")
      ->check(CLI::IsMember({"markdown", "json", "html", "summary"}))
      ->capture_default_str();
  board->add_option("--recordings", fidelity.recordings, "A folder of recordings (this repository's)");
  board->add_option("--output", fidelity.output, "A file");
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(kAbout, "rehearse");
  app.footer(kExamples);
  app.set_version_flag("--version", "rehearse " REHEARSE_VERSION);
  app.require_subcommand(1);
  int status = 0;
  rehearse::CheckOptions options;
  Words words;
  add_check_for_real(*add_check(app, options, status), options);
  add_others(app, words, status);
  rehearse::CaptureOptions captured;
  add_capture(app, captured, status);
  rehearse::LabOptions lab;
  add_lab(app, lab, status);
  rehearse::ConformOptions conform;
  rehearse::FidelityOptions fidelity;
  add_conformance(app, conform, fidelity, status);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& wanted) {
    return app.exit(wanted);
  } catch (const CLI::ParseError& error) {
    return rehearse::bad_input(std::string(error.what()) + " (see rehearse --help)");
  }
  return status;
}
