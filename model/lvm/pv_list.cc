#include "model/lvm/pv_list.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>

#include "model/io.h"
#include "model/text.h"

namespace rehearse::lvm {
namespace {

bool take_number(const char*& at, std::uint64_t& value) {
  char* end = nullptr;
  errno = 0;
  const unsigned long read = std::strtoul(at, &end, 10);
  if (errno != 0 || read > UINT32_MAX) return false;
  value = read;
  at = end;
  return true;
}

// _parse_pes: ":10-20:30:40-:-5:7+3", each with its colon.
class Ranges {
 public:
  Ranges(Name device, std::uint64_t extents, std::vector<ExtentRange>& ranges)
      : device_(device), extents_(extents), ranges_(ranges) {}

  Refused operator()(const std::string& text) {
    const char* at = text.c_str();
    if (*at == '\0') return add(0, extents_ - 1);
    while (*at != '\0') {
      const Refused bad = one(at);
      if (bad) return bad;
    }
    return {};
  }

 private:
  Refused one(const char*& at) {
    const Refused unreadable{Refusal::pes_unreadable, at};
    if (*at != ':') return unreadable;
    ++at;
    if (*at == ':' || *at == '\0') return {Refusal::pes_unreadable, at};
    std::uint64_t first = 0;
    std::uint64_t last = extents_ - 1;
    if (is_digit(*at)) {
      if (!take_number(at, first)) return {Refusal::pes_unreadable, at};
      if (*at == '\0' || *at == ':') last = first;
    }
    if (*at == '-' || *at == '+') {
      const char kind = *at++;
      std::uint64_t value = 0;
      if (is_digit(*at)) {
        if (!take_number(at, value)) return {Refusal::pes_unreadable, at};
        last = kind == '-' ? value : first + (value ? value - 1 : 0);
      }
    }
    if (*at != '\0' && *at != ':') return {Refusal::pes_unreadable, at};
    if (first > last || last > extents_ - 1) return {Refusal::pes_out_of_range, first, last};
    return add(first, last);
  }

  Refused add(std::uint64_t first, std::uint64_t last) {
    for (const ExtentRange& range : ranges_) {
      if (first >= range.end() || last < range.first) continue;
      return {Refusal::pes_overlap, first, last, range.first, range.end() - 1, device_};
    }
    ranges_.push_back({first, last - first + 1});
    return {};
  }

  Name device_;
  std::uint64_t extents_;
  std::vector<ExtentRange>& ranges_;
};

const PhysicalVolume* find(const Host& host, const FoundGroup& found, const std::string& path) {
  const Name device = device_name(host, path);
  for (const FoundPv& pv : found.pvs) {
    if (pv.device == device) return found.group->pv(pv.label.uuid);
  }
  return nullptr;
}

// _create_pv_entry.
Refused add_entry(const Group& group, const PhysicalVolume& pv, const std::string& ranges,
                  std::vector<Allowed>& allowed, Report& report) {
  if (!pv.allocatable) {
    report.err("  WARNING: Physical volume {} not allocatable.", pv.device.str());
    return {};
  }
  if (free_on(group, pv.uuid).empty()) {
    report.err("  WARNING: No free extents on physical volume \"{}\".", pv.device.str());
    return {};
  }
  auto at =
      std::find_if(allowed.begin(), allowed.end(), [&](const Allowed& row) { return row.pv == pv.uuid; });
  if (at == allowed.end()) at = allowed.insert(at, Allowed{pv.uuid, {}});
  return Ranges(pv.device, pv.extents, at->ranges)(ranges);
}

}  // namespace

Refused read_pv_list(const Host& host, const FoundGroup& found, const std::vector<Name>& typed,
                     std::vector<Allowed>& allowed, Report& report) {
  const Group& group = *found.group;
  for (const Name word : typed) {
    const std::string& text = word.str();
    if (text.starts_with("@")) continue;  // a tag, which no physical volume here has
    const std::size_t colon = std::min(text.find(':'), text.size());
    const std::string path = text.substr(0, colon);
    const PhysicalVolume* pv = find(host, found, path);
    if (!pv) return {Refusal::pv_outside_group, path, group.name};
    PhysicalVolume row = *pv;
    row.device = "/dev/" + found.device_of(pv->uuid).str();
    const Refused bad = add_entry(group, row, text.substr(colon), allowed, report);
    if (bad) return bad;
  }
  if (allowed.empty()) return {Refusal::no_pv_with_space};
  return {};
}

}  // namespace rehearse::lvm
