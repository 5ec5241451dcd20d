#include "fuzz/replicated_pair.h"

#include <fmt/format.h>

#include <cassert>

#include "model/drbd/kernel.h"
#include "model/fs/path.h"
#include "model/net/link.h"
#include "scenarios/phrase.h"

namespace rehearse {
namespace {

constexpr std::string_view kConfiguration =
    "global {{ usage-count no; }}\\nresource r0 {{\\n  net {{ protocol C; verify-alg crc32c; {} }}\\n"
    "  disk {{ {} }}\\n  options {{ {} }}\\n  handlers {{ {} }}\\n{}{}"
    "  on alpha {{ address 10.0.0.1:7788; }}\\n  on beta {{ address 10.0.0.2:7788; }}\\n}}\\n";

std::string volume_text(std::size_t number, std::string_view options = "") {
  return fmt::format(
      "  volume {0} {{ device /dev/drbd{0}; disk /dev/vg/v{0}; meta-disk internal; disk {{ {1} }} }}\\n",
      number, options);
}

// As `printf` takes it.
std::string configuration(std::size_t volumes, Choices& choices) {
  const auto maybe = [&](std::size_t odds, std::initializer_list<const char*> values) {
    return choices.below(odds) == 1 ? std::string(values.begin()[choices.below(values.size())]) : "";
  };
  const std::string net = maybe(4, {"csums-alg crc32c;", "use-rle no;", "ping-timeout 30;", "ko-count 2;"});
  const std::string disk =
      maybe(2, {"fencing resource-only;", "fencing resource-and-stonith;"}) +
      maybe(2, {" on-io-error pass_on;", " on-io-error call-local-io-error;", " al-updates no;"});
  const std::string options = maybe(4, {"on-no-data-accessible suspend-io;"});
  std::string handlers =
      choices.below(3) == 1 ? fmt::format("fence-peer \"exit {}\";", 1 + choices.below(8)) : "";
  handlers += maybe(10, {" before-resync-target \"exit 1\";", " before-resync-source \"exit 1\";"});
  return fmt::format(kConfiguration, net, disk, options, handlers, volume_text(0),
                     volumes > 1 ? volume_text(1, maybe(4, {"resync-after r0/0;"})) : "");
}

constexpr const char* kGuest = "name = 'echelon'\nmemory = 256\ndisk = [ 'phy:/dev/drbd1,xvda1,w' ]\n";

World two_hosts() {
  World world;
  const std::pair<const char*, const char*> hosts[] = {{"alpha", "10.0.0.1"}, {"beta", "10.0.0.2"}};
  for (const auto& [name, address] : hosts) {
    add_host(world, name, {{"vda", 64 * kMiB}});
    Hardware& hardware = world.hosts.edit(name).hardware.edit();
    hardware.runs_xen = true;
    hardware.addresses = {address};
    for (const auto& [path, text] : {std::pair("/etc/modules", "drbd\n"), {"/etc/xen/echelon.cfg", kGuest}}) {
      world.hosts.edit(name).root.edit().put(fs::text_file(path, text));
    }
  }
  return world;
}

World made(std::size_t volumes) {
  ModelBackend model(two_hosts());
  const auto must = [&](Name host, const std::string& line) {
    [[maybe_unused]] const Outcome outcome = model.run_line(host, line);
    assert(outcome.verdict == Outcome::Verdict::done && outcome.report.status == 0);
  };
  Choices plain({});
  std::vector<std::string> lines = {"modprobe drbd", "pvcreate /dev/vda", "vgcreate vg /dev/vda"};
  for (std::size_t i = 0; i < volumes; ++i) lines.push_back(fmt::format("lvcreate -L 8M -n v{} vg", i));
  lines.push_back(fmt::format("printf '{}' > /etc/drbd.conf", configuration(volumes, plain)));
  lines.insert(lines.end(), {"drbdadm create-md --force r0", "drbdadm up r0", "sync"});
  for (const std::string& line : lines) {
    for (const char* host : kPair) must(host, line);
  }
  for (std::size_t i = 0; i < volumes; ++i)
    must("alpha", fmt::format("drbdadm new-current-uuid --clear-bitmap r0/{}", i));
  if (volumes > 1) {
    for (const char* line :
         {"drbdadm primary r0", "mkfs.ext4 -q /dev/drbd1", "mkdir -p /mnt", "mount /dev/drbd1 /mnt",
          "mkdir /mnt/etc", "mkdir /mnt/var", "echo echelon > /mnt/etc/hostname",
          "echo '/dev/xvda1 / ext4 defaults 0 1' > /mnt/etc/fstab", "umount /mnt", "drbdadm secondary r0"}) {
      must("alpha", line);
    }
  }
  return model.world();
}

const World& whole(std::size_t volumes) {
  static const World one = made(1);
  static const World two = made(2);
  return volumes > 1 ? two : one;
}

// %r: the resource or one volume of it, %m: a minor, %v: the volume below it.
constexpr const char* kCommands[] = {"drbdadm up r0",
                                     "drbdadm up r0",
                                     "drbdadm up r0",
                                     "drbdadm down r0",
                                     "drbdadm down r0",
                                     "drbdadm primary %r",
                                     "drbdadm primary r0",
                                     "drbdadm primary r0",
                                     "drbdadm primary r0",
                                     "drbdadm primary r0",
                                     "drbdadm primary r0",
                                     "drbdadm secondary %r",
                                     "drbdadm secondary r0",
                                     "drbdadm secondary r0",
                                     "drbdadm secondary r0",
                                     "drbdadm connect r0",
                                     "drbdadm connect r0",
                                     "drbdadm connect r0",
                                     "drbdadm connect --tentative r0",
                                     "drbdadm disconnect r0",
                                     "drbdadm disconnect r0",
                                     "drbdadm attach %r",
                                     "drbdadm attach %r",
                                     "drbdadm detach %r",
                                     "drbdadm detach %r",
                                     "drbdadm adjust r0",
                                     "drbdadm adjust r0",
                                     "drbdadm adjust r0",
                                     "drbdadm outdate %r",
                                     "drbdadm verify %r",
                                     "drbdadm pause-sync %r",
                                     "drbdadm resume-sync %r",
                                     "drbdadm suspend-io %r",
                                     "drbdadm resume-io %r",
                                     "drbdadm apply-al %r",
                                     "drbdsetup primary %m",
                                     "drbdsetup secondary %m",
                                     "drbdsetup detach %m",
                                     "drbdsetup outdate %m",
                                     "drbdsetup pause-sync %m",
                                     "drbdsetup resume-sync %m",
                                     "drbdsetup resume-io %m",
                                     "drbdsetup down r0",
                                     "drbdmeta %m v08 /dev/vg/%v internal outdate",
                                     "drbdmeta %m v08 /dev/vg/%v internal apply-al",
                                     "lvextend -L +4M vg/%v",
                                     "drbdadm resize %r",
                                     "drbdadm resize %r",
                                     "drbdadm -- --assume-peer-has-space resize %r",
                                     "xl create /etc/xen/echelon.cfg",
                                     "xl destroy echelon",
                                     "rmmod drbd",
                                     "modprobe drbd"};
// %h: a host, %p: the other one, %b: a block of 4 KiB, %n: a number from 1 to 9.
constexpr const char* kWrites[] = {
    "%h# dd if=/dev/urandom of=/dev/drbd%m bs=4k count=%n seek=%b oflag=direct",
    "%h# dd if=/dev/urandom of=/dev/drbd%m bs=4k count=%n seek=%b oflag=direct",
    "%h# dd if=/dev/urandom of=/dev/drbd%m bs=4k count=%b seek=%n oflag=direct",
    "%h# dd if=/dev/urandom of=/dev/drbd%m bs=512 count=%n seek=%b oflag=direct",
    "~ %h writes %n0k to /dev/drbd%m at random",
    "~ echelon writes %n0k to /var",
    "~ echelon writes %n0k at random",
    "~ echelon writes %n0k at random",
};
constexpr const char* kFaults[] = {"! %h loses power",
                                   "! %h loses power",
                                   "! %h hangs",
                                   "! the link is cut",
                                   "! the link is cut",
                                   "! the link from %h to %p is cut",
                                   "! the link is slowed by 200ms",
                                   "! the link from %h to %p is slowed by 900ms",
                                   "! the link loses large packets",
                                   "! disk vda of %h fails",
                                   "! disk vda of %h fails writes",
                                   "! disk vda of %h fails reads",
                                   "! disk vda of %h fails writes from %nM for %n00k",
                                   "! disk vda of %h fails reads from %nM for %n00k",
                                   "! disk vda of %h fails from %nM for %n00k",
                                   "! disk vda of %h hangs",
                                   "! disk vda of %h is unplugged"};

// What stands in the way now, as the lines that end it.
std::vector<std::string> ends(const World& world) {
  std::vector<std::string> lines;
  for (const char* name : kPair) {
    const Host& host = *world.hosts.find(name);
    if (!host.powered) lines.push_back(fmt::format("! {} powers on", name));
    if (host.hung) lines.push_back(fmt::format("! {} goes on", name));
    for (const Disk& disk : host.hardware->disks) {
      if (!disk.present) lines.push_back(fmt::format("! disk vda of {} is plugged", name));
      if (disk.hangs || disk.fails_reads || disk.fails_writes)
        lines.push_back(fmt::format("! disk vda of {} is mended", name));
    }
  }
  if (!(net::way(world, "alpha", "beta").well() && net::way(world, "beta", "alpha").well()))
    lines.push_back("! the link is healed");
  return lines;
}

// Puts the named things into a line of the tables.
template <class Named>
std::string filled(std::string_view line, Named named) {
  std::string text;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '%') {
      text += named(line[++i]);
    } else {
      text += line[i];
    }
  }
  return text;
}

}  // namespace

