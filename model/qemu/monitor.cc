#include "model/qemu/monitor.h"

#include <fmt/format.h>

#include "model/domain/life.h"
#include "model/fs/guest.h"
#include "model/fs/path.h"
#include "model/io.h"
#include "model/qemu/migration.h"
#include "model/qemu/views.h"

namespace rehearse::qemu {
namespace {

// What is not the same in any two runs is a sign here.
constexpr std::string_view kGreeting =
    R"({"QMP": {"version": {"qemu": {"micro": 22, "minor": 2, "major": 7}, )"
    R"("package": "Debian 1:7.2+dfsg-7+deb12u18+b3"}, "capabilities": ["oob"]}})";
constexpr std::string_view kTime = R"({"timestamp": {"seconds": 0, "microseconds": 0}, "event": )";

class Session {
 public:
  Session(World& world, Name host, std::uint32_t id, Report& report)
      : world_(world), host_(host), id_(id), report_(report) {}

  void operator()(const std::vector<Request>& requests) {
    say(std::string(kGreeting));
    for (const Request& request : requests) {
      if (!row_of(world_, host_, id_)) return;
      answer(request);
    }
  }

 private:
  const domain::Domain& row() const { return *row_of(world_, host_, id_); }
  const Machine& machine() const { return *row().machine; }
  Machine& edit() { return *edit_row(world_, host_, id_).machine; }

  // QEMU ends its lines as a network protocol does.
  void say(const std::string& line) { report_.out("{}\r", line); }
  void event(std::string_view name, std::string_view data = {}) {
    say(fmt::format("{}\"{}\"{}{}}}", kTime, name, data.empty() ? "" : ", \"data\": ", data));
  }
  void done(std::string_view what = "{}") {
    say(fmt::format("{{\"return\": {}{}{}}}", what, id_text_.empty() ? "" : ", \"id\": ", id_text_));
  }
  void error(std::string_view why, std::string_view kind = "GenericError") {
    std::string text;
    for (const char c : why) text += c == '"' ? std::string("\\\"") : std::string(1, c);
    const std::string id = id_text_.empty() ? "" : fmt::format("\"id\": {}, ", id_text_);
    say(fmt::format(R"({{{}"error": {{"class": "{}", "desc": "{}"}}}})", id, kind, text));
  }
  void tell_migration(std::string_view status) {
    if (machine().tells) event("MIGRATION", fmt::format("{{\"status\": \"{}\"}}", status));
  }

  void answer(const Request& request) {
    id_text_ = request.id;
    if (!request.complaint.empty() && (request.verb == Verb::none || negotiated_))
      return error(request.complaint);
    if (request.verb == Verb::qmp_capabilities) {
      if (negotiated_)
        return error("Capabilities negotiation is already complete, command ignored", "CommandNotFound");
      negotiated_ = true;
      return done();
    }
    if (!negotiated_)
      return error("Expecting capabilities negotiation with 'qmp_capabilities'", "CommandNotFound");
    play(request);
  }

  void play(const Request& request) {
    switch (request.verb) {
      case Verb::query_status:
        return done(status_text(machine()));
      case Verb::query_name:
        return done(name_text(machine()));
      case Verb::query_block:
        return done(blocks_text(world_, host_, row()));
      case Verb::query_migrate:
        return done(migration_text(machine()));
      case Verb::stop:
        return stop();
      case Verb::cont:
        return go_on();
      case Verb::quit:
        event("SHUTDOWN", R"({"guest": false, "reason": "host-qmp-quit"})");
        done();
        return end(world_, host_, id_);
      case Verb::system_powerdown:
        return power_down();
      case Verb::block_resize:
        return resize(request);
      case Verb::migrate:
        return migrate(request);
      case Verb::migrate_cancel:
        if (machine().migration == Migration::active && machine().state != RunState::inmigrate)
          cancel(world_, host_, id_);
        return done();
      case Verb::migrate_incoming:
        return wait_for_guest(request);
      case Verb::migrate_set_capabilities:
        return set_capabilities(request);
      case Verb::migrate_set_parameters:
        if (request.bandwidth) edit().bandwidth = *request.bandwidth;
        return done();
      case Verb::none:
      case Verb::qmp_capabilities:
        break;
    }
  }

  void stop() {
    if (machine().state == RunState::inmigrate) edit().goes_on = false;
    if (machine().state == RunState::running) {
      event("STOP");
      halt(world_, host_, id_, RunState::paused);
    }
    done();
  }

