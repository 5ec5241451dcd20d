#include "model/qemu/start.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <set>

#include "model/fs/path.h"
#include "model/io.h"
#include "model/net/hosts.h"
#include "model/qemu/locks.h"
#include "model/qemu/migration.h"
#include "model/qemu/process.h"

namespace rehearse::qemu {
namespace {

std::string folder_of(const std::string& path) {
  return path.substr(0, std::max<std::size_t>(path.rfind('/'), 1));
}

// The folders for what runs are there on any host.
bool has_folder(const World& world, Name host, const std::string& folder) {
  return folder == "/run" || folder == "/tmp" || fs::directory_at(world, host, folder);
}

Refused socket_refused(const World& world, Name host, const MonitorSocket& socket) {
  if (has_folder(world, host, folder_of(socket.path))) return {};
  return {Refusal::qemu_socket_not_bound, socket.typed, socket.path, "No such file or directory"};
}

// Another process keeps its process file locked as long as it runs.
bool locked_pidfile(const World& world, Name host, Name pidfile) {
  const auto& rows = *world.hosts.find(host)->domains;
  return std::any_of(rows.begin(), rows.end(), [&](const domain::Domain& row) {
    return row.machine && command_of(*row.machine).pidfile == pidfile;
  });
}

Refused not_opened(const World& world, Name host, const Drive& drive) {
  const Host& at = *world.hosts.find(host);
  const Name device = device_name(at, drive.file);
  const auto fails = [&](const char* why) {
    return Refused(Refusal::qemu_image_not_opened, drive.typed, drive.file, why);
  };
  if (!at.device(device)) {
    if (fs::file_at(world, host, drive.file)) return {Refusal::disk_image_not_modelled, drive.file};
    return fails("No such file or directory");
  }
  switch (read(world, host, device, {0, 1}).error) {
    case IoError::wrong_medium:
    case IoError::not_primary:
      return fails("Wrong medium type");
    default:
      return {};
  }
}

Refused drives_refused(const World& world, Name host, const StartMachine& op) {
  std::set<std::string> known;
  for (const Block& block : blocks_of(op)) {
    if (!known.insert(block.name).second) return {Refusal::qemu_drive_twice, block.drive->typed, block.name};
    if (const Refused refused = not_opened(world, host, *block.drive)) return refused;
  }
  return {};
}

// Devices that name a drive that is not there, or that another one has.
Refused device_refused(const StartMachine& op, std::size_t place) {
  const DeviceArgument& device = op.devices[place];
  const auto named = [&](const auto& row) { return row.id == device.drive; };
  if (std::none_of(op.drives.begin(), op.drives.end(), named))
    return {Refusal::qemu_no_such_drive, device.typed, device.drive};
  const auto same = [&](const DeviceArgument& other) { return other.drive == device.drive; };
  const auto first = std::find_if(op.devices.begin(), op.devices.end(), same);
  if (first == op.devices.begin() + static_cast<std::ptrdiff_t>(place)) return {};
  return {Refusal::qemu_drive_in_use, device.typed, device.drive};
}

// An image that waits for a guest is locked when that comes.
Refused devices_refused(const World& world, Name host, const StartMachine& op) {
  const Host& at = *world.hosts.find(host);
  std::vector<Block> blocks = blocks_of(op);
  std::stable_sort(blocks.begin(), blocks.end(),
                   [](const Block& a, const Block& b) { return a.turn < b.turn; });
  for (std::size_t i = 0; i < op.devices.size(); ++i) {
    if (const Refused refused = device_refused(op, i)) return refused;
  }
  if (op.incoming) return {};
  std::vector<Wanted> taken;
  for (const Block& block : blocks) {
    if (block.qdev.empty() || !block.drive->locks) continue;
    const Wanted wanted{device_name(at, block.drive->file), !block.drive->read_only, block.shares};
    const std::string missed = lock_missed(at, wanted);
    if (missed.empty()) continue;
    if (block.option.empty()) return {Refusal::qemu_lock_missed, missed, block.drive->file};
    return {Refusal::qemu_lock_of_missed, block.option, missed, block.drive->file};
  }
  return {};
}

std::string row_name(const Host& host, const StartMachine& op, std::uint32_t id) {
  const std::string name = op.name ? op.name->text.str() : "qemu";
  return !op.name || host.domain(name) ? fmt::format("{}-{}", name, id) : name;
}

domain::Config config_of(const Host& host, const StartMachine& op, std::uint32_t id) {
  domain::Config config;
  config.name = row_name(host, op, id);
  if (op.memory) config.memory_mib = op.memory->mib;
  if (op.cpus) config.vcpus = *op.cpus;
  for (const Block& block : blocks_of(op)) {
    const Drive& drive = *block.drive;
    config.disks.push_back({drive.file, device_name(host, drive.file), block.name, !drive.read_only, Name()});
  }
  return config;
}

// A file that others see; what it is to them is not modelled.
void leave_file(World& world, Name host, const std::string& path, const std::string& text) {
  const std::string folder = folder_of(path);
  if (!fs::directory_at(world, host, folder)) fs::make_directory(world, host, folder);
  fs::put_file(world, host, fs::text_file(path, text));
}

}  // namespace

StartMachine command_of(const Machine& machine) {
  Words words = {"qemu-system-x86_64"};
  for (const Name word : machine.command) words.push_back(word.str());
  StartMachine command;
  static constexpr Usage usage = StartMachine::usage();
  [[maybe_unused]] const Mismatch bad = rehearse::parse(usage, words, &command);
  assert(bad.kind == Mismatch::Kind::none);
  return command;
}

std::vector<Block> blocks_of(const StartMachine& op) {
  std::vector<Block> blocks;
  std::size_t virtio = 0;
  std::size_t ide = 0;
  std::size_t anonymous = 0;
  std::vector<std::string> named;  // by the devices of the command line, which are made first
  for (const DeviceArgument& device : op.devices) {
    named.push_back(device.id.empty() ? fmt::format("peripheral-anon/device[{}]", anonymous++)
                                      : "peripheral/" + device.id);
  }
  // The bare machine's own devices come before; each processor is one.
  const std::size_t first_ide = (op.bare ? 17 : 22) + op.cpus.value_or(1);
  for (const Drive& drive : op.drives) {
    Block block;
    block.drive = &drive;
    if (drive.interface == Drive::Interface::ide) {
      block.name = fmt::format("ide{}-hd{}", ide / 2, ide % 2);
      block.qdev = fmt::format("/machine/unattached/device[{}]", first_ide + ide++);
    } else if (drive.interface == Drive::Interface::virtio) {
      block.name = fmt::format("virtio{}", virtio);
      block.qdev = fmt::format("/machine/peripheral-anon/device[{}]/virtio-backend", anonymous++);
      block.option = "-drive " + drive.typed;
      block.turn = 1 + op.devices.size() + virtio++;
    }
    if (!drive.id.empty()) block.name = drive.id;
    for (std::size_t i = 0; i < op.devices.size() && !drive.id.empty(); ++i) {
      if (op.devices[i].drive != drive.id) continue;
      block.qdev = fmt::format("/machine/{}/virtio-backend", named[i]);
      block.option = "-device " + op.devices[i].typed;
      block.shares = op.devices[i].shares;
      block.turn = 1 + i;
    }
    blocks.push_back(std::move(block));
  }
  return blocks;
}

Refused refuse(const World& world, Name host, const StartMachine& op, Report& report) {
  const Host& at = *world.hosts.find(host);
  if (!at.hardware->has_qemu) return Refusal::qemu_not_installed;
  if (op.pidfile && locked_pidfile(world, host, *op.pidfile)) return Refusal::qemu_pidfile_locked;
  if (op.qmp) {
    if (const Refused refused = socket_refused(world, host, *op.qmp)) return refused;
  }
  for (const Drive& drive : op.drives) {
    if (drive.raw || !at.device(device_name(at, drive.file))) continue;
    report.err("WARNING: Image format was not specified for '{}' and probing guessed raw.", drive.file);
    report.err(
        "         Automatically detecting the format is dangerous for raw images, write operations on "
        "block 0 will be restricted.");
    report.err("         Specify the 'raw' format explicitly to remove the restrictions.");
  }
  if (const Refused refused = drives_refused(world, host, op)) return refused;
  if (op.memory && op.memory->mib > at.hardware->memory_mib) return Refusal::qemu_not_enough_memory;
  if (const Refused refused = devices_refused(world, host, op)) return refused;
  if (!op.incoming || op.incoming->deferred()) return {};
  const std::string why = not_listening(world, host, *op.incoming);
  return why.empty() ? Refused() : Refused(Refusal::qemu_not_listening, op.incoming->typed, why);
}

void apply(World& world, Name host, const StartMachine& op, Report&) {
  if (op.qmp) {
    if (const domain::Domain* other = process_at(world, host, op.qmp->path))
      edit_row(world, host, other->id).machine->cut_off = true;
  }
  const std::uint32_t id = world.hosts.find(host)->last_domain_id + 1;
  domain::Domain row;
  row.id = id;
  row.state = domain::State::paused;
  row.config = config_of(*world.hosts.find(host), op, id);
  row.machine.emplace();
  Machine& machine = *row.machine;
  static constexpr Usage usage = StartMachine::usage();
  const Words words = rehearse::render(usage, &op);
  machine.command.assign(words.begin() + 1, words.end());
  machine.state = op.incoming ? RunState::inmigrate : RunState::prelaunch;
  machine.owns_disks = !op.incoming;
  machine.goes_on = !op.stopped;
  if (op.incoming && !op.incoming->deferred()) {
    machine.incoming = op.incoming->typed;
    machine.listens = true;
  }
  Host& at = world.hosts.edit(host);
  at.last_domain_id = id;
  at.domains.edit().push_back(std::move(row));
  if (op.qmp) leave_file(world, host, op.qmp->path, "");
  if (op.pidfile) leave_file(world, host, op.pidfile->str(), fmt::format("{}\n", process_number(id)));
  if (!op.incoming && !op.stopped) run(world, host, id);
}

}  // namespace rehearse::qemu
