#include "integration/lab/lab.h"

#include <fmt/format.h>

#include <cassert>

#include "integration/lab/accelerator.h"
#include "integration/lab/lab_parts.h"
#include "integration/lab/write_log.h"

namespace rehearse {
namespace {

constexpr std::size_t kMostDisks = 20;  // slots of a PC's first bus, but for its own devices

constexpr unsigned kMemory = 320;  // MiB
// For the guests' own guests, and for programs built for debugging.
constexpr unsigned kMemoryWithGuests = 576;

const char* const kNames[] = {"alpha", "beta"};

std::vector<LabDiskPlan> disks_of(const LabPlan& plan, std::size_t guest) {
  if (guest < plan.own_disks.size()) return plan.own_disks[guest];
  std::vector<LabDiskPlan> disks;
  for (std::size_t i = 0; i < plan.disks; ++i) {
    disks.push_back({std::string("vd") + static_cast<char>('a' + i), plan.disk_size});
  }
  return disks;
}

Done wrong_disks(const std::vector<LabDiskPlan>& disks) {
  if (disks.size() > kMostDisks) return LabFailure{fmt::format("a guest has at most {} disks", kMostDisks)};
  char next[2] = {'a', 'a'};  // of sd and vd
  for (const LabDiskPlan& disk : disks) {
    const bool scsi = disk.name.starts_with("sd");
    if ((!scsi && !disk.name.starts_with("vd")) || disk.name.substr(2) != std::string(1, next[scsi])) {
      return LabFailure{"no guest can have a disk of the name " + disk.name};
    }
    ++next[scsi];
    if (disk.size % kSector != 0) return LabFailure{"a disk's size is a multiple of 512 bytes"};
  }
  return std::nullopt;
}

}  // namespace

Lab::Lab(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Lab::~Lab() = default;

std::variant<std::unique_ptr<Lab>, LabFailure> Lab::start(const LabPlan& plan) {
  if (plan.guests < 1 || plan.guests > 2) return LabFailure{"a lab has one guest or two"};
  for (std::size_t i = 0; i < plan.guests; ++i) {
    if (Done wrong = wrong_disks(disks_of(plan, i))) return *wrong;
  }
  auto image = lab_image(plan.with, plan.say);
  if (auto* failed = std::get_if<LabFailure>(&image)) return *failed;
  auto places = Places::take(plan.guests, plan.jobs, plan.say);
  if (auto* failed = std::get_if<LabFailure>(&places)) return *failed;
  auto folder = RunFolder::make();
  if (auto* failed = std::get_if<LabFailure>(&folder)) return *failed;

  std::unique_ptr<Parts> parts(
      new Parts(std::move(std::get<Places>(places)), std::move(std::get<RunFolder>(folder))));
  std::vector<GuestPlan> plans;
  for (std::size_t i = 0; i < plan.guests; ++i) {
    GuestPlan one;
    one.name = kNames[i];
    one.number = i + 1;
    one.peer = plan.guests == 2 ? kNames[1 - i] : "";
    one.disks = disks_of(plan, i);
    one.memory_mib = plan.with == LabWith::qemu ? kMemoryWithGuests : kMemory;
    one.image = std::get<std::filesystem::path>(image);
    one.folder = parts->folder.path();
    one.accelerator = accelerator_for(one.image, plan.say);
    plans.push_back(std::move(one));
  }
  auto found = template_of(plans, plan.say);
  if (auto* failed = std::get_if<LabFailure>(&found)) return *failed;
  for (GuestPlan& one : plans) {
    parts->ways.emplace(one.name, LinkWay());
    parts->guests.push_back(std::make_unique<LabGuest>(std::move(one)));
    if (Done failed = parts->guests.back()->begin_clone(std::get<Template>(found).folder)) return *failed;
  }
  for (const auto& guest : parts->guests) {
    if (Done failed = guest->finish_clone()) return *failed;
  }
  return std::unique_ptr<Lab>(new Lab(std::move(parts)));
}

LabGuest& Lab::Parts::guest(const std::string& name) {
  for (const auto& one : guests) {
    if (one->plan().name == name) return *one;
  }
  assert(false && "no such guest");
  return *guests.front();
}

std::vector<std::string> Lab::guests() const {
  std::vector<std::string> names;
  for (const auto& guest : parts_->guests) names.push_back(guest->plan().name);
  return names;
}

Shell& Lab::shell(const std::string& guest) { return parts_->guest(guest).shell(); }

Done Lab::put(const std::string& guest, const std::string& path, std::string_view contents, unsigned mode) {
  return parts_->guest(guest).shell().put(path, contents, mode);
}

std::variant<std::vector<std::optional<std::string>>, LabFailure> Lab::look(
    const std::string& guest, const std::vector<std::string>& paths) {
  return parts_->guest(guest).shell().look(paths);
}

bool Lab::is_up(const std::string& guest) { return parts_->guest(guest).running(); }

Done Lab::kill(const std::string& guest) {
  LabGuest& it = parts_->guest(guest);
  if (!it.running()) return LabFailure{guest + " is down"};
  it.kill();
  for (LabDisk& disk : it.disks()) {
    disk.hung = false;
    if (!disk.volatile_cache) continue;
    const auto& folder = it.plan().folder;
    const Done failed = play_log(folder / disk.log_file(), folder / disk.flushed_file(), disk.tear);
    if (failed) return failed;
    // The next boot begins a log of its own over this one, whose rest must not be taken for its end.
    std::error_code error;
    std::filesystem::resize_file(folder / disk.log_file(), 0, error);
    if (error) return LabFailure{"the log of " + disk.name + " cannot be emptied: " + error.message()};
    if (disk.tear) ++*disk.tear;  // so that the next loss is another one
    if (Done failed = copy_sparse(folder / disk.flushed_file(), folder / disk.file())) return failed;
  }
  return std::nullopt;
}

Done Lab::boot(const std::string& guest) {
  LabGuest& it = parts_->guest(guest);
  if (it.running()) return LabFailure{guest + " is up"};
  it.kill();
  parts_->relay.reset();  // the guest is about to take its end of the link itself
  if (Done failed = it.begin_boot()) return failed;
  if (parts_->link_is_cut) {
    if (Done failed = it.qmp().tell("set_link", {{"name", "nic"}, {"up", false}})) return failed;
  }
  if (Done failed = it.finish_boot(kBootPatience)) return failed;
  return parts_->join();
}

}  // namespace rehearse
