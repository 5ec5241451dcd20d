// What libblkid says of a device, tag by tag in its own order.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "model/world.h"

namespace rehearse::reports {

struct ProbeTag {
  std::string name;  // "LABEL"
  std::string value;
  bool only_probed = false;  // shown by `blkid -p` alone
  bool operator==(const ProbeTag&) const = default;
};

/// Empty if nothing is found there.
std::vector<ProbeTag> probe_tags(const World&, Name host, Name device);
/// The value of a tag, or nothing.
std::string tag_value(const std::vector<ProbeTag>& tags, std::string_view name);

/// LVM's own layers ("-real", "-cow"), which are nobody's to use.
bool internal_device(const Device& device);

}  // namespace rehearse::reports
