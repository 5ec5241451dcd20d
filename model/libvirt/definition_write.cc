#include <fmt/format.h>

#include <iterator>

#include "model/libvirt/definition.h"
#include "model/libvirt/disk_name.h"
#include "model/libvirt/xml.h"

namespace rehearse::libvirt {
namespace {

// The order and the words of virDomainDefFormatInternal. Of one that runs QEMU's names for its devices stand
// there as well, and what libvirt found out when it started it.
class Writer {
 public:
  Writer(const Definition& made, const std::uint32_t* id) : made_(made), id_(id) {}

  std::string operator()() {
    line(0, "<domain type='{}'{}>", made_.kvm ? "kvm" : "qemu", id_ ? fmt::format(" id='{}'", *id_) : "");
    line(2, "<name>{}</name>", escaped(made_.name));
    line(2, "<uuid>{}</uuid>", made_.uuid);
    line(2, "<memory unit='KiB'>{}</memory>", made_.memory);
    line(2, "<currentMemory unit='KiB'>{}</currentMemory>", made_.current);
    line(2, "<vcpu placement='static'>{}</vcpu>", made_.vcpus);
    if (id_) text_ += "  <resource>\n    <partition>/machine</partition>\n  </resource>\n";
    text_ +=
        "  <os>\n    <type arch='x86_64' machine='pc-i440fx-7.2'>hvm</type>\n    <boot dev='hd'/>\n  </os>\n";
    line(2, "<cpu mode='custom' match='exact' check='{}'>", found_out() ? "full" : "none");
    line(4, "<model fallback='forbid'>qemu64</model>");
    if (found_out()) {
      line(4, "<feature policy='require' name='hypervisor'/>");
      line(4, "<feature policy='require' name='lahf_lm'/>");
    }
    text_ +=
        "  </cpu>\n  <clock offset='utc'/>\n  <on_poweroff>destroy</on_poweroff>\n"
        "  <on_reboot>restart</on_reboot>\n  <on_crash>destroy</on_crash>\n  <devices>\n"
        "    <emulator>/usr/bin/qemu-system-x86_64</emulator>\n";
    for (std::size_t i = 0; i < made_.disks.size(); ++i) disk(made_.disks[i], i);
    controllers();
    for (std::size_t i = 0; i < made_.interfaces.size(); ++i) interface(made_.interfaces[i], i);
    rest();
    return std::move(text_);
  }

 private:
  bool found_out() const { return id_ != nullptr || made_.settled; }

  template <class... T>
  void line(std::size_t indent, fmt::format_string<T...> format, T&&... args) {
    text_.append(indent, ' ');
    fmt::format_to(std::back_inserter(text_), format, std::forward<T>(args)...);
    text_ += '\n';
  }

  void pci(std::uint32_t slot, std::uint32_t function = 0) {
    line(6, "<address type='pci' domain='0x0000' bus='0x00' slot='{:#04x}' function='{:#x}'/>", slot,
         function);
  }

  void alias(const std::string& name) {
    if (id_) line(6, "<alias name='{}'/>", name);
  }

  void disk(const Disk& disk, std::size_t place) {
    line(4, "<disk type='{}' device='{}'>", disk.block ? "block" : "file", disk.cdrom ? "cdrom" : "disk");
    const std::string cache = disk.cache.empty() ? "" : fmt::format(" cache='{}'", disk.cache);
    line(6, "<driver name='qemu' type='{}'{}/>", disk.format, cache);
    if (!disk.source.empty()) {
      const std::string index = id_ ? fmt::format(" index='{}'", made_.disks.size() - place) : "";
      line(6, "<source {}='{}'{}/>", disk.block ? "dev" : "file", escaped(disk.source), index);
    }
    if (found_out()) line(6, "<backingStore/>");
    line(6, "<target dev='{}' bus='{}'/>", disk.target, name_of(disk.bus));
    if (disk.read_only) line(6, "<readonly/>");
    if (disk.shareable) line(6, "<shareable/>");
    address(disk);
    line(4, "</disk>");
  }

