#include "tools/check.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "scenarios/output.h"
#include "scenarios/world_file.h"
#include "tools/real_check.h"

namespace rehearse {
namespace {

struct Loaded {
  Runbook runbook;
  World world;
};

Input<World> world_for(const Runbook& runbook, const std::string& instead) {
  if (!instead.empty()) return load_world(instead);
  if (!runbook.world) {
    return InputError{runbook.file, 0, 0, "",
                      "expected a ```world block, or --world FILE: no world to play on"};
  }
  const WorldSource& source = *runbook.world;
  if (!source.json.empty()) return read_world(source.json, source.place.file);
  auto world = load_world(source.file);
  // A world file that is not there is the runbook's mistake.
  if (const auto* bad = std::get_if<InputError>(&world); bad && bad->line == 0 && bad->pointer.empty()) {
    return InputError{source.place.file, source.place.line, source.place.column, "",
                      fmt::format("{}: {}", source.file, bad->what)};
  }
  return world;
}

Input<Loaded> load(const std::string& file, const std::string& instead) {
  auto runbook = load_runbook(file);
  if (auto* bad = std::get_if<InputError>(&runbook)) return *bad;
  Loaded loaded{std::get<Runbook>(std::move(runbook)), {}};
  if (auto bad = unknown_rule(loaded.runbook, rule_pages())) return *bad;
  auto world = world_for(loaded.runbook, instead);
  if (auto* bad = std::get_if<InputError>(&world)) return *bad;
  loaded.world = std::get<World>(std::move(world));
  if (auto bad = unplayable(loaded.runbook, loaded.world)) return *bad;
  return loaded;
}

TextStyle style_for(const CheckOptions& options) {
  TextStyle style;
  style.verbose = options.verbose;
  const char* term = std::getenv("TERM");
  const char* no_color = std::getenv("NO_COLOR");
  style.terminal = options.output.empty() && isatty(STDOUT_FILENO) && term && std::strcmp(term, "dumb") != 0;
  style.colour = style.terminal && (!no_color || !*no_color);
  return style;
}

// Built beside this program.
std::string standin() {
  std::error_code error;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  const auto path = self.parent_path() / "rehearse-standin";
  return !error && std::filesystem::exists(path, error) ? path.string() : "";
}

std::string rendered(const std::vector<Rehearsal>& rehearsals, const std::string& format) {
  if (format == "json") return as_json(rehearsals, REHEARSE_VERSION);
  if (format == "junit") return as_junit(rehearsals);
  return as_sarif(rehearsals, rule_pages(), REHEARSE_VERSION);
}

}  // namespace

int bad_input(const std::string& what) {
  std::cerr << "rehearse: " << printable(what) << "\n";
  return kBadInput;
}

bool write_whole(const std::string& file, const std::string& text) {
  const std::string aside = fmt::format("{}.{}.part", file, getpid());
  std::ofstream stream(aside, std::ios::binary | std::ios::trunc);
  stream << text;
  stream.close();
  if (stream && std::rename(aside.c_str(), file.c_str()) == 0) return true;
  const int why = errno;
  std::remove(aside.c_str());
  bad_input(fmt::format("{}: cannot be written: {}", file, std::strerror(why)));
  return false;
}

int check(const CheckOptions& options) {
  if (options.runbooks.size() > 1 && (options.until > 0 || !options.save_world.empty())) {
    return bad_input("--until and --save-world go with one runbook only");
  }
  std::vector<Loaded> loaded;
  for (const std::string& file : options.runbooks) {
    auto one = load(file, options.world);
    if (const auto* bad = std::get_if<InputError>(&one)) return bad_input(bad->text());
    loaded.push_back(std::get<Loaded>(std::move(one)));
  }
  if (options.on != "model") {
    if (loaded.size() > 1 || !options.save_world.empty()) {
      return bad_input("--on goes with one runbook, and not with --save-world");
    }
    return check_for_real(options, loaded[0].runbook, loaded[0].world, standin());
  }
  std::ostringstream kept;
  std::ostream& out = options.output.empty() ? std::cout : kept;
  TextReport text(out, style_for(options));
  std::vector<Rehearsal> rehearsals;
  bool clean = true;
  for (const Loaded& one : loaded) {
    PlayOptions play_options;
    play_options.judge = make_judge;
    play_options.standin = standin();
    play_options.strict = options.strict;
    play_options.until = options.until;
    const bool as_text = options.format == "text";
    if (as_text) {
      if (!rehearsals.empty()) out << "\n";
      text.begin(one.runbook);
      play_options.watch = [&](const Result& result) { text.step(result); };
    }
    rehearsals.push_back(play(one.runbook, one.world, play_options));
    if (as_text) text.end(rehearsals.back());
    clean = clean && rehearsals.back().clean();
  }
  if (options.format != "text") out << rendered(rehearsals, options.format);
  std::cout.flush();
  if (!options.output.empty() && !write_whole(options.output, kept.str())) return kBadInput;
  if (!options.save_world.empty() && !write_whole(options.save_world, write_world(rehearsals[0].world))) {
    return kBadInput;
  }
  return clean ? kClean : kFindings;
}

}  // namespace rehearse
