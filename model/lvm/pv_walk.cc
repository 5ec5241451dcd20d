#include "model/lvm/pv_walk.h"

#include "model/lvm/label.h"
#include "model/lvm/volume_checks.h"
#include "model/lvm/warnings.h"

namespace rehearse::lvm {
namespace {

class Walk {
 public:
  Walk(Attempt& attempt, bool all, const std::function<void(const PvTarget&)>& visit)
      : attempt_(attempt), all_(all), visit_(visit) {}

  void operator()(const std::vector<Name>& paths, Name group) {
    find(paths);
    if (group.empty()) {
      for (const FoundGroup& found : groups_as_met(attempt_.world, attempt_.host)) walk(found);
      for (const FoundPv& pv : find_pvs(attempt_.world, attempt_.host)) {
        if (!pv.group && take(pv.device)) visit_({pv.device, {}});
      }
    } else if (const auto found = find_group(attempt_.world, attempt_.host, group)) {
      walk(*found);
    } else {
      attempt_.complain(no_group(group));
    }
    for (const Name device : wanted_) attempt_.complain({Refusal::pv_not_found, path_of(device)});
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

  void walk(const FoundGroup& found) {
    warn(found, attempt_.report);
    const Name group = found.group->name;
    if (found.partial() && !found.group->exported) return attempt_.complain(refuse_change(found));
    for (const FoundPv& pv : found.pvs) {
      const bool named = std::find(wanted_.begin(), wanted_.end(), pv.device) != wanted_.end();
      if (!take(pv.device)) continue;
      if (!found.group->exported) {
        visit_({pv.device, group});
      } else if (named) {
        attempt_.complain({Refusal::pv_exported, path_of(pv.device), group});
      }
    }
  }

  Attempt& attempt_;
  bool all_;
  const std::function<void(const PvTarget&)>& visit_;
  std::vector<Name> wanted_;
};

}  // namespace

void walk_pvs(Attempt& attempt, const std::vector<Name>& paths, bool all,
              const std::function<void(const PvTarget&)>& visit, Name group) {
  Walk(attempt, all, visit)(paths, group);
}

}  // namespace rehearse::lvm
