#include "model/qemu/values.h"

#include <charconv>

#include "model/text.h"

namespace rehearse::qemu {
namespace {

struct Setting {
  std::string_view name;
  std::string_view value;
};

Setting setting(std::string_view piece) {
  const std::size_t equals = piece.find('=');
  if (equals == piece.npos) return {piece, {}};
  return {piece.substr(0, equals), piece.substr(equals + 1)};
}

bool read_switch(std::string_view value, bool& on) {
  on = value == "on";
  return on || value == "off";
}

// blockdev.c, bdrv_parse_cache_mode
bool read_cache(std::string_view mode, Drive& drive) {
  drive.direct = mode == "none" || mode == "directsync";
  drive.writeback = mode != "writethrough" && mode != "directsync";
  drive.no_flush = mode == "unsafe";
  return drive.direct || mode == "writeback" || mode == "writethrough" || mode == "unsafe";
}

bool read_interface(std::string_view name, Drive& drive) {
  if (name == "virtio") drive.interface = Drive::Interface::virtio;
  if (name == "none") drive.interface = Drive::Interface::none;
  return drive.interface != Drive::Interface::ide || name == "ide";
}

bool read_drive_setting(const Setting& one, Drive& drive) {
  const auto& [name, value] = one;
  if (value.empty()) return false;
  if (name == "file") {
    drive.file = value;
    return true;
  }
  if (name == "id") {
    drive.id = value;
    return true;
  }
  if (name == "format") return drive.raw = value == "raw";
  if (name == "if") return read_interface(value, drive);
  if (name == "cache") return read_cache(value, drive);
  if (name == "readonly" || name == "read-only") return read_switch(value, drive.read_only);
  if (name == "media") return value == "disk";
  if (name == "aio") return value == "threads" || value == "native" || value == "io_uring";
  if (name == "discard") return value == "ignore" || value == "unmap" || value == "on" || value == "off";
  if (name != "file.locking") return false;
  drive.locks = value != "off";
  return value == "on" || value == "off" || value == "auto";
}

bool read_number(std::string_view text, std::uint64_t& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

}  // namespace

bool read_value(std::string_view text, GuestName& value) {
  value.text = text;
  return !text.empty() && text.find_first_of(",=") == text.npos;
}
std::string show_value(const GuestName& value) { return value.text.str(); }

bool read_value(std::string_view text, Drive& value) {
  value = {};
  value.typed = text;
  for (const std::string_view piece : split(text, ',')) {
    if (!read_drive_setting(setting(piece), value)) return false;
  }
  return value.file.starts_with('/');
}
std::string show_value(const Drive& value) { return value.typed; }

bool read_value(std::string_view text, DeviceArgument& value) {
  value = {};
  value.typed = text;
  const auto pieces = split(text, ',');
  if (pieces[0] != "virtio-blk-pci" && pieces[0] != "virtio-blk") return false;
  for (std::size_t i = 1; i < pieces.size(); ++i) {
    const auto [name, set] = setting(pieces[i]);
    if (name == "drive") {
      value.drive = set;
    } else if (name == "id") {
      value.id = set;
    } else if (name != "share-rw" || !read_switch(set, value.shares)) {
      return false;
    }
  }
  return !value.drive.empty();
}
std::string show_value(const DeviceArgument& value) { return value.typed; }

bool read_value(std::string_view text, MonitorSocket& value) {
  constexpr std::string_view kUnix = "unix:";
  value = {};
  value.typed = text;
  if (!text.starts_with(kUnix)) return false;
  const auto pieces = split(text.substr(kUnix.size()), ',');
  value.path = pieces[0];
  bool serves = false;
  bool waits = true;
  for (std::size_t i = 1; i < pieces.size(); ++i) {
    const std::string_view piece = pieces[i];
    if (piece == "server" || piece == "server=on") {
      serves = true;
    } else if (piece == "nowait" || piece == "wait=off") {
      waits = false;
    } else {
      return false;
    }
  }
  return serves && !waits && value.path.starts_with('/');
}
std::string show_value(const MonitorSocket& value) { return value.typed; }

bool read_value(std::string_view text, Address& value) {
  value = {};
  value.typed = text;
  if (text == "defer") return true;
  const auto pieces = split(text, ':');
  if (pieces.size() != 3 || pieces[0] != "tcp") return false;
  value.host = pieces[1];
  value.port = pieces[2];
  std::uint64_t port = 0;
  return read_number(value.port, port) && port > 0 && port < 65536 && value.port[0] != '0';
}
std::string show_value(const Address& value) { return value.typed; }

bool read_value(std::string_view text, Memory& value) {
  constexpr std::string_view kSize = "size=";
  constexpr std::uint64_t kMost = 1ULL << 40;
  value = {};
  value.typed = text;
  if (text.starts_with(kSize)) text.remove_prefix(kSize.size());
  const bool gib = text.ends_with('G');
  if (gib || text.ends_with('M')) text.remove_suffix(1);
  if (!read_number(text, value.mib) || value.mib == 0 || value.mib > kMost) return false;
  if (gib) value.mib *= 1024;
  return value.mib <= kMost;
}
std::string show_value(const Memory& value) { return value.typed; }

bool read_value(std::string_view text, Nothing&) { return text == "none"; }
std::string show_value(const Nothing&) { return "none"; }

}  // namespace rehearse::qemu