  // Two disks on each of two cables, or seven on a bus.
  void address(const Disk& disk) {
    const int index = disk_index(disk.target);
    if (disk.bus == Bus::virtio) {
      alias(fmt::format("virtio-disk{}", index));
      return pci(disk.slot);
    }
    const int bus = disk.bus == Bus::ide ? index / 2 : 0;
    const int unit = disk.bus == Bus::ide ? index % 2 : index;
    alias(fmt::format("{}0-{}-{}", name_of(disk.bus), bus, unit));
    line(6, "<address type='drive' controller='0' bus='{}' target='0' unit='{}'/>", bus, unit);
  }

  bool uses(Bus bus) const {
    for (const Disk& disk : made_.disks) {
      if (disk.bus == bus) return true;
    }
    return false;
  }

  void controllers() {
    line(4, "<controller type='usb' index='0' model='piix3-uhci'>");
    alias("usb");
    pci(1, 2);
    line(4, "</controller>");
    if (id_) {
      text_ +=
          "    <controller type='pci' index='0' model='pci-root'>\n      <alias name='pci.0'/>\n"
          "    </controller>\n";
    } else {
      line(4, "<controller type='pci' index='0' model='pci-root'/>");
    }
    if (uses(Bus::scsi)) {
      line(4, "<controller type='scsi' index='0' model='lsilogic'>");
      alias("scsi0");
      pci(made_.scsi_slot);
      line(4, "</controller>");
    }
    if (uses(Bus::ide)) {
      line(4, "<controller type='ide' index='0'>");
      alias("ide");
      pci(1, 1);
      line(4, "</controller>");
    }
  }

  void interface(const Interface& row, std::size_t place) {
    line(4, "<interface type='bridge'>");
    line(6, "<mac address='{}'/>", row.mac);
    line(6, "<source bridge='{}'/>", escaped(row.source));
    if (id_) line(6, "<target dev='vnet{}'/>", place);
    line(6, "<model type='{}'/>", escaped(row.model));
    alias(fmt::format("net{}", place));
    pci(row.slot);
    line(4, "</interface>");
  }

  void rest() {
    for (const auto& [type, number] : {std::pair("mouse", 0), std::pair("keyboard", 1)}) {
      if (!id_) {
        line(4, "<input type='{}' bus='ps2'/>", type);
        continue;
      }
      line(4, "<input type='{}' bus='ps2'>", type);
      alias(fmt::format("input{}", number));
      line(4, "</input>");
    }
    line(4, "<audio id='1' type='none'/>");
    line(4, "<memballoon model='virtio'>");
    alias("balloon0");
    pci(made_.balloon_slot);
    text_ += "    </memballoon>\n  </devices>\n";
    if (id_) {
      text_ +=
          "  <seclabel type='dynamic' model='dac' relabel='yes'>\n    <label>+0:+0</label>\n"
          "    <imagelabel>+0:+0</imagelabel>\n  </seclabel>\n";
    }
    text_ += "</domain>\n";
  }

  const Definition& made_;
  const std::uint32_t* id_;
  std::string text_;
};

}  // namespace

std::string text_of(const Definition& made) {
  if (made.unmodelled.empty()) return write_definition(made);
  constexpr std::string_view kName = "</name>";
  const std::size_t begin = made.text.find("<domain");
  std::string text = made.text.substr(begin == std::string::npos ? 0 : begin);
  const std::size_t name = text.find(kName);
  if (text.find("<uuid>") == std::string::npos && name != std::string::npos)
    text.insert(name + kName.size(), "\n  <uuid>" + made.uuid + "</uuid>");
  return text;
}

std::string write_definition(const Definition& made) { return Writer(made, nullptr)(); }
std::string write_running(const Definition& made, std::uint32_t id) { return Writer(made, &id)(); }

}  // namespace rehearse::libvirt
