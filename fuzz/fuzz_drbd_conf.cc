// The reader of drbd.conf: any text is a configuration that prints the same once printed and read, or is
// turned down with a message and a status.
#include <algorithm>
#include <cctype>
#include <cstdlib>

#include "fuzz/target.h"
#include "model/drbd/config.h"

using namespace rehearse;

namespace {

drbd::ConfigReading read(const std::string& text) {
  const drbd::ConfigFiles files{
      [&](const std::string& path) { return path == "/etc/drbd.conf" ? std::optional(text) : std::nullopt; },
      [](const std::string&) { return std::vector<std::string>(); },
      [](const std::string& path) { return path; },
  };
  return drbd::read_configuration(files, "/etc/drbd.conf");
}

std::string printed(const drbd::Configuration& config) {
  std::string text = drbd::dump_header(config, true);
  for (drbd::ResourceSection res : config.resources) {
    res.line = 0;
    text += drbd::dump_resource(res, "alpha");
  }
  return text;
}

// The tool prints hosts' names without quotes: one that needs them does not read again.
bool plain(const std::vector<std::string>& names) {
  return std::all_of(names.begin(), names.end(), [](const std::string& name) {
    return drbd::quoted(name) == name && name.size() > 2 && std::isalpha(static_cast<unsigned char>(name[0]));
  });
}

bool reads_again(const drbd::Configuration& config) {
  const auto simple = [](const drbd::ResourceSection& res) {
    return plain(res.become_primary_on) &&
           std::all_of(res.hosts.begin(), res.hosts.end(), [](const auto& host) {
             return host.floating || host.lower || (host.names[0][0] != '_' && plain(host.names));
           });
  };
  return (!config.common || simple(*config.common)) &&
         std::all_of(config.resources.begin(), config.resources.end(), simple);
}

}  // namespace

int FUZZ_TARGET(drbd_conf)(const std::uint8_t* data, std::size_t size) {
  drbd::ConfigReading reading = read(std::string(text_of(data, size)));
  if (reading.status != 0) {
    if (reading.said.empty() && reading.not_modelled.empty()) std::abort();
    return 0;
  }
  const drbd::Self self{"alpha", [](std::string_view, std::string_view) { return false; }};
  const std::string first = printed(reading.config);
  const bool again = reads_again(reading.config);
  drbd::find_self(reading, self);
  if (reading.status == 0) drbd::validate(reading, self, true);
  drbd::inherit_common(reading.config);
  if (!again) return 0;
  const drbd::ConfigReading read_again = read(first);
  if (read_again.status != 0 || printed(read_again.config) != first) std::abort();
  return 0;
}
