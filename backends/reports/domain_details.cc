#include "backends/reports/domain_details.h"

#include <nlohmann/json.hpp>

namespace rehearse::reports {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::uint64_t kKib = 1024;

Json shown(const DomainDetails& row) {
  Json disks = Json::array();
  for (const DomainDisk& disk : row.disks) {
    Json one = {{"pdev_path", disk.path}, {"vdev", disk.vdev}, {"format", "raw"}};
    if (!disk.script.empty()) one["script"] = disk.script;
    one["readwrite"] = disk.writable ? 1 : 0;
    disks.push_back(std::move(one));
  }
  Json nics = Json::array();
  for (std::size_t i = 0; i < row.macs.size(); ++i) nics.push_back({{"devid", i}, {"mac", row.macs[i]}});
  Json config = {
      {"c_info", {{"type", "pv"}, {"name", row.name}}},
      {"b_info", {{"max_memkb", row.memory_mib * kKib}, {"target_memkb", row.memory_mib * kKib}}},
      {"disks", std::move(disks)},
      {"nics", std::move(nics)},
  };
  return {{"domid", row.id}, {"config", std::move(config)}};
}

// What is not there, or of another kind, is empty.
const Json& part(const Json& of, const char* name) {
  static const Json kNone;
  if (!of.is_object()) return kNone;
  const auto at = of.find(name);
  return at == of.end() ? kNone : *at;
}

const Json& list(const Json& of, const char* name) {
  static const Json kNone = Json::array();
  const Json& found = part(of, name);
  return found.is_array() ? found : kNone;
}

std::string text_in(const Json& of, const char* name) {
  const Json& value = part(of, name);
  return value.is_string() ? value.get<std::string>() : "";
}

std::uint64_t number_in(const Json& of, const char* name) {
  const Json& value = part(of, name);
  return value.is_number_unsigned() ? value.get<std::uint64_t>() : 0;
}

DomainDetails read_row(const Json& row) {
  DomainDetails details;
  details.id = static_cast<std::uint32_t>(number_in(row, "domid"));
  const Json& config = part(row, "config");
  details.name = text_in(part(config, "c_info"), "name");
  details.memory_mib = number_in(part(config, "b_info"), "max_memkb") / kKib;
  for (const Json& disk : list(config, "disks")) {
    details.disks.push_back({text_in(disk, "pdev_path"), text_in(disk, "script"), text_in(disk, "vdev"),
                             number_in(disk, "readwrite") != 0});
  }
  for (const Json& nic : list(config, "nics")) details.macs.push_back(text_in(nic, "mac"));
  return details;
}

}  // namespace

std::vector<DomainDetails> domain_details(const Host& host) {
  std::vector<DomainDetails> rows;
  for (std::size_t i = 0; host.domains && i < host.domains->size(); ++i) {
    const domain::Domain& one = (*host.domains)[i];
    DomainDetails row{one.id, one.config.name.str(), one.config.memory_mib, {}, {}};
    for (const domain::Disk& disk : one.config.disks) {
      row.disks.push_back({disk.backend.str(), disk.script.str(), disk.frontend.str(), disk.writable});
    }
    for (const domain::Interface& interface : one.config.interfaces) {
      if (!interface.mac.empty()) row.macs.push_back(interface.mac.str());
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

std::string show_domain_details(const std::vector<DomainDetails>& rows) {
  Json all = Json::array();
  for (const DomainDetails& row : rows) all.push_back(shown(row));
  return all.dump(4, ' ', false, Json::error_handler_t::replace);
}

std::optional<std::vector<DomainDetails>> read_domain_details(std::string_view text) {
  const Json all = Json::parse(text, nullptr, false);
  if (!all.is_array()) return std::nullopt;
  std::vector<DomainDetails> rows;
  for (const Json& row : all) {
    if (!row.is_object()) return std::nullopt;
    DomainDetails details = read_row(row);
    if (details.id != 0) rows.push_back(std::move(details));
  }
  return rows;
}

}  // namespace rehearse::reports
