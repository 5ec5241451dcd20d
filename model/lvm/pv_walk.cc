#include "model/lvm/pv_walk.h"

#include "model/lvm/label.h"
#include "model/lvm/volume_checks.h"
#include "model/lvm/warnings.h"

namespace rehearse::lvm {
namespace {

class Walk {
 public:
  Walk(Attempt& attempt, bool all) : attempt_(attempt), all_(all) {}

  std::vector<PvTarget> operator()(const std::vector<Name>& paths, Name group) {
    find(paths);
    if (group.empty()) {
      for (const FoundGroup& found : groups_as_met(attempt_.world, attempt_.host)) visit(found);
      for (const FoundPv& pv : find_pvs(attempt_.world, attempt_.host)) {
        if (!pv.group && take(pv.device)) targets_.push_back({pv.device, {}});
      }
    } else if (const auto found = find_group(attempt_.world, attempt_.host, group)) {
      visit(*found);
    } else {
      attempt_.complain(no_group(group));
    }
    for (const Name device : wanted_) attempt_.complain({Refusal::pv_not_found, path_of(device)});
    return targets_;
  }

 private:
  void find(const std::vector<Name>& paths) {
    for (const Name path : paths) {
      const Operand operand = find_device(attempt_.world, attempt_.host, path);
      if (operand.refused.why == Refusal::no_device_found) {
        attempt_.complain({Refusal::device_not_usable, path, "device not found"});
      } else if (operand.refused) {
        attempt_.complain(operand.refused);
      } else {
        wanted_.push_back(operand.device);
      }
    }
  }

  bool take(Name device) { return std::erase(wanted_, device) > 0 || all_; }

  void visit(const FoundGroup& found) {
    warn(found, attempt_.report);
    const Name group = found.group->name;
    if (found.partial() && !found.group->exported) return attempt_.complain(refuse_change(found));
    for (const FoundPv& pv : found.pvs) {
      const bool named = std::find(wanted_.begin(), wanted_.end(), pv.device) != wanted_.end();
      if (!take(pv.device)) continue;
      if (!found.group->exported) {
        targets_.push_back({pv.device, group});
      } else if (named) {
        attempt_.complain({Refusal::pv_exported, path_of(pv.device), group});
      }
    }
  }

  Attempt& attempt_;
  bool all_;
  std::vector<Name> wanted_;
  std::vector<PvTarget> targets_;
};

}  // namespace

std::vector<PvTarget> walk_pvs(Attempt& attempt, const std::vector<Name>& paths, bool all, Name group) {
  return Walk(attempt, all)(paths, group);
}

}  // namespace rehearse::lvm
