#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "model/libvirt/definition.h"
#include "model/libvirt/disk_name.h"
#include "model/libvirt/xml.h"
#include "model/text.h"
#include "model/usage.h"

namespace rehearse::libvirt {
namespace {

template <std::size_t N>
bool among(const std::array<std::string_view, N>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

std::string invalid(std::string_view attribute, std::string_view element, std::string_view value) {
  return fmt::format("XML error: Invalid value for attribute '{}' in element '{}': '{}'.", attribute, element,
                     value);
}

bool is_uuid(std::string_view text) {
  std::size_t digits = 0;
  for (const char letter : text) {
    if (letter == '-' || letter == ' ') continue;
    if (std::string_view("0123456789abcdefABCDEF").find(letter) == std::string_view::npos) return false;
    ++digits;
  }
  return digits == 32;
}

// virScaleInteger: bytes for each unit; none if there is no such unit.
std::optional<std::uint64_t> scale_of(std::string_view unit) {
  if (unit.empty()) return 1024;
  if (unit == "b" || unit == "byte" || unit == "bytes") return 1;
  static constexpr std::string_view kLetters = "kmgtpe";
  const char letter = static_cast<char>(unit[0] >= 'A' && unit[0] <= 'Z' ? unit[0] - 'A' + 'a' : unit[0]);
  const std::size_t power = kLetters.find(letter);
  const std::string_view rest = unit.substr(1);
  const bool binary = rest.empty() || rest == "iB";
  if (power == std::string_view::npos || (!binary && rest != "B")) return std::nullopt;
  std::uint64_t scale = 1;
  for (std::size_t i = 0; i <= power; ++i) scale *= binary ? 1024 : 1000;
  return scale;
}

// In libvirt's order (virDomainDefParseXML), so that of several faults it is the same one that is told.
class DefinitionReader {
 public:
  std::variant<Definition, DefinitionError> operator()(std::string_view text) {
    const auto read = read_xml(text, "(domain_definition)");
    if (const auto* words = std::get_if<std::string>(&read)) return DefinitionError{*words};
    const Element root = std::get<Document>(read).root();
    if (root.name() != "domain")
      return DefinitionError{"XML error: expecting root element of 'domain', not '" + root.name() + "'"};
    if (identify(root) && kind(root) && memory(root) && vcpus(root) && devices(root)) {
      the_rest(root);
      if (!made_.unmodelled.empty()) made_.text = text;
      return std::move(made_);
    }
    return error_;
  }

 private:
  bool wrong(std::string what) {
    error_.what = std::move(what);
    return false;
  }

  bool identify(const Element& root) {
    if (const auto uuid = root.child("uuid")) {
      if (!is_uuid(uuid->text())) return wrong("internal error: malformed uuid element");
      made_.uuid = canonical_uuid(uuid->text());
    }
    const auto name = root.child("name");
    if (!name || name->text().empty()) return wrong("missing name information");
    made_.name = name->text();
    if (made_.name.find('/') != std::string::npos)
      return wrong("XML error: name " + made_.name + " cannot contain '/'");
    return true;
  }

  bool kind(const Element& root) {
    static constexpr std::array<std::string_view, 2> kFound = {"qemu", "kvm"};
    static constexpr std::array<std::string_view, 10> kOthers = {
        "xen", "lxc", "uml", "openvz", "test", "vmware", "hyperv", "vbox", "phyp", "parallels"};
    const auto type = root.attribute("type");
    if (!type) return wrong("internal error: missing domain type attribute");
    if (among(kOthers, *type)) {
      return wrong(fmt::format(
          "unsupported configuration: Emulator '/usr/bin/qemu-system-x86_64' does not support virt type '{}'",
          *type));
    }
    if (!among(kFound, *type)) return wrong("internal error: invalid domain type " + *type);
    made_.kvm = *type == "kvm";
    const auto os = root.child("os");
    const auto os_type = os ? os->child("type") : std::nullopt;
    if (!os_type || os_type->text().empty()) return wrong("XML error: an os <type> must be specified");
    for (const Element& each : os->children()) {
      const bool plain =
          each.name() == "type" || (each.name() == "boot" && each.attribute("dev").value_or("") == "hd");
      if (!plain) made_.unmodelled.push_back(each.name());
    }
    if (const auto arch = os_type->attribute("arch"); arch && *arch != "x86_64")
      made_.unmodelled.push_back("arch " + *arch);
    static constexpr std::array<std::string_view, 2> kMachines = {"pc", "pc-i440fx-7.2"};
    if (const auto machine = os_type->attribute("machine"); machine && !among(kMachines, *machine))
      made_.unmodelled.push_back("machine " + *machine);
    return true;
  }

  bool amount(const Element& element, std::uint64_t& value) {
    const std::string text = element.text();
    std::uint64_t number = 0;
    if (!rehearse::read_value(text, number))
      return wrong(fmt::format("XML error: Invalid value '{}' for element or attribute './{}[1]'", text,
                               element.name()));
    const std::string unit = element.attribute("unit").value_or("");
    const auto scale = scale_of(unit);
    if (!scale) return wrong("invalid argument: unknown suffix '" + unit + "'");
    if (number > (std::uint64_t{1} << 60) / *scale)
      return wrong(fmt::format("numerical overflow: value too large: {}{}", number, unit));
    value = (number * *scale + 1023) / 1024;
    return true;
  }

  bool memory(const Element& root) {
    const auto all = root.child("memory");
    if (!all) {
      return wrong("XML error: Memory size must be specified via <memory> or in the <numa> configuration");
    }
    if (!amount(*all, made_.memory)) return false;
    made_.current = made_.memory;
    if (const auto current = root.child("currentMemory")) {
      if (!amount(*current, made_.current)) return false;
      if (made_.current == 0 || made_.current > made_.memory) made_.current = made_.memory;
    }
    return true;
  }

  bool vcpus(const Element& root) {
    const auto element = root.child("vcpu");
    if (!element) return true;
    if (!rehearse::read_value(element->text(), made_.vcpus))
      return wrong("XML error: maximum vcpus count must be an integer");
    if (made_.vcpus == 0) return wrong("internal error: CPU IDs in <numa> exceed the <vcpu> count");
    if (made_.vcpus > 255) {
      return wrong("unsupported configuration: Maximum CPUs greater than specified machine type limit 255");
    }
    if (element->attribute("placement").value_or("static") != "static" || element->attribute("cpuset") ||
        element->attribute("current"))
      made_.unmodelled.emplace_back("vcpu");
    return true;
  }

  bool devices(const Element& root) {
    const auto all = root.child("devices");
    if (!all) return true;
    for (const Element& element : all->children()) {
      const std::string name = element.name();
      if (name == "disk" && !disk(element)) return false;
      if (name == "interface" && !interface(element)) return false;
      static constexpr std::array<std::string_view, 25> kKept = {
          "controller", "lease",    "filesystem", "redirdev", "smartcard", "serial", "parallel",
          "channel",    "console",  "input",      "graphics", "sound",     "audio",  "video",
          "hostdev",    "hub",      "memballoon", "rng",      "tpm",       "shmem",  "memory",
          "vsock",      "watchdog", "panic",      "nvram"};
      if (among(kKept, name) && !as_filled_in(element)) made_.unmodelled.push_back(name);
      if (name == "emulator" && element.text() != "/usr/bin/qemu-system-x86_64")
        made_.unmodelled.push_back(name);
    }
    return true;
  }

  static std::uint32_t slot_of(const Element& device) {
    const auto address = device.child("address");
    const std::string text = address ? address->attribute("slot").value_or("") : "";
    std::uint32_t slot = 0;
    if (text.starts_with("0x")) std::from_chars(text.data() + 2, text.data() + text.size(), slot, 16);
    return slot;
  }

  // What `completed` fills in, read again.
  bool as_filled_in(const Element& element) {
    const std::string name = element.name();
    const auto says = [&](const char* attribute, std::string_view value) {
      return element.attribute(attribute).value_or("") == value;
    };
    if (name == "controller") {
      if (!says("index", "0")) return false;
      if (says("type", "scsi") && says("model", "lsilogic")) made_.scsi_slot = slot_of(element);
      return (says("type", "usb") && says("model", "piix3-uhci")) ||
             (says("type", "pci") && says("model", "pci-root")) ||
             (says("type", "scsi") && says("model", "lsilogic")) || says("type", "ide");
    }
    if (name == "memballoon") {
      made_.balloon_slot = slot_of(element);
      return says("model", "virtio");
    }
    if (name == "input") return says("bus", "ps2");
    if (name == "audio") return says("type", "none");
    if (name == "clock") return says("offset", "utc") && element.children().empty();
    if (name == "cpu") {
      const auto model = element.child("model");
      made_.settled = says("check", "full");
      return says("mode", "custom") && model && model->text() == "qemu64" &&
             element.children().size() == (made_.settled ? 3u : 1u);
    }
    return (name == "on_poweroff" && element.text() == "destroy") ||
           (name == "on_reboot" && element.text() == "restart") ||
           (name == "on_crash" && element.text() == "destroy");
  }

  // virDomainDiskDefParseXML
  bool disk(const Element& element) {
    static constexpr std::array<std::string_view, 2> kTypes = {"block", "file"};
    static constexpr std::array<std::string_view, 6> kOthers = {"dir",  "network",   "volume",
                                                                "nvme", "vhostuser", "vhostvdpa"};
    Disk disk;
    const std::string type = element.attribute("type").value_or("file");
    if (!among(kTypes, type) && !among(kOthers, type)) return wrong(invalid("type", "disk", type));
    const std::string device = element.attribute("device").value_or("disk");
    if (!among(kTypes, type) || (device != "disk" && device != "cdrom")) {
      made_.unmodelled.push_back("disk");
      return true;
    }
    disk.block = type == "block";
    disk.cdrom = device == "cdrom";
    disk.read_only = disk.cdrom;
    for (const Element& part : element.children()) {
      if (!part_of_disk(part, disk)) return false;
    }
    if (disk.source.empty() && !disk.cdrom)
      return wrong("missing source information for device " + disk.target);
    if (disk.target.empty()) return wrong("missing target information for device " + disk.source);
    if (disk_index(disk.target) < 0)
      return wrong(fmt::format("XML error: Unknown disk name '{}' and no address specified", disk.target));
    if (disk.bus == Bus::virtio) disk.slot = slot_of(element);
    made_.disks.push_back(std::move(disk));
    return true;
  }

  bool part_of_disk(const Element& part, Disk& disk) {
    const std::string name = part.name();
    if (name == "source") {
      disk.source = part.attribute(disk.block ? "dev" : "file").value_or("");
    } else if (name == "target") {
      disk.target = part.attribute("dev").value_or("");
      const auto bus = part.attribute("bus");
      if (bus && !read_bus(*bus, disk.bus)) return wrong(invalid("bus", "target", *bus));
    } else if (name == "driver") {
      return driver(part, disk);
    } else if (name == "readonly") {
      disk.read_only = true;
    } else if (name == "shareable") {
      disk.shareable = true;
    } else if (name == "boot" || name == "serial" || name == "iotune" || name == "encryption" ||
               name == "transient") {
      made_.unmodelled.push_back("disk " + name);
    }
    return true;
  }

  bool driver(const Element& part, Disk& disk) {
    static constexpr std::array<std::string_view, 6> kCaches = {"default",   "none",       "writethrough",
                                                                "writeback", "directsync", "unsafe"};
    static constexpr std::array<std::string_view, 2> kFormats = {"raw", ""};
    static constexpr std::array<std::string_view, 7> kOthers = {"qcow2", "qcow", "vmdk", "vdi",
                                                                "vpc",   "qed",  "vhdx"};
    disk.cache = part.attribute("cache").value_or("");
    if (!disk.cache.empty() && !among(kCaches, disk.cache))
      return wrong(invalid("cache", "driver", disk.cache));
    disk.format = part.attribute("type").value_or("");
    if (among(kOthers, disk.format)) {
      made_.unmodelled.push_back("driver " + disk.format);
    } else if (!among(kFormats, disk.format)) {
      return wrong(fmt::format("unsupported configuration: unknown driver format value '{}'", disk.format));
    }
    for (const char* more : {"io", "error_policy", "discard", "detect_zeroes", "queues", "iothread"}) {
      if (part.attribute(more)) made_.unmodelled.push_back(fmt::format("driver {}", more));
    }
    return true;
  }

  bool interface(const Element& element) {
    if (element.attribute("type").value_or("") != "bridge") {
      made_.unmodelled.push_back("interface");
      return true;
    }
    Interface made;
    for (const Element& part : element.children()) {
      if (part.name() == "source") {
        const auto bridge = part.attribute("bridge");
        if (!bridge) return wrong("XML error: Missing required attribute 'bridge' in element 'source'");
        made.source = *bridge;
      } else if (part.name() == "mac") {
        made.mac = part.attribute("address").value_or("");
        if (!is_mac(made.mac)) return wrong("XML error: unable to parse mac address '" + made.mac + "'");
        if (made.mac[1] & 1)
          return wrong("XML error: expected unicast mac address, found multicast '" + made.mac + "'");
      } else if (part.name() == "model") {
        made.model = part.attribute("type").value_or("");
      } else if (part.name() != "link" && part.name() != "address" && part.name() != "alias") {
        made_.unmodelled.push_back("interface " + part.name());
      }
    }
    made.slot = slot_of(element);
    made_.interfaces.push_back(std::move(made));
    return true;
  }

  static bool is_mac(std::string_view text) {
    if (text.size() != 17) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
      const bool hex = std::string_view("0123456789abcdefABCDEF").find(text[i]) != std::string_view::npos;
      if (i % 3 == 2 ? text[i] != ':' : !hex) return false;
    }
    return true;
  }

  void the_rest(const Element& root) {
    static constexpr std::array<std::string_view, 22> kKept = {
        "title",   "description", "metadata",    "maxMemory",     "memoryBacking", "blkiotune",
        "cputune", "numatune",    "resource",    "sysinfo",       "bootloader",    "features",
        "cpu",     "clock",       "on_poweroff", "on_reboot",     "on_crash",      "pm",
        "perf",    "seclabel",    "iothreads",   "launchSecurity"};
    for (const Element& each : root.children()) {
      if (among(kKept, each.name()) && !as_filled_in(each)) made_.unmodelled.push_back(each.name());
    }
  }

  Definition made_;
  DefinitionError error_;
};

}  // namespace

std::variant<Definition, DefinitionError> read_definition(std::string_view text) {
  return DefinitionReader()(text);
}

}  // namespace rehearse::libvirt
