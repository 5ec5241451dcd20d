// The values of QEMU's options: NAME=VALUE joined by commas, of which each option knows its own. What is
// typed is kept, as QEMU repeats it in what it complains about; a setting that the model does not know makes
// the option one that is not understood.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "model/name.h"

namespace rehearse::qemu {

/// -name: of the guest alone.
struct GuestName {
  Name text;
  bool operator==(const GuestName&) const = default;
};
bool read_value(std::string_view text, GuestName& value);
std::string show_value(const GuestName& value);

/// -drive: an image, and the device it is of unless `-device` makes one (if=none).
struct Drive {
  enum class Interface : std::uint8_t { ide, virtio, none };
  std::string typed;
  std::string file;
  std::string id;
  Interface interface = Interface::ide;
  bool raw = false;  // format=raw; else it is probed
  bool read_only = false;
  bool direct = false;    // past the page cache of the host
  bool writeback = true;  // the guest is told so
  bool no_flush = false;
  bool locks = true;
  bool operator==(const Drive& other) const { return typed == other.typed; }
};
bool read_value(std::string_view text, Drive& value);
std::string show_value(const Drive& value);

/// -device virtio-blk-pci,drive=ID
struct DeviceArgument {
  std::string typed;
  std::string drive;
  std::string id;
  bool shares = false;  // share-rw=on
  bool operator==(const DeviceArgument& other) const { return typed == other.typed; }
};
bool read_value(std::string_view text, DeviceArgument& value);
std::string show_value(const DeviceArgument& value);

/// -qmp unix:PATH,server=on,wait=off
struct MonitorSocket {
  std::string typed;
  std::string path;
  bool operator==(const MonitorSocket& other) const { return typed == other.typed; }
};
bool read_value(std::string_view text, MonitorSocket& value);
std::string show_value(const MonitorSocket& value);

/// "tcp:HOST:PORT" of -incoming, migrate and migrate-incoming; "defer" where it is an option's.
struct Address {
  std::string typed;
  std::string host;
  std::string port;
  bool deferred() const { return typed == "defer"; }
  bool operator==(const Address& other) const { return typed == other.typed; }
};
bool read_value(std::string_view text, Address& value);
std::string show_value(const Address& value);

/// -m 64, -m 512M, -m 2G, -m size=64M: MiB
struct Memory {
  std::string typed;
  std::uint64_t mib = 128;
  bool operator==(const Memory& other) const { return typed == other.typed; }
};
bool read_value(std::string_view text, Memory& value);
std::string show_value(const Memory& value);

/// An option of which one setting is known, which changes nothing here: -display none.
struct Nothing {
  bool operator==(const Nothing&) const = default;
};
bool read_value(std::string_view text, Nothing& value);
std::string show_value(const Nothing& value);

}  // namespace rehearse::qemu
