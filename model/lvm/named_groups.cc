#include "model/lvm/named_groups.h"

#include "model/lvm/volume_checks.h"
#include "model/lvm/warnings.h"

namespace rehearse::lvm {
namespace {

Refused refuse_reading(const FoundGroup& found, Reading reading) {
  const Name name = found.group->name;
  if (found.group->exported && reading != Reading::exported_too) return {Refusal::group_exported, name};
  if (found.partial() && reading != Reading::to_use) return {Refusal::group_missing_pvs, name};
  return {};
}

}  // namespace

void each_group(Attempt& attempt, const std::vector<GroupRef>& named, const char* command, Reading reading,
                const std::function<void(const FoundGroup&)>& visit) {
  std::vector<Name> names;
  for (const GroupRef& ref : named) {
    if (ref.name.empty() || ref.name.str().find('/') != std::string::npos) {
      return attempt.complain({Refusal::group_name_not_valid, ref.name, command});
    }
    if (std::find(names.begin(), names.end(), ref.name) == names.end()) names.push_back(ref.name);
  }
  const bool all = named.empty();
  if (all) {
    for (const FoundGroup& found : groups_as_met(attempt.world, attempt.host))
      names.push_back(found.group->name);
  }
  for (const Name name : names) {
    const auto found = find_group(attempt.world, attempt.host, name);
    if (!found) {
      attempt.complain(no_group(name));
      continue;
    }
    warn(*found, attempt.report);
    const Refused refused = refuse_reading(*found, reading);
    if (!refused) {
      visit(*found);
    } else if (!all || refused.why != Refusal::group_exported) {
      attempt.complain(refused);
    }
  }
}

}  // namespace rehearse::lvm
