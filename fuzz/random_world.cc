#include "fuzz/random_world.h"

#include <fmt/format.h>

#include <cassert>

#include "backends/model_backend.h"
#include "fuzz/generate.h"
#include "scenarios/world_file.h"

namespace rehearse {
namespace {

constexpr std::string_view kStart = R"({
  "rehearse_world": 1,
  "hosts": {"alpha": {
    "disks": {"vda": {"size": "256M"}, "vdb": {"size": "256M"},
              "vdc": {"size": "64M"}, "vdd": {"size": "64M"},
              "vde": {"size": "96M", "partitions": [{"size": "24M"}, {"size": "30M", "type": "8e"}, {}]}},
    "devices": {"/dev/vde1": {"swap": true}},
    "files": {"/mnt": {"directory": true}, "/srv": {"directory": true}},
    "lvm": {
      "vg1": {"pvs": ["/dev/vdb", "/dev/vda"],
              "volumes": {"zed": {"size": "40M", "fs": {"label": "zed disk"}}, "abc": {"size": "24M"},
                          "before": {"size": "12M", "snapshot_of": "zed"}}},
      "vg-2": {"pvs": ["/dev/vde2"], "extent": "1M", "volumes": {"my-swap": {"size": "8M", "swap": true}}}}
  }}
})";

constexpr const char* kVolumes[] = {"vg1/zed", "vg1/abc", "vg1/before", "vg-2/my-swap", "vg1/n1",
                                    "vg1/n2",  "vg-2/n1", "vg1/s1",     "vg1/s2",       "vg-2/s1"};
constexpr const char* kGroups[] = {"vg1", "vg-2"};
constexpr const char* kDisks[] = {"/dev/vdc", "/dev/vdd", "/dev/vde3", "/dev/vda", "/dev/vdb"};
constexpr const char* kPlaces[] = {"/mnt", "/srv"};
// V: a volume, G: a group, D: a disk, P: a place, N: a number from 1, S: a size, C: a chunk size.
constexpr const char* kLines[] = {"lvcreate -y -L S -n nN G",
                                  "lvcreate -y -l N -n nN G D",
                                  "lvcreate -s -L S -n sN -c C V",
                                  "lvremove -f V",
                                  "lvconvert --merge V",
                                  "lvconvert --merge -b V",
                                  "lvchange -an V",
                                  "lvchange -ay V",
                                  "lvchange -pr V",
                                  "lvchange -prw V",
                                  "lvextend -L +S V",
                                  "lvreduce -f -L -S V",
                                  "lvrename V nN",
                                  "mkfs.ext4 -q -F -L label /dev/V",
                                  "mkswap /dev/V",
                                  "mount /dev/V P",
                                  "mount -o ro /dev/V P",
                                  "umount P",
                                  "swapon /dev/V",
                                  "swapon /dev/vde1",
                                  "swapoff /dev/V",
                                  "pvcreate D",
                                  "pvremove D",
                                  "vgextend G D",
                                  "vgreduce G D",
                                  "vgexport G",
                                  "vgimport G",
                                  "vgchange -an G",
                                  "vgchange -ay G",
                                  "dd if=/dev/urandom of=/dev/V bs=1M count=N seek=N conv=fsync",
                                  "dd if=/dev/urandom of=/dev/V bs=4k count=N seek=N conv=fsync"};

std::string filled(std::string_view line, Choices& choices) {
  std::string text;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const bool alone = i + 1 == line.size() || line[i + 1] == ' ';
    const char c = alone ? line[i] : ' ';
    if (c == 'V') {
      text += pick(kVolumes, choices);
    } else if (c == 'G') {
      text += pick(kGroups, choices);
    } else if (c == 'D') {
      text += pick(kDisks, choices);
    } else if (c == 'P') {
      text += pick(kPlaces, choices);
    } else if (c == 'N') {
      text += std::to_string(choices.below(8) + 1);
    } else if (c == 'S') {
      text += std::to_string(4 * (choices.below(8) + 1)) + "M";
    } else if (c == 'C') {
      text += std::to_string(4u << choices.below(8)) + "k";
    } else {
      text += line[i];
    }
  }
  return text;
}

void play_one(ModelBackend& backend, Choices& choices) {
  const auto disk_event = [&](DiskFault fault) {
    const std::string disk = pick(kDisks, choices);
    backend.play(DiskEvent{"alpha", Name(disk.substr(5, 3)), fault});
  };
  switch (choices.below(24)) {
    case 1:
      disk_event(DiskFault::unplugged);
      break;
    case 2:
      disk_event(DiskFault::plugged);
      break;
    case 3:
      backend.play(PowerOff{"alpha"});
      backend.play(PowerOn{"alpha"});
      break;
    case 4:
      backend.play(Progress{choices.below(2) == 0});
      break;
    case 5:
      backend.play(Pass{choices.below(200)});
      break;
    case 6: {
      const Words words = random_line(choices);
      backend.run("alpha", words, "");
      break;
    }
    default:
      backend.run_line("alpha", filled(pick(kLines, choices), choices));
  }
}

}  // namespace

World random_world(std::span<const std::uint16_t> numbers) {
  static const World start = [] {
    const Input<World> read = read_world(kStart, "start");
    assert(std::holds_alternative<World>(read));
    return std::get<World>(read);
  }();
  ModelBackend backend(start);
  Choices choices(numbers);
  while (!choices.over()) play_one(backend, choices);
  return backend.world();
}

ReportTexts printed_reports(const World& world, Name host) {
  ReportTexts texts;
  for (const ReportSource& source : report_sources()) {
    ModelBackend backend(world);
    const Outcome outcome = backend.run_line(host, source.command);
    assert(outcome.verdict == Outcome::Verdict::done);
    ReportText& text = texts[static_cast<std::size_t>(source.of)];
    text.there = true;
    text.status = outcome.report.status;
    for (const Line& line : outcome.report.lines) {
      if (!line.error) text.text += line.text + "\n";
    }
  }
  return texts;
}

}  // namespace rehearse
