#include "model/domain/config.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <limits>
#include <optional>

#include "model/domain/settings.h"

namespace rehearse::domain {
namespace {

// Without a setting a domain gets 32 MiB (libxl_create.c libxl__domain_build_info_setdefault).
constexpr std::uint64_t kDefaultMemory = 32;
constexpr std::uint64_t kMostVcpus = 8192;  // of a paravirtual domain (xen/include/public/event_channel.h)

class Reader {
 public:
  std::variant<ConfigFile, ConfigError> operator()(const std::vector<Setting>& settings) {
    settings_ = &settings;
    const std::string* name = text("name");
    if (!name || name->empty()) return ConfigError{0, "Domain name must be specified."};
    file_.config.name = *name;
    file_.config.memory_mib = number("memory").value_or(kDefaultMemory);
    const std::uint64_t vcpus = number("vcpus").value_or(1);
    file_.config.vcpus = static_cast<std::uint32_t>(std::min<std::uint64_t>(vcpus, kMostVcpus));
    if (const Setting* disks = list("disk")) {
      for (const std::string& row : disks->values) {
        auto disk = read_disk(row);
        if (auto* error = std::get_if<ConfigError>(&disk)) return *error;
        Disk& read = std::get<Disk>(disk);
        if (!read.backend.empty())
          file_.config.disks.push_back(std::move(read));  // an empty drive holds no disk
      }
    }
    if (const Setting* interfaces = list("vif")) {
      for (const std::string& row : interfaces->values) {
        auto interface = read_interface(row);
        if (auto* error = std::get_if<ConfigError>(&interface)) return *error;
        file_.config.interfaces.push_back(std::get<Interface>(std::move(interface)));
      }
    }
    return std::move(file_);
  }

 private:
  const Setting* find(std::string_view name) const {
    for (const Setting& setting : *settings_) {
      if (setting.name == name) return &setting;
    }
    return nullptr;
  }

  void warn(const Setting& setting, std::string_view what) {
    file_.warnings.push_back({setting.line, fmt::format("warning: parameter `{}' {}", setting.name, what)});
  }

  const std::string* text(std::string_view name) {
    const Setting* setting = find(name);
    if (!setting) return nullptr;
    if (!setting->list) return &setting->values[0];
    warn(*setting, "is a list but should be a single value");
    return nullptr;
  }

  const Setting* list(std::string_view name) {
    const Setting* setting = find(name);
    if (!setting || setting->list) return setting;
    warn(*setting, "is a single value but should be a list");
    return nullptr;
  }

  // strtoul with base 0: "256", "0x100", "0400".
  std::optional<std::uint64_t> number(std::string_view name) {
    const std::string* value = text(name);
    if (!value) return std::nullopt;
    const Setting& setting = *find(name);
    const std::string digits = value->substr(0, value->find('\0'));
    char* end = nullptr;
    errno = 0;
    const long read = std::strtol(digits.c_str(), &end, 0);
    if (errno == ERANGE) {
      warn(setting, "could not be parsed as a number: Numerical result out of range");
    } else if (end == digits.c_str() || *end != '\0' || read < 0) {
      warn(setting, "is not a valid number");
    } else {
      return static_cast<std::uint64_t>(read);
    }
    return std::nullopt;
  }

  const std::vector<Setting>* settings_ = nullptr;
  ConfigFile file_;
};

std::string quote(std::string_view text) {
  static constexpr std::string_view kSpecial = "\a\b\f\n\r\t\v\\'";
  static constexpr std::string_view kLetters = "abfnrtv\\'";
  std::string quoted = "'";
  for (char c : text) {
    const std::size_t special = kSpecial.find(c);
    if (special != std::string_view::npos) quoted += '\\';
    quoted += special != std::string_view::npos ? kLetters[special] : c;
  }
  return quoted + "'";
}

std::string show(const Disk& disk) {
  const std::string& target = disk.backend.str();
  const std::string& vdev = disk.frontend.str();
  const bool plain = disk.script.empty() && target.starts_with('/') &&
                     target.find(',') == std::string::npos &&
                     std::all_of(vdev.begin(), vdev.end(),
                                 [](char c) { return std::isalnum(static_cast<unsigned char>(c)); });
  const char* access = disk.writable ? "w" : "r";
  if (plain) return fmt::format("phy:{},{},{}", target, vdev, access);
  const std::string script = disk.script.empty() ? "" : ",script=" + disk.script.str();
  return fmt::format("format=raw,vdev={},access={}{},target={}", vdev, access, script, target);
}

std::string show(const Interface& interface) {
  std::string text;
  const auto add = [&](std::string_view key, Name value) {
    if (value.empty()) return;
    text += fmt::format("{}{}={}", text.empty() ? "" : ",", key, value.str());
  };
  add("mac", interface.mac);
  add("ip", interface.ip);
  add("bridge", interface.bridge);
  return text;
}

template <class Row>
std::string show(std::string_view name, const std::vector<Row>& rows) {
  std::string text = fmt::format("{} = [", name);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    text += fmt::format("{}{}", i == 0 ? " " : fmt::format(",\n{:>{}}", "", name.size() + 5),
                        quote(show(rows[i])));
  }
  return text + " ]\n";
}

}  // namespace

std::size_t ConfigError::said_line() const {
  return what.starts_with("config parsing error near <newline>") ? line - 1 : line;
}

std::string ConfigError::words(std::string_view file) const {
  if (what.starts_with("config parsing error near")) {
    return fmt::format("{}:{}: {}\nFailed to parse config: Invalid argument", file, said_line(), what);
  }
  if (what.starts_with("config parsing error in")) return fmt::format("{}: {}", file, what);
  if (what.starts_with("warning: parameter")) return fmt::format("{}:{}: {}", file, line, what);
  return what;
}

std::variant<ConfigFile, ConfigError> read_config(std::string_view text) {
  auto settings = read_settings(text);
  if (auto* error = std::get_if<ConfigError>(&settings)) return *error;
  return Reader()(std::get<std::vector<Setting>>(settings));
}

std::string write_config(const Config& config) {
  std::string text = fmt::format("name = {}\nmemory = {}\nvcpus = {}\n", quote(config.name.str()),
                                 config.memory_mib, config.vcpus);
  if (!config.disks.empty()) text += show("disk", config.disks);
  if (!config.interfaces.empty()) text += show("vif", config.interfaces);
  return text;
}

}  // namespace rehearse::domain