  // qmp_cont: a process that gave its images away takes them back, whoever has them now.
  void go_on() {
    if (const std::string missed = take_disks(world_, host_, id_); !missed.empty())
      return error("Failed to get " + missed);
    if (machine().state == RunState::inmigrate) {
      edit().goes_on = true;
    } else if (machine().state != RunState::running) {
      event("RESUME");
      run(world_, host_, id_);
    }
    done();
  }

  // A guest with a system in it shuts down, which ends the process.
  void power_down() {
    event("POWERDOWN");
    done();
    if (!domain::listens(row())) return;
    fs::unmount_guest(world_, host_, row().config.name);
    end(world_, host_, id_);
  }

  void resize(const Request& request) {
    constexpr std::string_view kNotFound = "Cannot find device='{}' nor node-name='{}'";
    const StartMachine command = command_of(machine());
    const Drive* drive = nullptr;
    for (const Block& block : blocks_of(command)) {
      if (!request.device.empty() && block.name == request.device) drive = block.drive;
    }
    if (!drive) return error(fmt::format(kNotFound, request.device, request.node));
    if (request.size < 0) return error("Parameter 'size' expects a >0 size");
    // An image that it does not own it does not resize: an assertion of QEMU 7.2 ends it.
    if (!machine().owns_disks) return kill(world_, host_, id_);
    const Host& at = *world_.hosts.find(host_);
    const Device* device = at.device(device_name(at, drive->file));
    if (!device || static_cast<std::uint64_t>(request.size) > device->size * kSector)
      return error("Cannot grow device files");
    done();
  }

  void migrate(const Request& request) {
    if (machine().migration == Migration::active && machine().state != RunState::inmigrate)
      return error("There's a migration process in progress");
    if (machine().state == RunState::inmigrate) return error("Guest is waiting for an incoming migration");
    if (machine().state == RunState::postmigrate)
      return error("Can't migrate the vm that was paused due to previous migration");
    tell_migration("setup");
    Address address;
    if (!read_value(request.uri, address) || address.deferred()) return not_sent(request.uri);
    done();
    send(world_, host_, id_, address);
  }

  // What the address is not; of a protocol that there is not, query-migrate knows nothing afterwards.
  void not_sent(const std::string& uri) {
    tell_migration("failed");
    edit().migration = Migration::failed;
    edit().why = is_tcp(uri) ? wrong_address(uri) : "";
    error(wrong_address(uri));
  }
  static bool is_tcp(const std::string& uri) { return uri.starts_with(kTcp); }
  static std::string wrong_address(const std::string& uri) {
    return is_tcp(uri) ? fmt::format("error parsing address '{}'", uri.substr(kTcp.size()))
                       : "Parameter 'uri' expects a valid migration protocol";
  }

  void wait_for_guest(const Request& request) {
    const auto typed = command_of(machine()).incoming;
    if (!typed) return error("'-incoming' was not specified on the command line");
    if (!machine().incoming.empty()) return error("The incoming migration has already been started");
    event("MIGRATION", kSetup);
    Address address;
    if (!read_value(request.uri, address) || address.deferred()) return error(wrong_address(request.uri));
    if (const std::string why = not_listening(world_, host_, address); !why.empty()) return error(why);
    edit().incoming = request.uri;
    edit().listens = true;
    done();
  }

  void set_capabilities(const Request& request) {
    if (machine().migration == Migration::active) return error("There's a migration process in progress");
    for (const auto& [name, on] : request.capabilities) {
      if (name == "events") edit().tells = on;
    }
    done();
  }

  static constexpr std::string_view kTcp = "tcp:";
  static constexpr std::string_view kSetup = R"({"status": "setup"})";

  World& world_;
  Name host_;
  std::uint32_t id_;
  Report& report_;
  bool negotiated_ = false;
  std::string id_text_;
};

}  // namespace

Refused refuse(const World& world, Name host, const AskMonitor& op, Report&) {
  if (process_at(world, host, op.socket.path)) return {};
  constexpr std::size_t kFamily = 2;  // bytes before the path
  const bool there = fs::file_at(world, host, op.socket.path) != nullptr;
  return {Refusal::socat_not_connected,
          "1970/01/01 00:00:00",
          process_number(0),
          op.socket.path,
          op.socket.path.size() + kFamily,
          there ? "Connection refused" : "No such file or directory"};
}

void apply(World& world, Name host, const AskMonitor& op, Report& report) {
  const std::uint32_t id = process_at(world, host, op.socket.path)->id;
  Session(world, host, id, report)(read_requests(op.text.text).all);
}

}  // namespace rehearse::qemu
