#include "tools/xen_ways.h"

#include <unistd.h>

#include <fstream>
#include <iostream>
#include <map>

#include "backends/shell/local_shell.h"
#include "backends/shell/ssh_shell.h"
#include "scenarios/world_file.h"

namespace rehearse::xen {
namespace {

constexpr std::string_view kModel = "model:";

InputError wrong(std::string what) { return {"--on", 0, 0, "", std::move(what)}; }

std::string own_name() {
  char name[256] = {};
  gethostname(name, sizeof name - 1);
  return name;
}

Ways local_ways() {
  Ways ways;
  migrate::Reach& reach = ways.reach;
  reach.here = std::make_shared<LocalShell>();
  reach.name = own_name();
  using Shells = std::map<std::string, std::shared_ptr<Shell>>;
  reach.peer = [known = std::make_shared<Shells>()](const std::string& host) {  // one connection for each
    std::shared_ptr<Shell>& shell = (*known)[host];
    if (!shell) shell = std::make_shared<SshShell>(SshAddress{host});
    return shell;
  };
  reach.ask = [here = reach.here](const std::string& host, const std::string& request) {
    // The other side moves a guest meanwhile, which has a deadline of its own there.
    return migrate::send_request(*here, host, request, std::chrono::hours(25));
  };
  return ways;
}

Input<Ways> modelled_ways(const std::string& text) {
  const std::size_t at = text.rfind('@');
  if (at == std::string::npos) return wrong("expected model:WORLD.json@HOST, found " + text);
  auto world = load_world(text.substr(0, at));
  if (auto* bad = std::get_if<InputError>(&world)) return std::move(*bad);
  Ways ways;
  ways.real = false;
  ways.host = text.substr(at + 1);
  if (!std::get<World>(world).hosts.contains(ways.host)) {
    return wrong("expected a host of the world, found " + ways.host.str());
  }
  ways.model = std::make_unique<ModelBackend>(std::get<World>(std::move(world)));
  ways.modelled = std::make_unique<migrate::Modelled>(*ways.model);
  ways.reach = ways.modelled->reach(ways.host);
  return ways;
}

}  // namespace

void add_target(CLI::App& app, Target& target) {
  app.add_option("--on", target.on, "local, or model:WORLD.json@HOST to rehearse on a world")
      ->capture_default_str();
  app.add_option("--save-world", target.save, "Save the world as it is afterwards");
}

Input<Ways> open_ways(const Target& target) {
  if (target.on.starts_with(kModel)) return modelled_ways(target.on.substr(kModel.size()));
  if (target.on != "local") return wrong("expected local or model:WORLD.json@HOST, found " + target.on);
  if (!target.save.empty()) return wrong("expected a world where --save-world is given");
  return local_ways();
}

std::optional<InputError> close_ways(const Target& target, const Ways& ways) {
  if (target.save.empty()) return std::nullopt;
  std::ofstream out(target.save, std::ios::binary | std::ios::trunc);
  out << write_world(ways.model->world()) << std::flush;
  if (out) return std::nullopt;
  return InputError{target.save, 0, 0, "", "cannot be written"};
}

void print(const Report& report) {
  for (const Line& line : report.lines) (line.error ? std::cerr : std::cout) << line.text << "\n";
  std::cout << std::flush;
}

int bad_input(const char* program, const std::string& what) {
  std::cerr << program << ": " << what << "\n";
  return static_cast<int>(migrate::Ended::bad_input);
}

}  // namespace rehearse::xen
