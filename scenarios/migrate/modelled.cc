#include "scenarios/migrate/modelled.h"

#include <algorithm>
#include <charconv>

#include "backends/filters.h"
#include "backends/shell/model_shell.h"
#include "model/fs/path.h"
#include "model/net/hosts.h"

namespace rehearse::migrate {
namespace {

constexpr std::string_view kTaskFolder = "/run/xen-drbd-auto/";
constexpr int kNoConnection = 255;  // ssh(1)
// Within this every task has looked, whatever its jitter.
constexpr std::uint64_t kSurely = static_cast<std::uint64_t>((kLookEvery + kLookJitter).count());
constexpr std::uint64_t kMostLooks = 3;  // in one stretch of time: nothing changes between them but by them

// A modelled host as another one reaches it.
class WayShell : public Shell {
 public:
  WayShell(ModelBackend& model, Name from, std::string name, std::string& odd)
      : model_(model), from_(from), name_(std::move(name)), odd_(odd) {}

  ShellAnswer run(const ShellCall& call) override {
    const net::Way way = net::way_to(model_.world(), from_, name_, net::Daemon::ssh);
    if (way.ends != net::Way::Ends::well) {
      ShellAnswer answer;
      answer.ended = ShellAnswer::Ended::lost;
      answer.why = net::ssh_words(way, name_);
      return answer;
    }
    const std::shared_ptr<ModelBackend> borrowed(std::shared_ptr<void>(), &model_);
    const ShellAnswer answer = ModelShell(borrowed, way.host).run(call);
    if (answer.status == kCommandNotFound && answer.err.ends_with(": command not found\n")) {
      const std::string& word = call.words[0] == "bash" ? call.words.back() : call.words[0];
      odd_ = word + " within it: " + answer.err.substr(0, answer.err.rfind(": command"));
    }
    return answer;
  }
  std::string where() const override { return name_; }

 private:
  ModelBackend& model_;
  Name from_;
  std::string name_;
  std::string& odd_;
};

std::string tool_of(std::span<const std::string> words) {
  if (words.empty()) return "";
  const std::size_t slash = words[0].rfind('/');
  return slash == std::string::npos ? words[0] : words[0].substr(slash + 1);
}

// Does root there let this host's key in, for its request alone?
bool lets_in(const World& world, Name host, const std::string& requester) {
  const std::string keys = fs::text_at(world, host, "/root/.ssh/authorized_keys").value_or("");
  for (const std::string& line : lines_of(keys)) {
    if (line.find(" migrate2 " + requester + "\"") != std::string::npos) return true;
  }
  return false;
}

// The words behind a program's verb, without the options that are known; another one is put into `odd`.
struct Arguments {
  std::vector<std::string> operands;
  bool check = false;
  std::string address;
};
Arguments arguments_of(std::span<const std::string> words, std::string& odd) {
  Arguments read;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "--check") {
      read.check = true;
    } else if (words[i] == "--address" && i + 1 < words.size()) {
      read.address = words[++i];
    } else if (words[i].starts_with('-')) {
      odd = words[i];
    } else {
      read.operands.push_back(words[i]);
    }
  }
  return read;
}

std::optional<Ended> run_migrate(Reach& reach, const std::string& verb, const Arguments& rest,
                                 Report& report) {
  const std::size_t count = rest.operands.size();
  if (verb == "status") return show_status(reach, rest.operands, report);
  if (verb == "migrate" && count > 0) return migrate(reach, rest.operands, rest.check, report);
  if (verb == "reverse" && count > 0) return reverse(reach, rest.operands, report);
  if (verb == "ping" && count == 1) return ping(reach, rest.operands[0], report);
  if (verb == "setup" && count == 1) return setup(reach, rest.operands[0], rest.address, report);
  return std::nullopt;
}

std::optional<Ended> run_auto(Shell& shell, const Tasks& tasks, const std::string& verb, Report& report) {
  if (verb == "start") return auto_start(shell, tasks, report);
  if (verb == "stop") return auto_stop(tasks, report);
  if (verb == "reload") return auto_reload(tasks, report);
  if (verb == "status") return auto_status(shell, tasks, report);
  return std::nullopt;
}

// A link of runlevel 2, or of systemd.
bool starts_at_boot(const World& world, Name host) {
  for (const fs::File& file : world.hosts.find(host)->root->files) {
    const std::string& path = file.path.str();
    if (path.starts_with("/etc/rc2.d/S") && path.ends_with("xen-drbd-auto")) return true;
    if (path.ends_with(".target.wants/xen-drbd-auto.service")) return true;
  }
  return false;
}

}  // namespace

bool Modelled::knows(std::span<const std::string> words) {
  const std::string tool = tool_of(words);
  return tool == "xen-migrate" || tool == "xen-drbd-auto";
}

std::shared_ptr<Shell> Modelled::shell(Name from, const std::string& name) {
  std::shared_ptr<Shell> made = std::make_shared<WayShell>(*model_, from, name, odd_);
  return around_ ? around_(from, std::move(made)) : made;
}

Reach Modelled::reach(Name host) {
  Reach reach;
  reach.here = shell(host, "localhost");
  reach.name = host.str();
  reach.peer = [this, host](const std::string& name) { return shell(host, name); };
  reach.ask = [this, host](const std::string& name, const std::string& request) {
    return ask(host, name, request);
  };
  return reach;
}

