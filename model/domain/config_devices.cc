#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "model/domain/config.h"

namespace rehearse::domain {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::string_view left_trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  return text;
}

template <std::size_t N>
bool among(const std::array<std::string_view, N>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// The rules of libxlu_disk_l.l: parameters apart by commas, with names or by their places, which are
// target,format,vdev,access, or after a deprecated prefix target,vdev,access.
class DiskReader {
 public:
  explicit DiskReader(std::string_view text) : whole_(text) {}

  std::variant<Disk, ConfigError> operator()() {
    std::string_view rest = left_trimmed(whole_);
    if (!prefix(rest)) return error_;
    while (!rest.empty()) {
      rest = left_trimmed(rest);
      if (rest.starts_with("target=")) {  // all that follows, commas too
        target_ = rest.substr(7);
        break;
      }
      const std::size_t comma = rest.find(',');
      if (!parameter(rest.substr(0, comma), comma != std::string_view::npos)) return error_;
      rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
    }
    if (vdev_.empty()) return wrong("no vdev specified"), error_;
    if (!target_ && !cdrom_) return wrong("no target specified (and device not removable)"), error_;
    return Disk{Name(target_.value_or("")), Name(), Name(vdev_), writable_.value_or(!cdrom_), Name(script_)};
  }

 private:
  bool wrong(std::string_view what, std::string_view near = {}) {
    const std::string place = near.empty() ? "" : fmt::format(": near `{}'", near);
    error_ = {0,
              fmt::format("config parsing error in disk specification: {}{} in `{}'", what, place, whole_)};
    return false;
  }

  // "phy:", "file:", "tap:aio:": they say where the data are, which the target says as well. "drbd:" and its
  // like name the script that finds them.
  bool prefix(std::string_view& rest) {
    static constexpr std::array<std::string_view, 8> kPlain = {"phy",  "file",  "raw", "aio",
                                                               "qcow", "qcow2", "vhd", "tapdisk"};
    static constexpr std::array<std::string_view, 4> kScripts = {"drbd", "iscsi", "nbd", "enbd"};
    while (true) {
      const std::size_t colon = rest.find(':');
      const std::string_view word = rest.substr(0, colon);
      const bool is_word = colon != std::string_view::npos && !word.empty() &&
                           std::all_of(word.begin(), word.end(), [](char c) {
                             return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
                           });
      if (!is_word) return true;
      if (among(kScripts, word)) script_ = fmt::format("block-{}", word);
      if (word != "tap" && word != "tap2" && !among(kPlain, word) && script_.empty()) {
        return wrong("unknown deprecated disk prefix", rest.substr(0, colon + 1));
      }
      deprecated_ = true;
      rest = left_trimmed(rest.substr(colon + 1));
      if (word != "tap" && word != "tap2") return true;
    }
  }

  bool parameter(std::string_view word, bool more) {
    static constexpr std::array<std::string_view, 7> kFlags = {
        "discard", "no-discard", "direct-io-safe", "trusted", "untrusted", "colo", "no-colo"};
    if (trimmed(word) == "cdrom") return cdrom_ = true;
    if (among(kFlags, trimmed(word))) return true;
    const std::size_t equals = word.find('=');
    if (equals == std::string_view::npos) return positional(word);
    const std::string_view key = word.substr(0, equals);
    const std::string_view value = word.substr(equals + 1);
    if (key == "vdev") return set_vdev(value);
    if (key == "access") return set_access(value);
    if (key == "format") return set_format(value);
    if (key == "devtype") {
      cdrom_ = value == "cdrom";
      return cdrom_ || value == "disk" || wrong("unknown value for type", value);
    }
    if (key == "script") script_ = value;
    if (key == "backendtype" || key == "backend" || key == "script") return true;
    if (word.starts_with('/')) return positional(word);
    return wrong("unknown parameter", more ? fmt::format("{},", word) : std::string(word));
  }

  bool positional(std::string_view word) {
    const int place = place_++;
    if (place == 0) {
      if (!word.empty() || deprecated_) target_ = word;
      return true;
    }
    switch (deprecated_ && place > 0 ? place + 1 : place) {
      case 1:
        return word.empty() || set_format(word);
      case 2:
        return word.empty() || set_vdev(word);
      case 3:
        return word.empty() || set_access(word);
      default:
        return word.empty() || wrong("too many positional parameters", word);
    }
  }

  bool set_vdev(std::string_view value) {
    if (!vdev_.empty()) return wrong("vdev respecified", value);
    if (value.starts_with("ioemu:")) value.remove_prefix(6);
    if (value.ends_with(":cdrom")) cdrom_ = true;
    value = value.substr(0, value.find(':'));
    vdev_ = value;
    return true;
  }

  bool set_access(std::string_view value) {
    if (value == "r" || value == "ro")
      writable_ = false;
    else if (value == "w" || value == "rw")
      writable_ = true;
    else
      return wrong("unknown value for access", value);
    return true;
  }

  bool set_format(std::string_view value) {
    static constexpr std::array<std::string_view, 6> kFormats = {"raw", "qcow", "qcow2",
                                                                 "vhd", "qed",  "empty"};
    return value.empty() || among(kFormats, value) || wrong("unknown value for format", value);
  }

  std::string_view whole_;
  std::optional<std::string_view> target_;
  std::string_view vdev_;
  std::string script_;
  std::optional<bool> writable_;
  bool cdrom_ = false;
  bool deprecated_ = false;
  int place_ = 0;
  ConfigError error_;
};

bool is_mac(std::string_view text) {
  if (text.size() != 17) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool hex = std::string_view("0123456789abcdefABCDEF").find(text[i]) != std::string_view::npos;
    if (i % 3 == 2 ? text[i] != ':' : !hex) return false;
  }
  return true;
}

}  // namespace

std::variant<Disk, ConfigError> read_disk(std::string_view text) { return DiskReader(text)(); }

// xl_parse.c parse_nic_config
std::variant<Interface, ConfigError> read_interface(std::string_view text) {
  static constexpr std::array<std::string_view, 12> kOthers = {"type",    "model", "netdev",  "backend",
                                                               "script",  "rate",  "vifname", "gatewaydev",
                                                               "gateway", "accel", "devid",   "mtu"};
  Interface interface;
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    const std::string_view word = trimmed(text.substr(0, comma));
    text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
    if (word.empty()) continue;
    const std::size_t equals = word.find('=');
    const std::string_view key = trimmed(word.substr(0, equals));
    if (equals == std::string_view::npos)
      return ConfigError{0, fmt::format("unrecognized argument `{}'", word)};
    const std::string_view value = trimmed(word.substr(equals + 1));
    if (key == "mac") {
      if (!is_mac(value)) return ConfigError{0, "Invalid parameter `mac'."};
      interface.mac = value;
    } else if (key == "ip") {
      interface.ip = value;
    } else if (key == "bridge") {
      interface.bridge = value;
    } else if (!among(kOthers, key)) {
      return ConfigError{0, fmt::format("unrecognized argument `{}'", word)};
    }
  }
  return interface;
}

}  // namespace rehearse::domain
