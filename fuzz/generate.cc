#include "fuzz/generate.h"

#include <array>
#include <cassert>
#include <string_view>

#include "model/step.h"

namespace rehearse {
namespace {

// Texts that mean something to one form or another. Most name what small_world() holds.
constexpr std::array kValues = {"vg1",
                                "vg1/echelon",
                                "vg1/before",
                                "vg1/swap",
                                "vg2",
                                "vg2/mail",
                                "fresh",
                                "vg1/fresh",
                                "/dev/vg1/echelon",
                                "/dev/vg1/before",
                                "/dev/vg1/fresh",
                                "/dev/vda",
                                "/dev/vdb",
                                "/dev/vdc",
                                "/dev/vdd",
                                "64M",
                                "+8M",
                                "-4M",
                                "12M",
                                "50%FREE",
                                "100%ORIGIN",
                                "10%VG",
                                "+100%FREE",
                                "3",
                                "4k",
                                "64k",
                                "y",
                                "n",
                                "r",
                                "rw",
                                "ro",
                                "1",
                                "0",
                                "20",
                                "/mnt",
                                "/etc/hosts",
                                "/etc/xen/echelon.cfg",
                                "/root/mail.xml",
                                "mail",
                                "/mnt/file",
                                "s/a/b/",
                                "echelon",
                                "before",
                                "contiguous",
                                "ext4",
                                "remount,ro",
                                "1M",
                                "/dev/zero",
                                "/dev/urandom",
                                "3.6",
                                "eth0",
                                "6",
                                "hello",
                                "/dev/vg2/mail",
                                "r0",
                                "r0/0",
                                "all",
                                "minor-0",
                                "--force",
                                "--size=32M",
                                "v08",
                                "internal",
                                "create-md",
                                "ipv4:10.0.0.1:7788",
                                "file=/dev/vg2/mail,format=raw,if=virtio",
                                "file=/dev/vda,format=raw,if=none,id=mail",
                                "virtio-blk-pci,drive=mail",
                                "unix:/run/mail.qmp,server=on,wait=off",
                                "tcp:0:4444",
                                "none",
                                "/run/mail.pid",
                                "<<<"};

constexpr std::string_view kAnyTalk =
    R"({"execute":"qmp_capabilities"}{"execute":"query-block"}{"execute":"migrate","arguments":)"
    R"({"uri":"tcp:beta:4444"}}{"execute":"cont"}{"execute":"query-migrate"})";

// What an operand of few good values is given every other time, by its name in the synopsis.
constexpr std::pair<std::string_view, std::string_view> kMeant[] = {{"MINOR", "0"},
                                                                    {"VOLUME", "0"},
                                                                    {"v08", "v08"},
                                                                    {"INDEX", "internal"},
                                                                    {"COMMAND", "create-md"},
                                                                    {"DESTURI", "qemu+ssh://beta/system"},
                                                                    {"-", "-"},
                                                                    {"ADDRESS", "UNIX-CONNECT:/run/mail.qmp"},
                                                                    {"QMP", kAnyTalk}};

// Options that a form knows by a table.
constexpr std::array kOthers = {"--size=32M",     "--fencing=resource-only", "--resync-after=0",
                                "--protocol=A",   "--allow-two-primaries",   "--verify-alg=md5",
                                "--set-defaults", "--discard-my-data",       "--cpu-mask=3",
                                "--wfc-timeout=1"};

std::string operand_value(const UsagePart& part, Choices& choices) {
  for (const auto& [name, meant] : kMeant) {
    if (part.spellings == name && choices.below(2) == 1) return std::string(meant);
  }
  return kValues[choices.below(kValues.size())];
}

std::string_view first_spelling(const UsagePart& part) {
  return part.spellings.substr(0, part.spellings.find(','));
}

bool takes_value(const UsagePart& part) {
  return part.kind == PartKind::option || part.kind == PartKind::maybe;
}

void add_part(const UsagePart& part, Choices& choices, Words& options, Words& operands) {
  const auto value = [&] { return std::string(kValues[choices.below(kValues.size())]); };
  switch (part.kind) {
    case PartKind::flag:
      options.emplace_back(first_spelling(part));
      break;
    case PartKind::toggle:
      if (choices.below(3) == 1) options.emplace_back(first_spelling(part));
      break;
    case PartKind::option:
    case PartKind::maybe:
      if (takes_value(part) && part.kind == PartKind::maybe && choices.below(4) != 1) break;
      options.emplace_back(first_spelling(part));
      options.push_back(value());
      break;
    case PartKind::keyed:
      if (choices.below(2) == 1) options.push_back(std::string(first_spelling(part)) + "=" + value());
      break;
    case PartKind::others:
      for (std::size_t left = choices.below(3); left > 0; --left) {
        options.emplace_back(kOthers[choices.below(kOthers.size())]);
      }
      break;
    case PartKind::operand:
      operands.push_back(operand_value(part, choices));
      break;
    case PartKind::last:
      if (choices.below(2) == 1) operands.push_back(value());
      break;
    case PartKind::any:
    case PartKind::some:
      for (std::size_t left = choices.below(3) + (part.kind == PartKind::some); left > 0; --left) {
        operands.push_back(value());
      }
      break;
  }
}

void must(World& world, std::string_view line) {
  Words words;
  for (std::size_t at = 0; at < line.size();) {
    const std::size_t end = std::min(line.find(' ', at), line.size());
    words.emplace_back(line.substr(at, end - at));
    at = end + 1;
  }
  Op op;
  Report report;
  const Mismatch bad = parse(words, op);
  assert(bad.kind == Mismatch::Kind::none);
  const Refused refused = perform(world, "alpha", op, report);
  assert(!refused && report.status == 0);
}

}  // namespace

Words random_line(const Usage& usage, Choices& choices) {
  Words line, options, operands;
  std::string_view names = usage.command.substr(0, usage.command.find(','));
  while (!names.empty()) {
    const std::size_t end = std::min(names.find(' '), names.size());
    line.emplace_back(names.substr(0, end));
    names.remove_prefix(std::min(end + 1, names.size()));
  }
  for (const UsagePart& part : usage.all()) add_part(part, choices, options, operands);
  line.insert(line.end(), options.begin(), options.end());
  line.insert(line.end(), operands.begin(), operands.end());
  return line;
}

Words random_line(Choices& choices) {
  static const std::vector<Usage> kUsages = all_usages();
  return random_line(kUsages[choices.below(kUsages.size())], choices);
}

World small_world() {
  World world;
  add_host(world, "alpha",
           {{"vda", 256 * kMiB}, {"vdb", 256 * kMiB}, {"vdc", 256 * kMiB}, {"vdd", 64 * kMiB}});
  for (const std::string_view line :
       {"vgcreate vg1 /dev/vda /dev/vdb", "vgcreate vg2 /dev/vdc", "lvcreate -L 64M -n echelon vg1",
        "mkfs.ext4 -q /dev/vg1/echelon", "lvcreate -s -L 16M -n before vg1/echelon",
        "lvcreate -L 16M -n swap vg1", "mkswap /dev/vg1/swap", "lvcreate -L 32M -n mail vg2",
        "mkfs.ext4 -q /dev/vg2/mail"}) {
    must(world, line);
  }
  Host& host = world.hosts.edit("alpha");
  host.hardware.edit().addresses = {"10.0.0.1"};
  fs::Tree tree = host.root ? *host.root : fs::Tree();
  tree.put(fs::text_file("/etc/drbd.conf", R"(resource r0 {
  device /dev/drbd0; disk /dev/vdd; meta-disk internal;
  on alpha { address 10.0.0.1:7788; }
  on beta { address 10.0.0.2:7788; }
}
)"));
  tree.put(fs::text_file("/root/mail.xml",
                         "<domain type='kvm'><name>mail</name><memory>65536</memory><os><type>hvm</type></os>"
                         "<devices><disk type='block'><source dev='/dev/vg2/mail'/><target dev='vda'/></disk>"
                         "</devices></domain>"));
  host.root = tree;
  host.disk_root = tree;
  host.hardware.edit().runs_libvirt = true;
  host.hardware.edit().has_qemu = true;
  must(world, "virsh define /root/mail.xml");
  must(world,
       "qemu-system-x86_64 -name news -m 64 -drive file=/dev/vg1/swap,format=raw,if=virtio -S -qmp "
       "unix:/run/mail.qmp,server=on,wait=off -pidfile /run/mail.pid -daemonize");
  must(world, "drbdadm create-md r0");
  must(world, "drbdadm up r0");
  return world;
}

}  // namespace rehearse
