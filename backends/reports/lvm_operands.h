// What the words behind a reporting command choose: volumes and whole groups, groups, or devices. What cannot
// be found is said on standard error and makes the command fail, but the rest is shown.
#pragma once

#include <string>
#include <vector>

#include "model/lvm/observe.h"
#include "model/report.h"
#include "model/world.h"

namespace rehearse::reports {

inline constexpr int kFailed = 5;   // ECMD_FAILED
inline constexpr int kMisused = 3;  // EINVALID_CMD_LINE

/// The volumes of a group in the order of its description: new ones come last.
std::vector<const lvm::VolumeRow*> volumes_of(const lvm::Observed& all, Name group);

/// Without names all are chosen, hidden volumes only with `hidden`.
std::vector<const lvm::VolumeRow*> chosen_volumes(const lvm::Observed&, const std::vector<std::string>& names,
                                                  bool hidden, Report&);
std::vector<const lvm::GroupRow*> chosen_groups(const lvm::Observed&, const std::vector<std::string>& names,
                                                Report&);
/// Without names, devices that are no physical volumes only with `all`.
std::vector<const lvm::PvRow*> chosen_pvs(const World&, Name host, const lvm::Observed&,
                                          const std::vector<std::string>& names, bool all, Report&);

}  // namespace rehearse::reports
