#include "model/lvm/prepare.h"
#include "model/lvm/pv_ops.h"

namespace rehearse::lvm {
namespace {

constexpr Sectors kDefaultAlignment = 2048;
constexpr Sectors kDefaultMetadata = 2040;

// A value of an option that may be left out, or why it is none.
struct OptionalSize {
  Sectors value = 0;
  Refused bad;
};

OptionalSize read_optional(const std::optional<SizeArg>& arg, Sectors otherwise, Bytes unit,
                           const char* option, Signs signs) {
  if (!arg) return {otherwise, {}};
  const Amount amount = read(*arg, unit, option, signs);
  return {amount.value == 0 ? otherwise : amount.value, amount.bad};
}

struct CreatePlan {
  PrepareOptions options;
  Refused bad;
};

// The metadata area follows the first 4 KiB; the data begin at the next multiple of the alignment (lvm2
// lib/format_text/format-text.c _text_pv_add_metadata_area).
CreatePlan plan_of(const CreatePvs& op) {
  CreatePlan plan;
  const OptionalSize alignment =
      read_optional(op.alignment, kDefaultAlignment, kKiB, "--dataalignment", Signs::none);
  const OptionalSize metadata =
      read_optional(op.metadata_size, kDefaultMetadata, kMiB, "--metadatasize", Signs::none);
  plan.bad = alignment.bad ? alignment.bad : metadata.bad;
  if (op.size) {
    const Amount size = read(*op.size, kMiB, "--setphysicalvolumesize", Signs::unsigned_only);
    if (!plan.bad) plan.bad = size.bad;
    plan.options.size = size.value;
  }
  if (plan.bad) return plan;
  plan.options.pe_start = round_up(kMetadataAt + metadata.value, alignment.value);
  plan.options.yes = op.yes;
  plan.options.force = op.force;
  plan.options.wipe = op.yes || op.force > 0;
  return plan;
}

// What the devices would be refused for once all questions are answered.
void check_geometry(Attempt& attempt, const CreatePlan& plan, Prepared& prepared) {
  std::erase_if(prepared.create, [&](Name device) {
    const Sectors size = attempt.world.hosts.find(attempt.host)->device(device)->size;
    if (plan.options.size && *plan.options.size < kSmallestDevice) {
      attempt.complain({Refusal::pvcreate_below_minimum, path_of(device), kSmallestDevice});
      return true;
    }
    if (plan.options.pe_start <= size) return false;
    attempt.complain({Refusal::alignment_beyond_device, path_of(device)});
    return true;
  });
}

void run(Attempt& attempt, const CreatePvs& op) {
  read_all(attempt.world, attempt.host);
  const CreatePlan plan = plan_of(op);
  if (plan.bad) return attempt.complain(plan.bad);
  Prepared prepared = prepare(attempt, op.devices, plan.options);
  check_geometry(attempt, plan, prepared);
  attempt.done = !prepared.create.empty();
  write_labels(attempt, prepared, plan.options);
}

// Why the label will not go, or none.
Refused refuse_wiping(Attempt& attempt, const Operand& operand, const RemovePvs& op) {
  if (operand.refused) return operand.refused;
  const Name path = path_of(operand.device);
  const auto pv = find_pv(attempt.world, attempt.host, operand.device);
  const bool in_use = held(*attempt.world.hosts.find(attempt.host), operand.device);
  if (pv && pv->group) {
    const std::string& group = pv->group->name.str();
    if (op.force < 2) return {Refusal::pvremove_in_group, path, group};
    attempt.report.err("  WARNING: PV {} is used by VG {}.", path.str(), group);
    if (!op.yes) return {Refusal::really_wipe, path, group};
    attempt.report.err("  WARNING: Wiping physical volume label from {} of volume group \"{}\".", path.str(),
                       group);
  }
  return in_use ? Refused{Refusal::device_held, path} : Refused();
}

// With force, a device without a label is wiped as well.
void run(Attempt& attempt, const RemovePvs& op) {
  read_all(attempt.world, attempt.host);
  std::vector<Operand> operands;
  for (const Name path : op.devices) {
    Operand operand = find_device(attempt.world, attempt.host, path);
    const bool blank = !operand.refused && !find_pv(attempt.world, attempt.host, operand.device);
    if (blank && op.force == 0) {
      attempt.complain({Refusal::no_pv_on_device, path_of(operand.device)});
    } else {
      operands.push_back(std::move(operand));
    }
  }
  for (const Operand& operand : operands) {
    if (const Refused refused = refuse_wiping(attempt, operand, op)) {
      attempt.complain(refused);
      continue;
    }
    wipe_label(attempt.world, attempt.host, operand.device);
    attempt.report.out("  Labels on physical volume \"/dev/{}\" successfully wiped.", operand.device.str());
    attempt.done = true;
  }
}

}  // namespace

REHEARSE_LVM_TRIED(CreatePvs)
REHEARSE_LVM_TRIED(RemovePvs)

}  // namespace rehearse::lvm
