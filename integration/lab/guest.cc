#include "integration/lab/guest.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "integration/lab/write_log.h"

namespace rehearse {
namespace {

namespace files = std::filesystem;
using Json = nlohmann::json;

constexpr std::chrono::seconds kClonePatience{60};
// dmeventd ends itself after an hour without work (DMEVENTD_IDLE_EXIT_TIMEOUT in dmeventd.c), which a clone
// that is given the present time may have behind it. Half of that leaves a run the other half.
constexpr std::chrono::minutes kDmeventdRests{30};

std::vector<LabDisk> disks_of(const GuestPlan& plan) {
  std::vector<LabDisk> disks;
  for (const LabDiskPlan& wanted : plan.disks) {
    LabDisk disk;
    disk.name = wanted.name;
    disk.guest = plan.name;
    disk.size = wanted.size;
    disks.push_back(std::move(disk));
  }
  return disks;
}

bool any_scsi(const GuestPlan& plan) {
  const std::vector<LabDisk> disks = disks_of(plan);
  return std::any_of(disks.begin(), disks.end(), [](const LabDisk& disk) { return disk.scsi(); });
}

// On a busy machine the emulated timer seems dead to the kernel, which would panic: so it is not to look.
// QEMU's options for a guest, but for its channels, its disks and its memory.
std::vector<std::string> machine(const GuestPlan& plan) {
  const bool kvm = plan.accelerator == Accelerator::kvm;
  const std::string peer = plan.peer.empty() ? "nobody" : plan.peer;
  std::vector<std::string> words{
      "qemu-system-x86_64",
      "-name",
      plan.name,
      "-accel",
      kvm ? "kvm" : "tcg,thread=multi,tb-size=128",
      "-cpu",
      kvm ? "host" : "max",
      "-smp",
      "1",
      "-m",
      fmt::format("{}M", plan.memory_mib),
      "-display",
      "none",
      "-nodefaults",
      "-no-user-config",
      "-no-reboot",
      "-serial",
      "file:" + plan.name + ".console",
      "-kernel",
      plan.image / "vmlinux",
      "-initrd",
      plan.image / "initrd",
      "-append",
      fmt::format("console=ttyS0 quiet panic=-1 no_timer_check mitigations=off net.ifnames=0 lab.name={} "
                  "lab.address=10.0.0.{}{}",
                  plan.name, plan.number, any_scsi(plan) ? " scsi_mod.scan=manual lab.scsi" : ""),
      "-device",
      "virtio-serial-pci,id=serial",
      "-netdev",
      fmt::format("dgram,id=link,local.type=unix,local.path={}.link,remote.type=unix,remote.path={}.link",
                  plan.name, peer),
      "-device",
      fmt::format("virtio-net-pci,netdev=link,id=nic,mac=52:54:00:00:00:{:02x},romfile=", plan.number)};
  if (any_scsi(plan)) words.insert(words.end(), {"-device", "virtio-scsi-pci,id=scsi"});
  return words;
}

void add_disk(std::vector<std::string>& words, const LabDisk& disk) {
  const auto add = [&](const char* option, std::string value) {
    words.emplace_back(option);
    words.push_back(std::move(value));
  };
  add("-object", "throttle-group,id=" + disk.name + "-pace");
  add("-blockdev", file_node(disk).dump());
  for (const Json& node : fault_nodes(disk)) add("-blockdev", node.dump());
  add("-blockdev", raw_node(disk).dump());
  add("-blockdev", throttle_node(disk).dump());
  if (disk.plugged) add("-device", device_of(disk).dump());
}

std::vector<std::string> memory(const GuestPlan& plan, const files::path& file, bool shared) {
  std::string path;
  for (const char c : file.string()) path += c == ',' ? ",," : std::string(1, c);
  return {"-object",
          fmt::format("memory-backend-file,id=memory,size={}M,mem-path={},share={}", plan.memory_mib, path,
                      shared ? "on" : "off"),
          "-machine", "pc,memory-backend=memory"};
}

Json shared_memory_stays() {
  return {{"capabilities", Json::array({{{"capability", "x-ignore-shared"}, {"state", true}}})}};
}

}  // namespace

std::string machine_of(const GuestPlan& plan) {
  std::string all;
  for (const std::string& word : machine(plan)) all += word + "\n";
  for (const LabDisk& disk : disks_of(plan)) {
    std::vector<std::string> words;
    add_disk(words, disk);
    for (const std::string& word : words) all += word + "\n";
    all += fmt::format("{}\n", disk.size);
  }
  return all;
}

LabGuest::LabGuest(GuestPlan plan) : plan_(std::move(plan)), disks_(disks_of(plan_)), shell_(plan_.name) {}

LabDisk* LabGuest::disk(const std::string& name) {
  const auto found =
      std::find_if(disks_.begin(), disks_.end(), [&](const LabDisk& d) { return d.name == name; });
  return found == disks_.end() ? nullptr : &*found;
}

Done LabGuest::blank_disks() {
  for (const LabDisk& disk : disks_) {
    const files::path path = plan_.folder / disk.file();
    const Handle file(open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600));
    if (!file || ftruncate(file.get(), static_cast<off_t>(disk.size)) != 0) {
      return LabFailure{path.string() + " cannot be made"};
    }
  }
  return std::nullopt;
}