ReplicatedPair::ReplicatedPair(std::size_t volumes) : model_(whole(volumes)), volumes_(volumes) {}

std::string ReplicatedPair::draw(Choices& choices) const {
  std::size_t at = choices.below(2);
  const auto runs = [&](std::size_t i) {
    const Host& host = *world().hosts.find(kPair[i]);
    return host.powered && !host.hung;
  };
  if (!runs(at) && runs(1 - at)) at = 1 - at;
  const std::string minor = std::to_string(choices.below(volumes_));
  const auto named = [&](char what) -> std::string {
    if (what == 'h') return kPair[at];
    if (what == 'p') return kPair[1 - at];
    if (what == 'r') return choices.below(2) == 1 ? "r0/" + minor : "r0";
    if (what == 'm') return minor;
    if (what == 'v') return "v" + minor;
    return std::to_string(what == 'b' ? choices.below(1500) : 1 + choices.below(9));
  };
  const std::size_t kind = choices.below(100);
  const std::vector<std::string> faults = ends(world());
  if (kind < 28) return filled(pick(kWrites, choices), named);
  if (kind < 38)
    return choices.below(3) == 0 ? "~ progress" : choices.below(3) == 1 ? "~ 2 minutes pass" : "~ settle";
  if (kind < 44) return filled(pick(kFaults, choices), named);
  if (kind < 58 && !faults.empty()) return faults[choices.below(faults.size())];
  if (kind < 60)
    return fmt::format("{}# printf '{}' > /etc/drbd.conf", kPair[at], configuration(volumes_, choices));
  return fmt::format("{}# {}", kPair[at], filled(pick(kCommands, choices), named));
}

