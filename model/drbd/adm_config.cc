// Before drbdadm does anything: drbd.conf, and what the words on its command line mean there.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "model/drbd/adm.h"
#include "model/fs/path.h"

namespace rehearse::drbd {
namespace {

constexpr std::string_view kFiles[] = {"/etc/drbd-84.conf", "/etc/drbd-83.conf", "/etc/drbd-82.conf",
                                       "/etc/drbd-08.conf", "/etc/drbd.conf"};

bool has_address(const World& world, Name host, std::string_view family, std::string_view address) {
  if (family != "ipv4" && family != "ipv6") return true;
  if (address.starts_with("127.") || address == "::1") return true;
  const auto& here = world.hosts.find(host)->hardware->addresses;
  return std::find(here.begin(), here.end(), Name(address)) != here.end();
}

std::optional<std::uint32_t> number_of(std::string_view text) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// The last message is the refusal; what came before it was said on the way.
Ending turned_down(ConfigReading& reading) {
  if (!reading.not_modelled.empty()) return refused({Refusal::drbd_conf_not_modelled, reading.not_modelled});
  Refused why = fitting(Refusal::drbd_conf_not_there, Refusal::drbd_conf_control_name, reading.said.back());
  if (why) reading.said.pop_back();
  return {reading.status, why};
}

}  // namespace

AdmConfig load_config(const World& world, Name host, bool expand) {
  const ConfigFiles files = files_of(world, host);
  std::string file(std::end(kFiles)[-1]);
  for (std::string_view one : kFiles) {
    if (!files.text(std::string(one))) continue;
    file = one;
    break;
  }
  ConfigReading reading = read_configuration(files, file);
  const Self self{host.str(), [&](std::string_view family, std::string_view address) {
                    return has_address(world, host, family, address);
                  }};
  if (reading.status == 0) find_self(reading, self);
  if (reading.status == 0 && expand) inherit_common(reading.config);
  if (reading.status == 0) validate(reading, self, expand);
  AdmConfig loaded;
  if (reading.status != 0) loaded.ending = turned_down(reading);
  loaded.config = std::move(reading.config);
  loaded.said = std::move(reading.said);
  return loaded;
}

Refused find_target(const Configuration& config, AdmVerb verb, Name word, AdmTarget& target) {
  const std::string& text = word.str();
  const std::size_t slash = text.find('/');
  target = {};
  for (const ResourceSection& res : config.resources) {
    if (res.ignored || res.stacked) continue;
    if (res.name == text.substr(0, slash)) {
      target.resource = &res;
      if (slash == std::string::npos) break;
      const auto number = number_of(std::string_view(text).substr(slash + 1));
      for (const VolumeSection& volume : res.here().volumes) {
        if (number == volume.number) target.volume = &volume;
      }
      if (!target.volume) target.resource = nullptr;
      break;
    }
  }
  if (!target.resource && text.starts_with("minor-")) {
    const auto minor = number_of(std::string_view(text).substr(6));
    for (const ResourceSection& res : config.resources) {
      if (res.ignored || res.stacked || !minor) continue;
      for (const VolumeSection& volume : res.here().volumes) {
        if (volume.minor == minor) target = {&res, &volume};
      }
    }
  }
  if (!target.resource) return {Refusal::drbd_resource_not_defined, word};
  const AdmVerbRow& row = row_of(verb);
  if (!row.needs_volume && !row.each_volume && target.volume) {
    if (!target.volume->implicit) return {Refusal::drbd_whole_resources_only, std::string(row.name)};
    target.volume = nullptr;
  }
  const std::vector<VolumeSection>& volumes = target.resource->here().volumes;
  if (row.needs_volume && !target.volume && !volumes.empty() && volumes[0].implicit)
    target.volume = &volumes[0];
  if (row.needs_volume && !target.volume) return {Refusal::drbd_volume_needed, std::string(row.name), word};
  return {};
}

Refused check_address(const World& world, Name host, const Configuration& config, AdmVerb verb,
                      const ResourceSection& res) {
  if (!row_of(verb).needs_address || config.global.disable_ip_verification || !res.me) return {};
  const HostSection& here = res.here();
  if (!here.address || has_address(world, host, here.address->family, here.address->address)) return {};
  std::string names = here.names.empty() ? "UNKNOWN" : here.names[0];
  for (std::size_t i = 1; i < here.names.size(); ++i) names += " " + here.names[i];
  // The tool names the line where the address was first seen, and not where it would not let it be.
  return {Refusal::drbd_address_not_here, fmt::format("{}:{}", here.address_file, here.address_line),
          res.name, names, here.address->address};
}

Refused find_all(const Configuration& config, Name host, std::vector<AdmTarget>& targets) {
  bool any_ignored = false;
  for (const ResourceSection& res : config.resources) {
    any_ignored |= res.ignored;
    if (!res.ignored && !res.stacked) targets.push_back({&res, nullptr});
  }
  if (!targets.empty()) return {};
  return {Refusal::drbd_nothing_for_this_host, host,
          any_ignored ? "\nMisspelled name of the local machine with the 'on' keyword ?" : ""};
}

MetaCall meta_call(const VolumeSection& volume, std::string_view verb) {
  MetaCall call;
  call.minor = volume.minor.value_or(0);
  const bool internal = volume.meta_disk == "internal";
  call.device = internal ? volume.disk.value_or("") : volume.meta_disk.value_or("");
  call.index = volume.meta_index == "flexible" ? "flex-external" : volume.meta_index.value_or("internal");
  call.verb = verb;
  call.by_drbdadm = true;
  return call;
}

}  // namespace rehearse::drbd
