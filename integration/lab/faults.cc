// The lab's faults of disks and of the link.
#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>

#include "integration/lab/lab_parts.h"
#include "integration/lab/write_log.h"

namespace rehearse {
namespace {

using Json = nlohmann::json;

constexpr std::chrono::seconds kDevicePatience{60};
constexpr Sectors kLongestRange = 8192;

// Waits until udev has seen what came or went.
Done settle(LabGuest& guest) {
  const ShellAnswer answer = guest.shell().run({{"udevadm", "settle"}, {}, kDevicePatience});
  if (answer.ended == ShellAnswer::Ended::lost) return LabFailure{answer.why};
  return std::nullopt;
}

}  // namespace

std::variant<LabDisk*, LabFailure> Lab::Parts::disk(const std::string& name, const std::string& disk) {
  LabGuest& it = guest(name);
  LabDisk* found = it.disk(disk);
  if (found == nullptr) return LabFailure{name + " has no disk " + disk};
  return found;
}

Done Lab::Parts::reopen(LabGuest& guest, const LabDisk& disk) {
  return guest.qmp().tell("blockdev-reopen", {{"options", Json::array({raw_node(disk)})}});
}

Done Lab::Parts::rebuild(LabGuest& guest, const LabDisk& before, LabDisk& disk) {
  if (!guest.running()) return std::nullopt;  // it is built as it is to be when the guest boots
  // Rebuilding waits for all that is under way.
  if (disk.hung) {
    disk = before;
    return LabFailure{disk.name + " of " + guest.plan().name + " hangs: release it first"};
  }
  ++disk.generation;
  const auto give_up = [&](Done failed) {
    disk = before;
    return failed;
  };
  for (const Json& node : fault_nodes(disk)) {
    if (Done failed = guest.qmp().tell("blockdev-add", node)) return give_up(std::move(failed));
  }
  if (Done failed = reopen(guest, disk)) {
    return give_up(std::move(failed));
  }
  std::vector<Json> old = fault_nodes(before);
  for (auto node = old.rbegin(); node != old.rend(); ++node) {
    if (Done failed = guest.qmp().tell("blockdev-del", {{"node-name", (*node)["node-name"]}})) return failed;
  }
  return std::nullopt;
}

Done Lab::stop(const std::string& name) {
  LabGuest& guest = parts_->guest(name);
  if (!guest.running()) return LabFailure{name + " is down"};
  return guest.stop();
}

Done Lab::go_on(const std::string& name) {
  LabGuest& guest = parts_->guest(name);
  if (!guest.running()) return LabFailure{name + " is down"};
  return guest.go_on();
}

Done Lab::cut() {
  for (const auto& guest : parts_->guests) {
    if (!guest->running()) continue;
    if (Done failed = guest->qmp().tell("set_link", {{"name", "nic"}, {"up", false}})) return failed;
  }
  parts_->link_is_cut = true;
  return std::nullopt;
}

Done Lab::Parts::join() {
  relay.reset();
  const bool well =
      std::all_of(ways.begin(), ways.end(), [](const auto& row) { return row.second == LinkWay(); });
  if (well || ways.size() < 2) return std::nullopt;
  auto made = LinkRelay::start(folder.path(), ways);
  if (auto* failed = std::get_if<LabFailure>(&made)) return *failed;
  relay = std::get<std::unique_ptr<LinkRelay>>(std::move(made));
  return std::nullopt;
}

LinkWay Lab::way(const std::string& from) const { return parts_->ways.at(from); }

Done Lab::set_way(const std::string& from, const LinkWay& way) {
  parts_->ways.at(from) = way;
  return parts_->join();
}

Done Lab::heal(const std::string& from) {
  for (auto& [name, way] : parts_->ways) {
    if (from.empty() || name == from) {
      way = {};
    } else if (parts_->link_is_cut) {
      way.cut = true;
    }
  }
  return parts_->mend_cable();
}

Done Lab::Parts::mend_cable() {
  if (Done failed = join()) return failed;
  if (!link_is_cut) return std::nullopt;
  for (const auto& guest : guests) {
    if (!guest->running()) continue;
    if (Done failed = guest->qmp().tell("set_link", {{"name", "nic"}, {"up", true}})) return failed;
  }
  link_is_cut = false;
  return std::nullopt;
}

Done Lab::unplug(const std::string& name, const std::string& which) {
  auto found = parts_->disk(name, which);
  if (auto* failed = std::get_if<LabFailure>(&found)) return *failed;
  LabDisk& disk = *std::get<LabDisk*>(found);
  if (!disk.plugged) return LabFailure{which + " of " + name + " is unplugged"};
  LabGuest& guest = parts_->guest(name);
  disk.plugged = false;
  if (!guest.running()) return std::nullopt;
  if (Done failed = guest.qmp().tell("device_del", {{"id", which}})) return failed;
  if (Done failed = guest.qmp().await("DEVICE_DELETED", which, kDevicePatience)) return failed;
  return settle(guest);
}

std::variant<std::string, LabFailure> Lab::plug(const std::string& name, const std::string& which) {
  auto found = parts_->disk(name, which);
  if (auto* failed = std::get_if<LabFailure>(&found)) return *failed;
  LabDisk& disk = *std::get<LabDisk*>(found);
  if (disk.plugged) return LabFailure{which + " of " + name + " is plugged"};
  LabGuest& guest = parts_->guest(name);
  disk.plugged = true;
  if (!guest.running()) return which;
  if (Done failed = guest.qmp().tell("device_add", device_of(disk))) return *failed;
  // A SCSI disk tells its serial number on a page, behind four bytes.
  const std::string where = disk.scsi() ? "-l " + which + " /sys/block/sd*/device/vpd_pg80"
                                        : "-lx " + which + " /sys/block/vd*/serial";
  const ShellAnswer answer = guest.shell().run(
      line_call("until grep -a " + where + " 2>/dev/null; do sleep 0.02; done", kDevicePatience));
  // "/sys/block/vde/serial"
  static constexpr std::string_view kFolder = "/sys/block/";
  if (answer.status != 0 || !answer.out.starts_with(kFolder)) {
    return LabFailure{name + " does not see " + which + answer.why};
  }
  if (Done failed = settle(guest)) return *failed;
  const std::string rest = answer.out.substr(kFolder.size());
  return rest.substr(0, rest.find('/'));
}

Done Lab::fail(const std::string& name, const std::string& which, const DiskErrors& errors) {
  auto found = parts_->disk(name, which);
  if (auto* failed = std::get_if<LabFailure>(&found)) return *failed;
  if (errors.where && errors.where->count > kLongestRange) {
    return LabFailure{fmt::format("a range that fails has at most {} sectors", kLongestRange)};
  }
  LabDisk& disk = *std::get<LabDisk*>(found);
  const LabDisk before = disk;
  disk.errors = errors;
  return Parts::rebuild(parts_->guest(name), before, disk);
}

Done Lab::mend(const std::string& name, const std::string& which) {
  auto found = parts_->disk(name, which);
  if (auto* failed = std::get_if<LabFailure>(&found)) return *failed;
  LabDisk& disk = *std::get<LabDisk*>(found);
  const LabDisk before = disk;
  disk.errors.reset();
  return Parts::rebuild(parts_->guest(name), before, disk);
}

Done Lab::hang(const std::string& name, const std::string& which) {
  auto found = parts_->disk(name, which);
  if (auto* failed = std::get_if<LabFailure>(&found)) return *failed;
  LabDisk& disk = *std::get<LabDisk*>(found);
  if (disk.hung) return std::nullopt;
  LabGuest& guest = parts_->guest(name);
  if (!guest.running()) return LabFailure{name + " is down"};
  Qmp& qmp = guest.qmp();
  // A byte a second. The first request passes at once, and whatever comes after it waits for it to be paid.
  // It must be ours, as we would wait for the guest's otherwise: so the guest stands still meanwhile.
  const Json limits{
      {"path", "/objects/" + which + "-pace"}, {"property", "limits"}, {"value", {{"bps-total", 1}}}};
  const bool stopped = guest.stopped();
  if (Done failed = qmp.tell("stop")) return failed;
  if (Done failed = qmp.tell("qom-set", limits)) return failed;
  if (Done failed =
          qmp.tell("human-monitor-command", {{"command-line", "qemu-io " + which + " \"read 0 64k\""}})) {
    return failed;
  }
  disk.hung = true;
  return stopped ? std::nullopt : qmp.tell("cont");
}

Done Lab::release(const std::string& name, const std::string& which) {
  auto found = parts_->disk(name, which);
  if (auto* failed = std::get_if<LabFailure>(&found)) return *failed;
  LabDisk& disk = *std::get<LabDisk*>(found);
  if (!disk.hung) return std::nullopt;
  LabGuest& guest = parts_->guest(name);
  const Json limits{
      {"path", "/objects/" + which + "-pace"}, {"property", "limits"}, {"value", {{"bps-total", 0}}}};
  if (Done failed = guest.qmp().tell("qom-set", limits)) return failed;
  disk.hung = false;
  // What waits has been told to wait for hours, and is not told that the limit is gone.
  return Parts::reopen(guest, disk);
}

Done Lab::cache_writes(const std::string& name, const std::string& which, std::optional<std::uint64_t> tear) {
  auto found = parts_->disk(name, which);
  if (auto* failed = std::get_if<LabFailure>(&found)) return *failed;
  LabDisk& disk = *std::get<LabDisk*>(found);
  disk.tear = tear;
  if (disk.volatile_cache) return std::nullopt;
  if (disk.hung) return LabFailure{which + " of " + name + " hangs: release it first"};
  LabGuest& guest = parts_->guest(name);
  const auto& folder = guest.plan().folder;
  const bool running = guest.running();
  // While it is stopped nothing is under way, so the copy and the log fit together.
  if (Done failed = running ? guest.qmp().tell("stop") : std::nullopt) return failed;
  if (Done failed = copy_sparse(folder / disk.file(), folder / disk.flushed_file())) return failed;
  const Handle log(open((folder / disk.log_file()).c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600));
  if (!log) return LabFailure{"the log of " + which + " cannot be written"};
  const LabDisk before = disk;
  disk.volatile_cache = true;
  if (Done failed = Parts::rebuild(guest, before, disk)) return failed;
  return running && !guest.stopped() ? guest.qmp().tell("cont") : std::nullopt;
}

}  // namespace rehearse