Outcome ReplicatedPair::play(const std::string& line) {
  const std::size_t prompt = line.find("# ");
  Outcome outcome;
  if (line[0] == '!' || line[0] == '~') {
    const auto phrase = read_phrase(line);
    assert(std::holds_alternative<Phrase>(phrase));
    outcome = model_.play(std::get<Step>(std::get<Phrase>(phrase)));
  } else {
    outcome = model_.run_line(line.substr(0, prompt), std::string_view(line).substr(prompt + 2));
  }
  return outcome;
}

std::optional<ReplicatedPair::Writer> ReplicatedPair::writer(const std::string& line) const {
  if (line.find("echelon") != line.npos) {
    Writer guest{"echelon", {}, 1};
    for (const Name name : world().hosts.names()) {
      if (world().hosts.find(name)->domain("echelon")) guest.host = name;
    }
    if (line.find("# xl ") != line.npos) guest.host = line.substr(0, line.find('#'));
    return guest.host.empty() ? std::nullopt : std::optional(guest);
  }
  const std::size_t device = line.find("/dev/drbd");
  if (device == line.npos || line.find("printf") != line.npos) return std::nullopt;
  const std::size_t from = line[0] == '~' ? 2 : 0;
  const Name host = line.substr(from, line.find_first_of("# ", from) - from);
  return Writer{host, host, static_cast<std::uint32_t>(line[device + 9] - '0')};
}

std::vector<std::string> ReplicatedPair::mending() const { return ends(world()); }

}  // namespace rehearse