Done LabGuest::fill_disks() {
  for (std::size_t i = 0; i < disks_.size(); ++i) {
    const files::path& contents = plan_.disks[i].contents;
    if (contents.empty()) continue;
    const files::path path = plan_.folder / disks_[i].file();
    if (Done failed = copy_sparse(contents, path)) return failed;
    std::error_code error;
    const bool fits = files::file_size(path, error) <= disks_[i].size;
    if (fits) files::resize_file(path, disks_[i].size, error);
    if (!fits || error) return LabFailure{contents.string() + " does not fit on " + disks_[i].name};
  }
  return std::nullopt;
}

Done LabGuest::launch(const std::vector<std::string>& more) {
  auto control = socket_pair();
  auto agent = socket_pair();
  if (!control || !agent) return LabFailure{"no sockets can be had"};
  std::error_code ignored;
  files::remove(plan_.folder / (plan_.name + ".link"), ignored);
  std::vector<std::string> words = machine(plan_);
  const auto add = [&](std::initializer_list<std::string> some) { words.insert(words.end(), some); };
  add({"-chardev", fmt::format("socket,id=control,fd={}", control->second.get()), "-mon",
       "chardev=control,mode=control", "-chardev", fmt::format("socket,id=agent,fd={}", agent->second.get()),
       "-device", "virtserialport,chardev=agent,name=agent,bus=serial.0"});
  for (const LabDisk& disk : disks_) add_disk(words, disk);
  words.insert(words.end(), more.begin(), more.end());

  const files::path log = plan_.folder / (plan_.name + ".qemu");
  const Handle said(open(log.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600));
  if (!said) return LabFailure{log.string() + " cannot be written"};
  if (Done failed = process_.start(
          words,
          {plan_.folder, said.get(), said.get(), {control->second.get(), agent->second.get()}, false})) {
    return failed;
  }
  control->second.shut();
  agent->second.shut();
  agent_ = std::move(agent->first);
  if (Done failed = qmp_.connect(std::move(control->first))) {
    kill();
    return LabFailure{"QEMU cannot run " + plan_.name + ": " + failed->why + ". " + this->said()};
  }
  return std::nullopt;
}

