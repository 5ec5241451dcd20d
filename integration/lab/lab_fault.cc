// Faults of a lab's script: read, written, and made so.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "integration/lab/lab_script.h"
#include "scenarios/phrase.h"

namespace rehearse {
namespace {

using Kind = LabFault::Kind;

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (end > 0) words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

DiskErrors errors_of(const std::string& kind) { return {kind != "write", kind != "read"}; }

// "kill alpha", "fail alpha vdb write": as recordings have it.
std::optional<LabFault> read_short(const std::vector<std::string>& words) {
  struct Form {
    Kind kind;
    std::size_t words;
  };
  static const std::map<std::string, Form> kForms = {
      {"kill", {Kind::power_off, 2}}, {"boot", {Kind::power_on, 2}}, {"unplug", {Kind::unplug, 3}},
      {"plug", {Kind::plug, 3}},      {"fail", {Kind::fail, 4}},     {"mend", {Kind::mend, 3}},
      {"cut", {Kind::cut, 1}},        {"heal", {Kind::heal, 1}}};
  const auto form = words.empty() ? kForms.end() : kForms.find(words[0]);
  if (form == kForms.end() || form->second.words != words.size()) return std::nullopt;
  LabFault fault;
  fault.kind = form->second.kind;
  if (words.size() > 1) fault.guest = words[1];
  if (words.size() > 2) fault.disk = words[2];
  if (words.size() > 3) {
    if (words[3] != "read" && words[3] != "write" && words[3] != "both") return std::nullopt;
    fault.errors = errors_of(words[3]);
  }
  return fault;
}

std::optional<std::uint64_t> number_of(const std::string& text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// "disk vda of alpha tears writes by seed 7".
std::optional<LabFault> read_disk_sentence(const std::vector<std::string>& words) {
  if (words.size() < 5 || words[0] != "disk" || words[2] != "of") return std::nullopt;
  LabFault fault;
  fault.disk = words[1];
  fault.guest = words[3];
  const std::vector<std::string> rest(words.begin() + 4, words.end());
  if (rest.size() == 5 && rest[0] == "tears" && rest[1] == "writes" && rest[2] == "by" && rest[3] == "seed") {
    fault.kind = Kind::tear_writes;
    const auto seed = number_of(rest[4]);
    fault.seed = seed.value_or(0);
    return seed ? std::optional(fault) : std::nullopt;
  }
  return std::nullopt;
}

// "the link is slowed to 64k per second"
std::optional<LabFault> read_rate_sentence(const std::vector<std::string>& words) {
  static const std::vector<std::string> kBegin = {"the", "link", "is", "slowed", "to"};
  if (words.size() != 8 || !std::equal(kBegin.begin(), kBegin.end(), words.begin())) return std::nullopt;
  if (words[6] != "per" || words[7] != "second") return std::nullopt;
  LabFault fault;
  fault.kind = Kind::slow;
  const auto rate = read_size(words[5]);
  if (!rate || *rate == 0) return std::nullopt;
  fault.rate = *rate;
  return fault;
}

// The largest unit that leaves a whole number.
std::string written(Bytes bytes) {
  for (const auto& [unit, size] : {std::pair{'G', kGiB}, {'M', kMiB}, {'k', kKiB}}) {
    if (bytes >= size && bytes % size == 0) return fmt::format("{}{}", bytes / size, unit);
  }
  return fmt::format("{}B", bytes);
}

std::string written_of_link(const LabFault& fault) {
  std::string words = "the link ";
  if (!fault.from.empty()) words += fmt::format("from {} to {} ", fault.from, fault.to);
  switch (fault.kind) {
    case Kind::cut:
      return words + "is cut";
    case Kind::lose_large:
      return words + "loses large packets";
    case Kind::slow:
      return fault.rate > 0 ? fmt::format("{}is slowed to {} per second", words, written(fault.rate))
                            : fmt::format("{}is slowed by {}ms", words, fault.delay.count());
    default:
      return words + "is healed";
  }
}

std::string written(const LabFault& fault) {
  std::string errors = "fails";
  if (!fault.errors.writes) errors += " reads";
  if (!fault.errors.reads) errors += " writes";
  if (const auto& where = fault.errors.where) {
    errors +=
        fmt::format(" from {} for {}", written(where->first * kSector), written(where->count * kSector));
  }
  switch (fault.kind) {
    case Kind::unplug:
      return "is unplugged";
    case Kind::plug:
      return "is plugged";
    case Kind::mend:
      return "is mended";
    case Kind::hang:
      return "hangs";
    case Kind::cache_writes:
      return "caches writes";
    case Kind::tear_writes:
      return fmt::format("tears writes by seed {}", fault.seed);
    default:
      return errors;
  }
}

// The lab's link is the one between its two guests.
LabFault fault_of(const LinkEvent& link) {
  LabFault fault;
  if (link.one_way) {
    fault.from = link.from.str();
    fault.to = link.to.str();
  }
  fault.delay = std::chrono::milliseconds(link.delay_ms);
  fault.kind = link.fault == LinkFault::cut           ? Kind::cut
               : link.fault == LinkFault::slowed      ? Kind::slow
               : link.fault == LinkFault::loses_large ? Kind::lose_large
                                                      : Kind::heal;
  return fault;
}

Done inflict_on_link(Lab& lab, const LabFault& fault) {
  if (fault.kind == Kind::heal) return lab.heal(fault.from);
  if (fault.kind == Kind::cut && fault.from.empty()) return lab.cut();
  for (const std::string& guest : lab.guests()) {
    if (!fault.from.empty() && guest != fault.from) continue;
    LinkWay way = lab.way(guest);
    if (fault.kind == Kind::cut) way.cut = true;
    if (fault.kind == Kind::lose_large) way.loses_large = true;
    if (fault.kind == Kind::slow && fault.rate > 0) way.rate = fault.rate;
    if (fault.kind == Kind::slow && fault.rate == 0) way.delay = fault.delay;
    if (Done failed = lab.set_way(guest, way)) return failed;
  }
  return std::nullopt;
}

}  // namespace

std::optional<LabFault> lab_fault_of(const Step& step) {
  LabFault fault;
  if (const auto* off = std::get_if<PowerOff>(&step)) {
    fault.guest = off->host.str();
    return fault;
  }
  if (const auto* on = std::get_if<PowerOn>(&step)) {
    fault.kind = Kind::power_on;
    fault.guest = on->host.str();
    return fault;
  }
  if (const auto* host = std::get_if<HostEvent>(&step)) {
    fault.kind = host->hangs ? Kind::stop : Kind::go_on;
    fault.guest = host->host.str();
    return fault;
  }
  if (const auto* link = std::get_if<LinkEvent>(&step)) return fault_of(*link);
  const auto* event = std::get_if<DiskEvent>(&step);
  if (event == nullptr) return std::nullopt;
  fault.guest = event->host.str();
  fault.disk = event->disk.str();
  fault.kind = Kind::fail;
  switch (event->fault) {
    case DiskFault::unplugged:
      fault.kind = Kind::unplug;
      break;
    case DiskFault::plugged:
      fault.kind = Kind::plug;
      break;
    case DiskFault::mended:
      fault.kind = Kind::mend;
      break;
    case DiskFault::fails_reads:
      fault.errors = errors_of("read");
      break;
    case DiskFault::fails_writes:
      fault.errors = errors_of("write");
      break;
    case DiskFault::fails:
      break;
    case DiskFault::hangs:
      fault.kind = Kind::hang;
      break;
    case DiskFault::caches_writes:
      fault.kind = Kind::cache_writes;
      break;
  }
  if (fault.kind == Kind::fail) fault.errors.where = event->where;
  return fault;
}

std::string words_of(const LabFault& fault) {
  switch (fault.kind) {
    case Kind::power_off:
      return fault.guest + " loses power";
    case Kind::power_on:
      return fault.guest + " powers on";
    case Kind::stop:
      return fault.guest + " hangs";
    case Kind::go_on:
      return fault.guest + " goes on";
    case Kind::cut:
    case Kind::slow:
    case Kind::lose_large:
    case Kind::heal:
      return written_of_link(fault);
    default:
      return fmt::format("disk {} of {} {}", fault.disk, fault.guest, written(fault));
  }
}

std::optional<LabFault> read_lab_fault(std::string_view text, const std::set<std::string>& guests) {
  const std::vector<std::string> words = words_of(text);
  std::optional<LabFault> fault = read_short(words);
  if (!fault) fault = read_rate_sentence(words);
  if (!fault) fault = read_disk_sentence(words);
  if (!fault) {
    const auto phrase = read_phrase("! " + std::string(text));
    const auto* said = std::get_if<Phrase>(&phrase);
    const auto* step = said != nullptr ? std::get_if<Step>(said) : nullptr;
    if (step != nullptr) fault = lab_fault_of(*step);
  }
  if (!fault) return std::nullopt;
  for (const std::string& named : {fault->guest, fault->from, fault->to}) {
    if (!named.empty() && !guests.contains(named)) return std::nullopt;
  }
  return fault;
}

std::string_view lab_fault_help() {
  return "besides the faults of `rehearse list phrases`: `! disk DISK of GUEST tears writes by seed N`, `! "
         "the link is slowed to SIZE per second`";
}

Done inflict(Lab& lab, const LabFault& fault, std::string* name) {
  switch (fault.kind) {
    case Kind::power_off:
      return lab.kill(fault.guest);
    case Kind::power_on:
      return lab.boot(fault.guest);
    case Kind::unplug:
      return lab.unplug(fault.guest, fault.disk);
    case Kind::plug: {
      const auto plugged = lab.plug(fault.guest, fault.disk);
      if (const auto* failed = std::get_if<LabFailure>(&plugged)) return *failed;
      const auto& called = std::get<std::string>(plugged);
      if (name != nullptr) *name = called;
      return std::nullopt;
    }
    case Kind::fail:
      return lab.fail(fault.guest, fault.disk, fault.errors);
    case Kind::mend:
      if (Done failed = lab.release(fault.guest, fault.disk)) return failed;
      return lab.mend(fault.guest, fault.disk);
    case Kind::hang:
      return lab.hang(fault.guest, fault.disk);
    case Kind::cache_writes:
      return lab.cache_writes(fault.guest, fault.disk);
    case Kind::tear_writes:
      return lab.cache_writes(fault.guest, fault.disk, fault.seed);
    case Kind::stop:
      return lab.stop(fault.guest);
    case Kind::go_on:
      return lab.go_on(fault.guest);
    case Kind::cut:
    case Kind::slow:
    case Kind::lose_large:
    case Kind::heal:
      return inflict_on_link(lab, fault);
  }
  return std::nullopt;
}

}  // namespace rehearse
