// lsblk and blkid.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "backends/observe/numbers.h"
#include "backends/observe/reports.h"

namespace rehearse {
namespace {

using observing::read_number;

constexpr std::string_view kDev = "/dev/";

// Versions of lsblk differ in what they quote; missing and null are the same.
std::string text_of(const nlohmann::json& row, const char* key) {
  const auto at = row.find(key);
  if (at == row.end() || at->is_null()) return "";
  if (at->is_boolean()) return at->get<bool>() ? "1" : "0";
  if (at->is_string()) return at->get<std::string>();
  return at->is_number_unsigned() ? std::to_string(at->get<std::uint64_t>()) : "?";
}

class Lsblk {
 public:
  Lsblk(Observation& seen, DeviceNames& names) : seen_(seen), names_(names) {}

  std::string read(const nlohmann::json& rows) {
    if (!rows.is_array()) return "expected a list of block devices";
    for (const nlohmann::json& row : rows) {
      if (auto wrong = add(row); !wrong.empty()) return wrong;
    }
    return "";
  }

  // Parents are told by the kernel's own names.
  void name_parents() {
    for (seen::BlockDevice& device : seen_.devices) {
      for (std::string& parent : device.parents) parent = names_.of_kernel(parent);
      std::sort(device.parents.begin(), device.parents.end());
      device.parents.erase(std::unique(device.parents.begin(), device.parents.end()), device.parents.end());
    }
  }

 private:
  std::string add(const nlohmann::json& row) {
    if (!row.is_object()) return "expected a block device as an object";
    const std::string path = text_of(row, "path");
    if (!path.starts_with(kDev) || path.size() == kDev.size())
      return fmt::format("expected a path below /dev, got \"{}\"", path);
    const auto size = read_number(text_of(row, "size"));
    if (!size) return fmt::format("{}: expected its size in bytes", path);
    std::string digits = text_of(row, "maj:min");
    std::erase(digits, ' ');
    const auto number = reports::read_device_number(digits);
    if (!number) return fmt::format("{}: expected its numbers", path);
    const std::string parent = text_of(row, "pkname");
    const std::string name = path.substr(kDev.size());
    auto known = std::find_if(seen_.devices.begin(), seen_.devices.end(),
                              [&](const seen::BlockDevice& device) { return device.name == name; });
    if (known == seen_.devices.end()) {
      seen::BlockDevice device;
      device.name = name;
      device.type = text_of(row, "type");
      device.size = *size;
      device.read_only = text_of(row, "ro") == "1";
      device.mounted = text_of(row, "mountpoint");
      device.start = read_number(text_of(row, "start"));
      device.partition_type = text_of(row, "parttype");
      if (device.partition_type.starts_with("0x")) device.partition_type.erase(0, 2);
      known = seen_.devices.insert(seen_.devices.end(), std::move(device));
      names_.by_number.emplace_back(*number, name);
      names_.by_kernel.emplace_back(text_of(row, "kname"), name);
    }
    if (!parent.empty()) known->parents.push_back(parent);
    return row.contains("children") ? read(row["children"]) : "";
  }

  Observation& seen_;
  DeviceNames& names_;
};

}  // namespace

std::string DeviceNames::numbered(reports::DeviceNumber number) const {
  for (const auto& [known, name] : by_number) {
    if (known == number) return name;
  }
  return "";
}

std::string DeviceNames::of_kernel(std::string_view kernel_name) const {
  for (const auto& [known, name] : by_kernel) {
    if (known == kernel_name) return name;
  }
  return std::string(kernel_name);
}

ReadProblem read_lsblk(std::string_view text, Observation& seen, DeviceNames& names) {
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object() || !json.contains("blockdevices"))
    return Unobserved{"lsblk", "expected JSON with \"blockdevices\""};
  Lsblk reader(seen, names);
  if (auto wrong = reader.read(json["blockdevices"]); !wrong.empty()) return Unobserved{"lsblk", wrong};
  reader.name_parents();
  return std::nullopt;
}

void name_devices(Observation& seen, const DeviceNames& names) {
  const auto name_of = [&](reports::DeviceNumber number) { return names.numbered(number); };
  for (seen::MappedDevice& device : seen.mapped) {
    for (seen::Target& target : device.targets)
      target.arguments = observing::with_names(target.arguments, name_of);
  }
  for (seen::Swap& swap : seen.swaps) swap.device = names.of_kernel(swap.device);
}

// Values are escaped for a shell, other bytes than printable ones as \xHH.
std::string unescaped(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      plain += text[i];
      continue;
    }
    unsigned code = 0;
    const char* digits = text.data() + i + 2;
    if (text[i + 1] == 'x' && i + 3 < text.size() &&
        std::from_chars(digits, digits + 2, code, 16).ptr == digits + 2) {
      plain += static_cast<char>(code);
      i += 3;
      continue;
    }
    plain += text[++i];
  }
  return plain;
}

// Blocks of NAME=value with a blank line between. What only has a place in a partition table is nothing
// found.
ReadProblem read_blkid(std::string_view text, Observation& seen) {
  seen::Signature found;
  const auto keep = [&] {
    if (!found.type.empty()) seen.signatures.push_back(found);
    found = {};
  };
  for (const std::string_view line : line_views(text)) {
    const auto wrong = [&](const char* what) {
      return Unobserved{"blkid", fmt::format("expected {}: \"{}\"", what, line)};
    };
    if (line.empty()) continue;
    const std::size_t equals = line.find('=');
    if (equals == line.npos || equals == 0) return wrong("NAME=value");
    const std::string_view name = line.substr(0, equals);
    const std::string value = unescaped(line.substr(equals + 1));
    if (name == "DEVNAME") {
      keep();
      if (!value.starts_with(kDev) || value.size() == kDev.size()) return wrong("a device below /dev");
      found.device = value.substr(kDev.size());
      continue;
    }
    if (found.device.empty()) return wrong("DEVNAME=... first");
    if (name == "TYPE") found.type = value;
    if (name == "UUID") found.uuid = {value};
    if (name == "LABEL") found.label = value;
    if (name == "BLOCK_SIZE") {
      const auto size = read_number(value);
      if (!size) return wrong("a number");
      found.block_size = *size;
    }
  }
  keep();
  return std::nullopt;
}

}  // namespace rehearse