// What QEMU said, and the kernel's last words on the console.
std::string LabGuest::said() const {
  std::string text;
  for (const char* file : {".qemu", ".console"}) {
    std::ifstream in(plan_.folder / (plan_.name + file));
    const std::string all{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    text += all.substr(all.size() - std::min<std::size_t>(all.size(), 1000));
  }
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  return text;
}

Done LabGuest::begin_boot(bool keep_memory) {
  return launch(keep_memory ? memory(plan_, plan_.name + ".memory", true) : std::vector<std::string>());
}

Done LabGuest::finish_boot(std::chrono::milliseconds patience) {
  if (Done failed = shell_.connect(std::move(agent_), patience)) {
    kill();
    return LabFailure{plan_.name + " did not boot: " + failed->why + ". " + said()};
  }
  return std::nullopt;
}

Done LabGuest::pause() {
  const ShellAnswer answer = shell_.run(line_call("sync; udevadm settle"));
  if (answer.status != 0)
    return LabFailure{plan_.name + " does not come to rest: " + answer.err + answer.why};
  return qmp_.tell("stop");
}

Done LabGuest::save(const files::path& to) {
  if (Done failed = qmp_.tell("migrate-set-capabilities", shared_memory_stays())) return failed;
  if (Done failed = qmp_.tell("migrate", {{"uri", "exec:cat >" + plan_.name + ".state"}})) return failed;
  for (std::string status; status != "completed"; poll(nullptr, 0, 5)) {
    const Qmp::Answer answer = qmp_.ask("query-migrate");
    if (const auto* failed = std::get_if<LabFailure>(&answer)) return *failed;
    status = std::get<Json>(answer).value("status", "");
    if (status == "failed") return LabFailure{plan_.name + " cannot be saved"};
  }
  if (Done failed = qmp_.tell("quit")) return failed;
  process_.wait();
  kill();
  std::error_code error;
  for (const char* what : {".memory", ".state"}) {
    files::rename(plan_.folder / (plan_.name + what), to / (plan_.name + what), error);
    if (error) return LabFailure{plan_.name + what + " cannot be kept: " + error.message()};
  }
  return std::nullopt;
}

Done LabGuest::begin_clone(const files::path& from) {
  if (Done failed = blank_disks()) return failed;
  if (Done failed = fill_disks()) return failed;
  std::error_code error;
  const auto saved = files::last_write_time(from / (plan_.name + ".state"), error);
  slept_long_ = files::file_time_type::clock::now() - saved > kDmeventdRests;
  std::vector<std::string> more = memory(plan_, from / (plan_.name + ".memory"), false);
  more.insert(more.end(), {"-incoming", "defer"});
  files::create_symlink(from / (plan_.name + ".state"), plan_.folder / (plan_.name + ".state"), error);
  if (error) return LabFailure{plan_.name + " cannot be cloned: " + error.message()};
  if (Done failed = launch(more)) return failed;
  if (Done failed = qmp_.tell("migrate-set-capabilities", shared_memory_stays())) return failed;
  return qmp_.tell("migrate-incoming", {{"uri", "exec:cat " + plan_.name + ".state"}});
}

Done LabGuest::finish_clone() {
  for (std::string status = "inmigrate"; status == "inmigrate"; poll(nullptr, 0, 2)) {
    const Qmp::Answer answer = qmp_.ask("query-status");
    if (const auto* failed = std::get_if<LabFailure>(&answer)) {
      return LabFailure{plan_.name + " cannot be cloned: " + failed->why + ". " + said()};
    }
    status = std::get<Json>(answer).value("status", "");
  }
  if (Done failed = qmp_.tell("cont")) return failed;
  if (Done failed = shell_.connect(std::move(agent_), kClonePatience)) {
    kill();
    return LabFailure{plan_.name + " was cloned, but does not go on: " + failed->why + ". " + said()};
  }
  if (Done failed = shell_.refresh()) return failed;
  return slept_long_ ? restart_dmeventd() : std::nullopt;
}

Done LabGuest::restart_dmeventd() {
  const ShellAnswer answer = shell_.run(line_call("busybox killall -KILL dmeventd; dmeventd"));
  if (answer.status == 0) return std::nullopt;
  return LabFailure{"dmeventd does not start on " + plan_.name + ": " + answer.err + answer.why};
}

Done LabGuest::stop() {
  if (Done failed = qmp_.tell("stop")) return failed;
  stopped_ = true;
  return std::nullopt;
}

Done LabGuest::go_on() {
  if (Done failed = qmp_.tell("cont")) return failed;
  stopped_ = false;
  return std::nullopt;
}

void LabGuest::kill() {
  stopped_ = false;
  process_.kill();
  qmp_.disconnect();
  shell_.disconnect();
  agent_.shut();
}

}  // namespace rehearse
