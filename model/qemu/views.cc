#include "model/qemu/views.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "model/io.h"

namespace rehearse::qemu {
namespace {

constexpr std::string_view kStates[] = {"prelaunch", "running", "paused", "inmigrate", "postmigrate"};

constexpr std::string_view kFigures = R"("setup-time": 0, "downtime": 0, "total-time": 0, "ram": {})";

constexpr std::string_view kActiveFigures = R"("setup-time": 0, "total-time": 0, "ram": {})";

constexpr const char* on(bool is) { return is ? "true" : "false"; }

std::string inserted(const Drive& drive, std::uint64_t bytes, std::size_t place) {
  return fmt::format(
      R"("inserted": {{"iops_rd": 0, "detect_zeroes": "off", "image": {{"virtual-size": {}, )"
      R"("filename": "{}", "format": "raw", "actual-size": 0, )"
      R"("dirty-flag": false}}, "iops_wr": 0, "ro": {}, )"
      R"("node-name": "#block{}", "backing_file_depth": 0, "drv": "raw", "iops": 0, "bps_wr": 0, )"
      R"("write_threshold": 0, "encrypted": false, "bps": 0, "bps_rd": 0, )"
      R"("cache": {{"no-flush": {}, "direct": {}, "writeback": {}}}, "file": "{}"}})",
      bytes, drive.file, on(drive.read_only), place, on(drive.no_flush), on(drive.direct),
      on(drive.writeback), drive.file);
}

std::string block_text(const Block& block, std::uint64_t bytes, std::size_t place) {
  const bool used = !block.qdev.empty();
  return fmt::format(R"({{{}"device": "{}", "locked": false, "removable": {}, {}, {}"type": "unknown"}})",
                     used ? R"("io-status": "ok", )" : "", block.name, on(!used),
                     inserted(*block.drive, bytes, place),
                     used ? fmt::format(R"("qdev": "{}", )", block.qdev) : "");
}

// The drives without media that a machine has anyway.
void add_empty(const StartMachine& command, std::size_t ide_drives, std::vector<std::string>& all) {
  const std::size_t processors = command.cpus.value_or(1);
  all.push_back(
      fmt::format(R"({{"io-status": "ok", "device": "ide1-cd0", "locked": false, "removable": true, )"
                  R"("qdev": "/machine/unattached/device[{}]", "tray_open": false, "type": "unknown"}})",
                  22 + processors + ide_drives));
  all.push_back(fmt::format(R"({{"device": "floppy0", "locked": false, "removable": true, )"
                            R"("qdev": "/machine/unattached/device[{}]", "type": "unknown"}})",
                            15 + processors));
  all.emplace_back(R"({"device": "sd0", "locked": false, "removable": true, "type": "unknown"})");
}

std::string socket_text(const Machine& machine) {
  Address address;
  if (!read_value(machine.incoming.str(), address)) return "";
  const bool any = address.host.empty() || address.host == "0";
  return fmt::format(R"("socket-address": [{{"port": "{}", "ipv4": true, "host": "{}", "type": "inet"}}])",
                     address.port, any ? "0.0.0.0" : address.host);
}

}  // namespace

std::string status_text(const Machine& machine) {
  return fmt::format(R"({{"status": "{}", "singlestep": false, "running": {}}})",
                     kStates[static_cast<std::size_t>(machine.state)],
                     on(machine.state == RunState::running));
}

std::string name_text(const Machine& machine) {
  const auto name = command_of(machine).name;
  return name ? fmt::format(R"({{"name": "{}"}})", name->text.str()) : "{}";
}

std::string blocks_text(const World& world, Name host, const domain::Domain& row) {
  const StartMachine command = command_of(*row.machine);
  const Host& at = *world.hosts.find(host);
  std::vector<std::string> all;
  std::size_t ide = 0;
  for (const Block& block : blocks_of(command)) {
    const Device* device = at.device(device_name(at, block.drive->file));
    all.push_back(block_text(block, device ? device->size * kSector : 0, all.size()));
    ide += block.drive->interface == Drive::Interface::ide;
  }
  if (!command.bare) add_empty(command, ide, all);
  return fmt::format("[{}]", fmt::join(all, ", "));
}

std::string migration_text(const Machine& machine) {
  const bool waits = machine.state == RunState::inmigrate;
  const std::string socket = waits ? socket_text(machine) : "";
  switch (machine.migration) {
    case Migration::none:
      return fmt::format("{{{}}}", socket);
    case Migration::active:
      if (waits) return fmt::format(R"({{"status": "active", {}}})", socket);
      return fmt::format(R"({{"expected-downtime": 300, "status": "active", {}}})", kActiveFigures);
    case Migration::completed:
      if (machine.peer.empty()) return R"({"status": "completed"})";
      return fmt::format(R"({{"status": "completed", {}}})", kFigures);
    case Migration::failed:
      return machine.why.empty()
                 ? R"({"status": "failed"})"
                 : fmt::format(R"({{"status": "failed", "error-desc": "{}"}})", machine.why.str());
    case Migration::cancelled:
      return R"({"status": "cancelled"})";
  }
  return "{}";
}

}  // namespace rehearse::qemu
