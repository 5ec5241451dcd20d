#include <algorithm>

#include "backends/reports/block_devices.h"
#include "backends/reports/device_numbers.h"
#include "backends/reports/dmsetup.h"
#include "backends/reports/probe_tags.h"
#include "model/io.h"

namespace rehearse::reports {
namespace {

constexpr int kNothingFound = 2;

// A device as it is named in the answer, and what is on it.
struct Probed {
  std::string path;
  std::vector<ProbeTag> tags;
};

// Of a disk with partitions these alone are looked at.
bool has_partitions(const Host& host, const Device& disk) {
  return std::any_of(host.devices->begin(), host.devices->end(), [&](const Device& device) {
    const auto* partition = device.as<PartitionDevice>();
    return partition && partition->disk == disk.name;
  });
}

std::vector<Probed> probed_devices(const World& world, Name host, const Blkid& form) {
  const Host& machine = *world.hosts.find(host);
  std::vector<Probed> found;
  if (form.devices.empty()) {
    if (!machine.devices) return found;
    for (const Device& device : *machine.devices) {
      if (internal_device(device) || has_partitions(machine, device) || !plugged(machine, device)) continue;
      found.push_back({"/dev/" + device.name.str(), probe_tags(world, host, device.name)});
    }
    std::sort(found.begin(), found.end(), [](const Probed& a, const Probed& b) { return a.path < b.path; });
  }
  for (const std::string& path : form.devices) {
    const Name device = device_name(machine, path);
    if (machine.device(device)) found.push_back({path, probe_tags(world, host, device)});
  }
  std::erase_if(found, [](const Probed& one) { return one.tags.empty(); });
  return found;
}

// Escaped for a shell (util-linux misc-utils/blkid.c safe_print).
std::string exported_value(const std::string& value) {
  std::string text;
  for (const char c : value) {
    if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7f) {
      text += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
      continue;
    }
    if (std::string_view(" \\\"'$`<>").find(c) != std::string_view::npos) text += '\\';
    text += c;
  }
  return text;
}

bool has(const Probed& one, const std::string& token) {
  const std::size_t equals = token.find('=');
  return equals != std::string::npos &&
         tag_value(one.tags, token.substr(0, equals)) == token.substr(equals + 1) &&
         !tag_value(one.tags, token.substr(0, equals)).empty();
}

void show(const Probed& one, const Blkid& form, bool first, Report& report) {
  std::vector<ProbeTag> tags = one.tags;
  std::erase_if(tags, [&](const ProbeTag& tag) {
    const bool wanted =
        form.tags.empty() || std::find(form.tags.begin(), form.tags.end(), tag.name) != form.tags.end();
    return !wanted || (tag.only_probed && !form.probe);
  });
  const BlkidFormat format = form.format.value_or(BlkidFormat::full);
  if (format == BlkidFormat::device) return report.out("{}", one.path);
  if (tags.empty()) return;
  if (format == BlkidFormat::exported) {
    if (!first) report.out("");
    report.out("DEVNAME={}", one.path);
  }
  std::string line = one.path + ":";
  for (const ProbeTag& tag : tags) {
    if (format == BlkidFormat::value) report.out("{}", tag.value);
    if (format == BlkidFormat::exported) report.out("{}={}", tag.name, exported_value(tag.value));
    line += " " + tag.name + "=\"" + tag.value + "\"";
  }
  if (format == BlkidFormat::full) report.out("{}", line);
}

}  // namespace

bool read_value(std::string_view text, BlkidFormat& value) {
  if (text == "full") value = BlkidFormat::full;
  if (text == "value") value = BlkidFormat::value;
  if (text == "export") value = BlkidFormat::exported;
  if (text == "device") value = BlkidFormat::device;
  return text == "full" || text == "value" || text == "export" || text == "device";
}
std::string show_value(BlkidFormat value) {
  switch (value) {
    case BlkidFormat::full:
      return "full";
    case BlkidFormat::value:
      return "value";
    case BlkidFormat::exported:
      return "export";
    case BlkidFormat::device:
      return "device";
  }
  return "";
}

void print(const World& world, Name host, const Blkid& form, Report& report) {
  Blkid asked = form;
  if (form.with_label) asked.wanted = "LABEL=" + *form.with_label;
  if (form.with_uuid) asked.wanted = "UUID=" + *form.with_uuid;
  if (form.with_label || form.with_uuid) {
    asked.format = BlkidFormat::device;
    asked.first_only = true;
  }
  std::vector<Probed> found = probed_devices(world, host, asked);
  if (asked.wanted) std::erase_if(found, [&](const Probed& one) { return !has(one, *asked.wanted); });
  if (asked.first_only && found.size() > 1) found.resize(1);
  if (found.empty()) {
    report.status = kNothingFound;
    return;
  }
  for (const Probed& one : found) show(one, asked, &one == found.data(), report);
}

void print(const World& world, Name host, const BlockdevSize& form, Report& report) {
  const Host& machine = *world.hosts.find(host);
  for (const std::string& path : form.devices) {
    const Device* device = machine.device(device_name(machine, path));
    if (!device) {
      report.err("blockdev: cannot open {}: No such file or directory", path);
      report.status = 1;
      return;
    }
    if (form.bytes) report.out("{}", device->size * kSector);
    if (form.sectors) report.out("{}", device->size);
    if (form.read_only) report.out("{}", is_read_only(machine, *device) ? 1 : 0);
  }
}

}  // namespace rehearse::reports
