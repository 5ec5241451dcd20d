#include "scenarios/phrase_rows.h"

#include <algorithm>
#include <charconv>

namespace rehearse {
namespace {

bool name_like(std::string_view word) {
  if (word.empty() || word.size() > 255 || word[0] == '-' || word[0] == '.') return false;
  return std::all_of(word.begin(), word.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-' || c == '+';
  });
}

bool path_like(std::string_view word) { return word.starts_with('/'); }

bool device_like(std::string_view word) { return word.starts_with("/dev/") && word.size() > 5; }

bool volume_like(std::string_view word) {
  const std::size_t slash = word.find('/');
  return slash != std::string_view::npos && name_like(word.substr(0, slash)) &&
         name_like(word.substr(slash + 1));
}

bool where_like(std::string_view word) {
  const std::size_t colon = word.find(':');
  return colon != std::string_view::npos && name_like(word.substr(0, colon)) &&
         path_like(word.substr(colon + 1));
}

bool size_like(std::string_view word) { return read_size(word).has_value(); }

bool sectors_like(std::string_view word) { return read_size(word).value_or(1) % kSector == 0; }

bool length_like(std::string_view word) { return sectors_like(word) && read_size(word) != 0; }

bool number_like(std::string_view word) {
  return !word.empty() && word.size() <= 9 && word.find_first_not_of("0123456789") == std::string_view::npos;
}

bool percent_like(std::string_view word) {
  return word.ends_with('%') && number_like(word.substr(0, word.size() - 1)) && word.size() <= 4;
}

// "r0", "r0/1"
bool replica_like(std::string_view word) {
  const std::size_t slash = std::min(word.find('/'), word.size());
  return name_like(word.substr(0, slash)) && (slash == word.size() || number_like(word.substr(slash + 1)));
}

bool delay_like(std::string_view word) {
  return word.ends_with("ms") && word.size() <= 8 && number_like(word.substr(0, word.size() - 2)) &&
         word[0] != '0';
}

constexpr Slot kSlots[] = {
    {"HOST", name_like, "a host's name"},
    {"DOMAIN", name_like, "a domain's name"},
    {"SERVICE", name_like, "a service's name"},
    {"WRITER", name_like, "the name of a domain or host"},
    {"PEER", name_like, "another host's name"},
    {"DELAY", delay_like, "a delay such as 200ms"},
    {"DISK", name_like, "a disk's name such as sda"},
    {"GROUP", name_like, "a volume group's name"},
    {"RESOURCE", replica_like, "a resource such as r0"},
    {"VOLUME", volume_like, "a volume such as vg1/echelon"},
    {"PATH", path_like, "a path such as /var/mail"},
    {"DIRECTORY", path_like, "a directory such as /mnt"},
    {"DEVICE", device_like, "a device such as /dev/vg1/echelon"},
    {"FILE", where_like, "a file such as trolls:/etc/hosts"},
    {"SIZE", size_like, "a size such as 1.5G or 200M"},
    {"OFFSET", size_like, "a place such as 0B or 64M"},
    {"START", sectors_like, "a place at a whole sector such as 0B or 8M"},
    {"LENGTH", length_like, "a length in whole sectors such as 64k"},
    {"N", number_like, "a whole number"},
    {"PERCENT", percent_like, "a share such as 40%"},
    {"TEXT", [](std::string_view) { return true; }, "a text in double quotes", true},
};

std::uint32_t number(std::string_view word) {
  std::uint32_t value = 0;
  std::from_chars(word.data(), word.data() + word.size(), value);
  return value;
}

Bytes size(std::string_view word) { return read_size(word).value_or(0); }

lvm::VolumeRef volume(std::string_view word) {
  const std::size_t slash = word.find('/');
  return {word.substr(0, slash), word.substr(slash + 1)};
}

Phrase guest_write(const Matched& words) {
  const std::string_view path = words["PATH"];
  return Step(GuestWrite{words["DOMAIN"], size(words["SIZE"]), path.empty() ? Name("/") : Name(path),
                         !words["random"].empty(), words["unflushed"].empty()});
}

Phrase host_write(const Matched& words) {
  return Step(HostWrite{words["HOST"], size(words["SIZE"]), words["DEVICE"], !words["random"].empty(),
                        size(words["OFFSET"])});
}

constexpr std::string_view kTimes = "seconds|minutes|hours|days|weeks|second|minute|hour|day|week";

Phrase pass(const Matched& words) {
  const std::string_view unit = words[kTimes];
  const std::uint64_t seconds = unit[0] == 's'   ? 1
                                : unit[0] == 'm' ? 60
                                : unit[0] == 'h' ? 3600
                                : unit[0] == 'd' ? 86400
                                                 : 604800;
  return Step(Pass{number(words["N"]) * seconds});
}

constexpr std::string_view kStates = "valid|invalid|active|inactive|present|absent";

Phrase volume_is(const Matched& words) {
  static constexpr std::pair<std::string_view, VolumeState> kNamed[] = {
      {"valid", VolumeState::valid},     {"invalid", VolumeState::invalid},
      {"active", VolumeState::active},   {"inactive", VolumeState::inactive},
      {"present", VolumeState::present}, {"absent", VolumeState::absent}};
  VolumeIs is{volume(words["VOLUME"]), VolumeState::present, words["HOST"]};
  for (const auto& [name, state] : kNamed) {
    if (name == words[kStates]) is.state = state;
  }
  return Assertion(is);
}

Phrase snapshot_uses(const Matched& words) {
  return Assertion(SnapshotUses{
      volume(words["VOLUME"]), words["most|least"] == "most",
      static_cast<double>(number(words["PERCENT"].substr(0, words["PERCENT"].size() - 1))), words["HOST"]});
}

template <DomainState State>
Phrase domain_is(const Matched& words) {
  return Assertion(DomainIs{words["DOMAIN"], State, words["HOST"]});
}

template <bool Negated>
Phrase service_runs(const Matched& words) {
  return Assertion(ServiceRuns{words["SERVICE"], words["DOMAIN"], Negated});
}

template <bool Negated>
Phrase file_exists(const Matched& words) {
  const std::string_view where = words["FILE"];
  const std::size_t colon = where.find(':');
  return Assertion(FileIs{where.substr(0, colon), where.substr(colon + 1), std::nullopt, Negated});
}

template <bool Negated>
Phrase file_contains(const Matched& words) {
  const std::string_view where = words["FILE"];
  const std::size_t colon = where.find(':');
  return Assertion(
      FileIs{where.substr(0, colon), where.substr(colon + 1), std::string(words["TEXT"]), Negated});
}

template <bool Negated>
Phrase mounted(const Matched& words) {
  return Assertion(MountedAt{words["DEVICE"], words["DIRECTORY"], words["HOST"], Negated});
}

ReplicaRef replica(std::string_view word) {
  const std::size_t slash = std::min(word.find('/'), word.size());
  ReplicaRef ref{word.substr(0, slash), std::nullopt};
  if (slash < word.size()) ref.volume = number(word.substr(slash + 1));
  return ref;
}

constexpr std::string_view kReplicaStates =
    "Primary|Secondary|UpToDate|Consistent|Outdated|Inconsistent|Diskless|Connected|StandAlone|WFConnection|"
    "WFBitMapS|WFBitMapT|SyncSource|SyncTarget|PausedSyncS|PausedSyncT|VerifyS|VerifyT|suspended";

Phrase replica_is(const Matched& words) {
  return Assertion(ReplicaIs{replica(words["RESOURCE"]), std::string(words[kReplicaStates]),
                             !words["not"].empty(), words["HOST"]});
}

Phrase out_of_sync(const Matched& words) {
  const std::string_view most = words["most|least"];
  return Assertion(
      OutOfSync{replica(words["RESOURCE"]), most != "least", size(words["SIZE"]), words["HOST"]});
}

template <SidesSay What, bool Negated>
Phrase sides_are(const Matched& words) {
  return Assertion(SidesAre{replica(words["RESOURCE"]), What, Negated});
}

template <DiskFault Fault>
Phrase disk_event(const Matched& words) {
  DiskEvent event{words["HOST"], words["DISK"], Fault};
  if (!words["LENGTH"].empty())
    event.where = Range{size(words["START"]) / kSector, size(words["LENGTH"]) / kSector};
  return Step(event);
}

// One way if it speaks of a direction; without names, every link there is.
template <LinkFault Fault, bool OneWay>
Phrase link_event(const Matched& words) {
  const std::string_view delay = words["DELAY"];
  return Step(LinkEvent{words["HOST"], words["PEER"], OneWay, Fault,
                        delay.empty() ? 0 : number(delay.substr(0, delay.size() - 2))});
}

template <bool Hangs>
Phrase host_event(const Matched& words) {
  return Step(HostEvent{words["HOST"], Hangs});
}

const RowWithMaker kRows[] = {
    {{'~', "HOST writes SIZE to DEVICE [at random] [from OFFSET]",
      "~ trolls writes 64M to /dev/vg1/scratch from 1G",
      "the host writes to a block device, past every file system"},
     host_write},
    {{'~', "DOMAIN writes SIZE to PATH [at random] [unflushed]", "~ echelon writes 1.5G to /var",
      "a guest writes a new file there, or over blocks that are there; unflushed: only into its memory"},
     guest_write},
    {{'~', "DOMAIN writes SIZE at random [to PATH] [unflushed]", "~ echelon writes 200M at random",
      "the same in blocks of 4 KiB scattered over what is there"},
     guest_write},
    {{'~', "DOMAIN upgrades SERVICE to N", "~ mercure-lenny upgrades mailman to 2",
      "the guest's program now expects that version of its data, and converts what is mounted there"},
     [](const Matched& words) -> Phrase {
       return Step(Upgrade{words["DOMAIN"], words["SERVICE"], number(words["N"])});
     }},
    {{'~', "N seconds|minutes|hours|days|weeks|second|minute|hour|day|week pass|passes", "~ 2 hours pass",
      "time: memory is written back, background work goes on, checks fall due"},
     pass},
    {{'~', "progress", "~ progress", "one quantum of background work on every host"},
     [](const Matched&) -> Phrase { return Step(Progress{false}); }},
    {{'~', "settle", "~ settle", "all background work there is"},
     [](const Matched&) -> Phrase { return Step(Progress{true}); }},

    {{'!', "HOST loses power", "! trolls loses power", "what was not on its disks is gone"},
     [](const Matched& words) -> Phrase { return Step(PowerOff{words["HOST"]}); }},
    {{'!', "HOST powers on", "! trolls powers on", "it boots from its disks"},
     [](const Matched& words) -> Phrase { return Step(PowerOn{words["HOST"]}); }},
    {{'!', "disk DISK of HOST fails [from START for LENGTH]", "! disk sda of trolls fails",
      "every access ends in an error, or every one of those sectors"},
     disk_event<DiskFault::fails>},
    {{'!', "disk DISK of HOST fails reads [from START for LENGTH]",
      "! disk sda of trolls fails reads from 8M for 64k", "only reads do"},
     disk_event<DiskFault::fails_reads>},
    {{'!', "disk DISK of HOST fails writes [from START for LENGTH]", "! disk sda of trolls fails writes",
      "only writes do"},
     disk_event<DiskFault::fails_writes>},
    {{'!', "disk DISK of HOST hangs", "! disk sda of trolls hangs",
      "what is asked of it does not end, until it is mended"},
     disk_event<DiskFault::hangs>},
    {{'!', "disk DISK of HOST caches writes", "! disk sda of trolls caches writes",
      "from now on a loss of power takes what was written to it and not flushed"},
     disk_event<DiskFault::caches_writes>},
    {{'!', "disk DISK of HOST is unplugged", "! disk sda of trolls is unplugged", "it is gone from its slot"},
     disk_event<DiskFault::unplugged>},
    {{'!', "disk DISK of HOST is plugged", "! disk sda of trolls is plugged",
      "it is back, under another name if what used it still does"},
     disk_event<DiskFault::plugged>},
    {{'!', "disk DISK of HOST is mended", "! disk sda of trolls is mended", "it works again"},
     disk_event<DiskFault::mended>},
    {{'!', "HOST hangs", "! trolls hangs", "it has power and answers nobody"}, host_event<true>},
    {{'!', "HOST goes on", "! trolls goes on", "it goes on where it stopped"}, host_event<false>},
    {{'!', "the link [between HOST and PEER] is cut", "! the link is cut",
      "nothing gets through; without names, between any two hosts"},
     link_event<LinkFault::cut, false>},
    {{'!', "the link from HOST to PEER is cut", "! the link from trolls to galaad is cut",
      "nothing gets through in that direction"},
     link_event<LinkFault::cut, true>},
    {{'!', "the link [between HOST and PEER] is slowed by DELAY", "! the link is slowed by 200ms",
      "packets take that long, in each direction"},
     link_event<LinkFault::slowed, false>},
    {{'!', "the link from HOST to PEER is slowed by DELAY",
      "! the link from trolls to galaad is slowed by 200ms", "packets take that long in that direction"},
     link_event<LinkFault::slowed, true>},
    {{'!', "the link [between HOST and PEER] loses large packets", "! the link loses large packets",
      "small ones pass: somewhere on the way the MTU is wrong"},
     link_event<LinkFault::loses_large, false>},
    {{'!', "the link from HOST to PEER loses large packets",
      "! the link from trolls to galaad loses large packets", "small ones pass, in that direction"},
     link_event<LinkFault::loses_large, true>},
    {{'!', "the link [between HOST and PEER] is healed", "! the link is healed", "whole and quick again"},
     link_event<LinkFault::healed, false>},
    {{'!', "the link from HOST to PEER is healed", "! the link from trolls to galaad is healed",
      "whole and quick again in that direction"},
     link_event<LinkFault::healed, true>},

    {{'?', "VOLUME is valid|invalid|active|inactive|present|absent [on HOST]", "? vg1/echelon_etch is valid",
      "the state of a volume; valid and invalid speak of snapshots"},
     volume_is},
    {{'?', "VOLUME uses at most|least PERCENT [on HOST]", "? vg1/echelon_etch uses at most 40%",
      "how much of a snapshot's room is taken"},
     snapshot_uses},
    {{'?', "GROUP has at least SIZE free [on HOST]", "? vg1 has at least 2G free", "room in a volume group"},
     [](const Matched& words) -> Phrase {
       return Assertion(GroupHasFree{words["GROUP"], size(words["SIZE"]), words["HOST"]});
     }},
    {{'?', "DOMAIN runs [on HOST]", "? echelon runs on perceval", "a domain that exists and is not paused"},
     domain_is<DomainState::runs>},
    {{'?', "DOMAIN is paused [on HOST]", "? echelon is paused", "a domain that exists and is paused"},
     domain_is<DomainState::paused>},
    {{'?', "DOMAIN does not run [on HOST]", "? echelon does not run on galaad", "there is no such domain"},
     domain_is<DomainState::absent>},
    {{'?', "SERVICE of DOMAIN runs", "? mailman of mercure runs", "a service of a running domain"},
     service_runs<false>},
    {{'?', "SERVICE of DOMAIN does not run", "? mailman of mercure does not run",
      "it was stopped, or did not start"},
     service_runs<true>},
    {{'?', "FILE exists", "? trolls:/etc/xen/echelon.cfg exists", "a file of a host or of a running domain"},
     file_exists<false>},
    {{'?', "FILE does not exist", "? echelon:/etc/nologin does not exist", "there is none"},
     file_exists<true>},
    {{'?', "FILE contains TEXT", "? trolls:/etc/hosts contains \"192.168.1.12\"",
      "the text is somewhere in the file"},
     file_contains<false>},
    {{'?', "FILE does not contain TEXT", "? trolls:/etc/fstab does not contain \"vg0\"",
      "the file is there, without the text"},
     file_contains<true>},
    {{'?', "DEVICE is mounted [at DIRECTORY] [on HOST]", "? /dev/vg1/echelon is mounted at /mnt on trolls",
      "by a host's own kernel"},
     mounted<false>},
    {{'?', "DEVICE is not mounted [at DIRECTORY] [on HOST]", "? /dev/vg1/echelon is not mounted",
      "by no host's kernel"},
     mounted<true>},
    {{'?', "HOST is up", "? trolls is up", "it has power"},
     [](const Matched& words) -> Phrase {
       return Assertion(HostIs{words["HOST"], true});
     }},
    {{'?', "HOST is down", "? trolls is down", "it has none"},
     [](const Matched& words) -> Phrase {
       return Assertion(HostIs{words["HOST"], false});
     }},
    {{'?',
      "RESOURCE is [not] "
      "Primary|Secondary|UpToDate|Consistent|Outdated|Inconsistent|Diskless|Connected|StandAlone|"
      "WFConnection|"
      "WFBitMapS|WFBitMapT|SyncSource|SyncTarget|PausedSyncS|PausedSyncT|VerifyS|VerifyT|suspended [on HOST]",
      "? r0 is UpToDate on alpha",
      "a replicated device by DRBD's words: the role, disk or connection of that side, or its IO suspended"},
     replica_is},
    {{'?', "RESOURCE has nothing out of sync [on HOST]", "? r0 has nothing out of sync",
      "by the bitmap of that host, or of every host"},
     out_of_sync},
    {{'?', "RESOURCE has at most|least SIZE out of sync [on HOST]",
      "? r0 has at least 2M out of sync on alpha", "the same with an amount"},
     out_of_sync},
    {{'?', "RESOURCE is the same on both sides", "? r0 is the same on both sides",
      "what lies on both disks is compared, whatever DRBD says of them"},
     sides_are<SidesSay::same, false>},
    {{'?', "RESOURCE is not the same on both sides", "? r0 is not the same on both sides",
      "the disks differ, be it in blocks that are marked or not"},
     sides_are<SidesSay::same, true>},
    {{'?', "RESOURCE has a split brain", "? r0 has a split brain",
      "by the generation identifiers on its disks both sides have gone on alone"},
     sides_are<SidesSay::parted, false>},
    {{'?', "RESOURCE has no split brain", "? r0 has no split brain",
      "their identifiers tell which of them is newer, or that they are alike"},
     sides_are<SidesSay::parted, true>},
    {{'?', "no write of WRITER is lost", "? no write of echelon is lost",
      "no finding so far tells of acknowledged writes of it that cannot be read any more"},
     [](const Matched& words) -> Phrase { return Assertion(NothingLost{words["WRITER"]}); }},
};

}  // namespace

std::span<const RowWithMaker> phrase_rows() { return kRows; }

std::span<const PhraseRow> phrase_table() {
  static const std::vector<PhraseRow> rows = [] {
    std::vector<PhraseRow> all;
    for (const RowWithMaker& row : kRows) all.push_back(row.row);
    return all;
  }();
  return rows;
}

const Slot* slot_named(std::string_view name) {
  for (const Slot& slot : kSlots) {
    if (slot.name == name) return &slot;
  }
  return nullptr;
}

}  // namespace rehearse
