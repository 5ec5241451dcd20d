// What defines a domain of libvirt: XML, as one gives it to `virsh define`, and as libvirt writes it with all
// that it fills in. What is read, how the rest is turned down and what is filled in follows libvirt 9.0 with
// QEMU 7.2 (domain_conf.c, qemu_domain_address.c); elements that neither knows are read over, as libvirt
// does.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace rehearse::libvirt {

enum class Bus : std::uint8_t { none, ide, fdc, scsi, virtio, usb, sata };

struct Disk {
  bool block = true;   // a device; else a file
  bool cdrom = false;  // a reader, which may be empty
  std::string source;  // "/dev/vg1/echelon"; empty: nothing is in the reader
  std::string target;  // "vda"
  Bus bus = Bus::none;
  std::string cache;   // "none"; empty: QEMU's own choice
  std::string format;  // "raw"; empty: not said
  bool read_only = false;
  bool shareable = false;
  std::uint32_t slot = 0;  // of the PCI bus, on the bus virtio; 0: to be found
  bool operator==(const Disk&) const = default;
};

struct Interface {
  std::string source;  // the bridge
  std::string mac;     // empty: to be made up
  std::string model;   // empty: QEMU's own choice
  std::uint32_t slot = 0;
  bool operator==(const Interface&) const = default;
};

struct Definition {
  std::string name;
  std::string uuid;           // empty: to be made up
  bool kvm = true;            // else all is emulated
  std::uint64_t memory = 0;   // KiB
  std::uint64_t current = 0;  // KiB, of the memory
  std::uint32_t vcpus = 1;
  std::vector<Disk> disks;  // in libvirt's order: by target within a bus
  std::vector<Interface> interfaces;
  bool settled = false;  // it came with a domain that ran: what libvirt found out at its start is kept
  std::uint32_t scsi_slot = 0;
  std::uint32_t balloon_slot = 0;
  std::vector<std::string> unmodelled;  // elements that libvirt keeps and the model does not: "graphics"
  std::string text;                     // if there are any: as it was typed
  bool operator==(const Definition&) const = default;
};

/// What libvirt says behind `error: Failed to define domain from FILE`: lines apart by \n.
struct DefinitionError {
  std::string what;
  bool operator==(const DefinitionError&) const = default;
};

/// Any text; never throws.
std::variant<Definition, DefinitionError> read_definition(std::string_view text);

/// What libvirt fills in where nothing is said: buses by the targets' names, formats, a UUID and MAC
/// addresses made of the name and `seed`, so that the same are made again, slots that are free. Says what
/// cannot be.
std::variant<Definition, DefinitionError> completed(Definition, std::string_view seed);

/// 32 hexadecimal digits as libvirt writes them, in groups and in small letters.
std::string canonical_uuid(std::string_view text);
/// As random as need be, and the same for the same text.
std::string made_up_uuid(std::string_view seed);

/// Reads as this definition: as libvirt writes it if the model keeps all of it, else as it was typed, with
/// the UUID.
std::string text_of(const Definition&);
/// `virsh dumpxml`, and what is kept in /etc/libvirt/qemu: a definition that is completed; with the number of
/// a domain that runs, as QEMU was started. `unmodelled` has to be empty.
std::string write_definition(const Definition&);
std::string write_running(const Definition&, std::uint32_t id);

}  // namespace rehearse::libvirt