ShellAnswer Modelled::ask(Name from, const std::string& host, const std::string& request) {
  ShellAnswer answer;
  const net::Way way = net::way_to(model_->world(), from, host, net::Daemon::ssh);
  const bool well = way.ends == net::Way::Ends::well;
  if (!well || !lets_in(model_->world(), way.host, from.str())) {
    answer.status = kNoConnection;
    answer.err =
        (well ? "root@" + host + ": Permission denied (publickey)." : net::ssh_words(way, host)) + "\n";
    return answer;
  }
  Reach there = reach(way.host);
  Report report;
  answer.status = static_cast<int>(serve(there, from.str(), request, report));
  const Streams streams = streams_of(report);
  answer.out = streams.out;
  answer.err = streams.err;
  return answer;
}

Report Modelled::run(Name host, std::span<const std::string> words, std::string& odd) {
  Report report;
  odd_.clear();
  const std::string verb = words.size() > 1 ? words[1] : "";
  const Arguments rest = arguments_of(words.subspan(std::min<std::size_t>(2, words.size())), odd);
  if (!odd.empty()) return report;
  std::optional<Ended> ended;
  if (tool_of(words) == "xen-migrate") {
    Reach reached = reach(host);
    ended = run_migrate(reached, verb, rest, report);
  } else {
    ended = run_auto(*shell(host, "localhost"), tasks(host), verb, report);
  }
  odd = ended ? odd_ : verb.empty() ? words[0] : verb;
  report.status = static_cast<int>(ended.value_or(Ended::bad_input));
  return report;
}

// A task's file holds the seconds since it looked, and what it said then.
Tasks Modelled::tasks(Name host) {
  const auto file = [](const std::string& name) { return Name(std::string(kTaskFolder) + name); };
  const auto change = [this, host](auto edit) {
    World world = model_->world();
    edit(world.hosts.edit(host).root.edit());
    model_->set_world(std::move(world));
    return true;
  };
  Tasks tasks;
  tasks.all = [this, host] {
    std::vector<std::string> names;
    for (const Name name :
         fs::list_at(model_->world(), host, Name(kTaskFolder.substr(0, kTaskFolder.size() - 1)))) {
      names.push_back(name.str());
    }
    return names;
  };
  tasks.begin = [=](const std::string& name) {
    return change([&](fs::Tree& tree) { tree.put(fs::text_file(file(name), "0\n")); });
  };
  tasks.end = [=](const std::string& name) {
    return change([&](fs::Tree& tree) { tree.erase(file(name)); });
  };
  tasks.wake = [this, host](const std::string& name) {
    look(host, name, nullptr);
    return true;
  };
  tasks.said = [=, this](const std::string& name) {
    const std::vector<std::string> lines =
        lines_of(fs::text_at(model_->world(), host, file(name)).value_or(""));
    return lines.size() > 1 ? lines[1] : std::string("for the first time");
  };
  return tasks;
}

void Modelled::look(Name host, const std::string& name, Report* report) {
  const Looked looked = look_at_guest(*shell(host, "localhost"), file_of(name), true);
  if (report) report->out("{}: xen-drbd-auto: {}: {}", host.str(), name, looked.words);
  World world = model_->world();
  fs::Tree& tree = world.hosts.edit(host).root.edit();
  const Name file = std::string(kTaskFolder) + name;
  if (looked.what == Looked::What::undetermined) {
    tree.put(fs::text_file(file, "0\n" + looked.words + "\n"));
  } else {
    tree.erase(file);
  }
  model_->set_world(std::move(world));
}

void Modelled::after(const Step& step, Report& report) {
  if (const auto* on = std::get_if<PowerOn>(&step)) {
    if (!starts_at_boot(model_->world(), on->host)) return;
    const Report said = run(on->host, std::vector<std::string>{"xen-drbd-auto", "start"}, odd_);
    report.lines.insert(report.lines.end(), said.lines.begin(), said.lines.end());
  }
  const auto* pass = std::get_if<Pass>(&step);
  if (!pass) return;
  for (const Name host : model_->world().hosts.names()) {
    const Host& at = *model_->world().hosts.find(host);
    if (!at.powered || at.hung) continue;
    for (const std::string& name : tasks(host).all()) {
      const Name file = std::string(kTaskFolder) + name;
      const std::string text = fs::text_at(model_->world(), host, file).value_or("");
      std::uint64_t waited = 0;
      std::from_chars(text.data(), text.data() + text.size(), waited);
      waited += pass->seconds;
      World world = model_->world();
      const std::string rest = text.substr(std::min(text.find('\n'), text.size()));
      world.hosts.edit(host).root.edit().put(fs::text_file(file, std::to_string(waited % kSurely) + rest));
      model_->set_world(std::move(world));
      for (std::uint64_t i = 0; i < std::min(waited / kSurely, kMostLooks); ++i) {
        const std::vector<std::string> left = tasks(host).all();
        if (std::find(left.begin(), left.end(), name) == left.end()) break;
        look(host, name, &report);
      }
    }
  }
}

}  // namespace rehearse::migrate
