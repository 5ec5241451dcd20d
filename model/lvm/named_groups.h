// How commands go through groups (lvm2 tools/toollib.c process_each_vg): those that are named, in that order
// and each once, or all there are; each with its warnings, and with a complaint if it must not be changed.
#pragma once

#include <functional>

#include "model/lvm/attempt.h"
#include "model/lvm/scan.h"

namespace rehearse::lvm {

enum class Reading : std::uint8_t {
  to_use,        // missing physical volumes do not matter
  to_change,     // they do
  exported_too,  // as to_change, but an exported group is welcome
};

void each_group(Attempt&, const std::vector<GroupRef>& named, const char* command, Reading,
                const std::function<void(const FoundGroup&)>& visit);

}  // namespace rehearse::lvm
