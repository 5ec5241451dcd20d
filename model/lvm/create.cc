// lvcreate without -s. The order of the checks is that of tools/lvcreate.c and lv_manip.c _lv_create_an_lv.
#include "model/fs/probe.h"
#include "model/io.h"
#include "model/lvm/activation.h"
#include "model/lvm/new_volume.h"

namespace rehearse::lvm {
namespace {

// What the command line alone says about names: "-n other/w vg" and the like.
Refused read_names(const CreateVolume& op, Name& group, std::optional<Name>& name) {
  VolumeRef typed;
  name = op.name;
  if (op.name && op.name->str().find('/') != std::string::npos) {
    read_value(op.name->str(), typed);
    name = typed.volume;
  }
  GroupRef operand;
  if (!op.operands.empty()) read_value(op.operands[0].str(), operand);
  group = op.operands.empty() ? typed.group : operand.name;
  for (const char letter : group.str()) {
    if (!valid_name(std::string(1, letter)) && letter != '-' && letter != '.') {
      return {Refusal::creating_group_name_invalid, group};
    }
  }
  if (!typed.group.empty() && typed.group != group)
    return {Refusal::group_names_inconsistent, typed.group, group};
  return name ? check_new_name(*name) : Refused{};
}

Refused check_line(const CreateVolume& op, Report& report, Name& group, std::optional<Name>& name) {
  if (const Refused bad = check_words(op)) return bad;
  if (!op.size && !op.extents) return {Refusal::no_matching_syntax, "lvcreate"};
  if (op.operands.empty() && (!op.name || op.name->str().find('/') == std::string::npos)) {
    return nearest_syntax(
        "lvcreate",
        {"lvcreate --type error -L|--size Size[m|UNIT] VG", "Create an LV that returns errors when used."},
        report);
  }
  if (op.chunk) return {Refusal::option_not_accepted, "--chunksize", op.chunk->text};
  if (const Refused bad = read_names(op, group, name)) return bad;
  if (const Refused bad = check_amount(op, report)) return bad;
  return check_policy(op);
}

// Extents of a percentage, rounded down; more than there is left means what is left.
Refused count_percent(const Group& group, const Amount& amount, const std::vector<Allowed>& from,
                      Report& report, std::uint64_t& extents) {
  switch (amount.percent) {
    case PercentOf::group:
      extents = group.extents() * amount.value / 100;
      if (extents <= group.free_extents()) return {};
      extents = group.free_extents();
      report.out("  Reducing {}%VG to remaining free space {} in VG.", amount.value,
                 human_size(extents * group.extent * kSector));
      return {};
    case PercentOf::free:
      extents = group.free_extents() * amount.value / 100;
      return {};
    case PercentOf::pvs:
      extents = free_in(group, from) * amount.value / 100;
      return {};
    case PercentOf::volume:
      return {Refusal::percent_of_volume_creating};
    case PercentOf::origin:
      return {Refusal::percent_of_no_origin};
    case PercentOf::none:
      extents = amount.value;
      return {};
  }
  return {};
}

// How the volume comes up, and whether its start is made blank (lvcreate.c _read_activation_params, wipe_lv).
struct Start {
  bool active = true;
  bool zero = true;
  bool wipe = true;
};

Refused read_start(const CreateVolume& op, Start& start) {
  Activation activation = Activation::yes;
  if (op.activate) read_activation(*op.activate, activation);
  const bool skipped = op.skip && *op.skip == Name("y") && !op.ignore_skip;
  start.active = activation != Activation::no && !skipped;
  start.zero = !op.zero || *op.zero == Name("y");
  start.wipe = op.wipe ? *op.wipe == Name("y") : start.zero;
  const bool asked = (op.zero && start.zero) || (op.wipe && start.wipe && start.zero);
  std::string why;
  if (op.permission && *op.permission != Name("rw")) why += "read-only ";
  if (activation == Activation::no) why += "inactive ";
  if (activation == Activation::automatic) why += "auto activated ";
  if (skipped) why += "skipped from activation ";
  if (why.empty()) return {};
  start.zero = start.wipe = false;
  return asked ? Refused{Refusal::zero_needs_activation, why} : Refused{};
}

// wipe_lv: a signature of something else is asked about; then the first 4 KiB are zeroed.
Refused make_blank(Attempt& attempt, const CreateVolume& op, const Start& start, Name group, Name name) {
  const Name device = mapped_name(group, name);
  for (int found = 0; start.wipe && found < 16; ++found) {
    const fs::Signature signature = fs::signature_on(attempt.world, attempt.host, device);
    // A former snapshot's store is nothing that LVM asks about.
    if (signature.type.empty() || signature.type == Name("DM_snapshot_cow")) break;
    if (!op.yes) return {Refusal::signature_not_wiped, signature.type, signature.offset, group, name};
    attempt.report.out("  Wiping {} signature on /dev/{}/{}.", signature.type.str(), group.str(), name.str());
    write(attempt.world, attempt.host, device, {Run{signature.offset / kSector, 1, {}, 0, {}}});
  }
  if (start.zero) write(attempt.world, attempt.host, device, {Run{0, 8, {}, 0, {}}});
  if (!start.zero && !start.wipe) {
    attempt.report.err("  WARNING: Logical volume {}/{} not zeroed.", group.str(), name.str());
  }
  return {};
}

Refused create(Attempt& attempt, const CreateVolume& op) {
  Name group_name;
  std::optional<Name> name;
  if (const Refused bad = check_line(op, attempt.report, group_name, name)) return bad;
  FoundGroup found;
  if (const Refused bad = open_group(attempt.world, attempt.host, group_name, true, attempt.report, found))
    return bad;
  Start start;
  if (const Refused bad = read_start(op, start)) return bad;
  Group group = *found.group;
  const Amount amount = read_amount(op, group, attempt.report);
  const Host& at = *attempt.world.hosts.find(attempt.host);
  std::vector<Allowed> from;
  const std::span<const Name> pvs =
      std::span(op.operands).subspan(std::min<std::size_t>(1, op.operands.size()));
  if (const Refused bad = read_pvs(at, found, pvs, attempt.report, from)) return bad;
  std::uint64_t extents = 0;
  if (const Refused bad = count_percent(group, amount, from, attempt.report, extents)) return bad;
  if (extents == 0) return {Refusal::no_extents_asked};
  if (name && group.volume(*name)) return {Refusal::volume_exists, group.name, *name};
  Volume volume = new_volume(op, attempt, group, name);
  if (const Refused bad = find_room(group, volume, extents, amount.percent != PercentOf::none, from))
    return bad;
  if (const Refused bad = too_long(group.name, volume.name)) return bad;
  const Name made = volume.name;
  insert(group, std::move(volume));
  commit(attempt.world, attempt.host, group);
  if (start.active)
    activate(attempt.world, attempt.host, *find_group(attempt.world, attempt.host, group.name), made);
  if (const Refused bad = make_blank(attempt, op, start, group.name, made)) return bad;
  attempt.report.out("  Logical volume \"{}\" created.", made.str());
  return {};
}

void run(Attempt& attempt, const CreateVolume& op) {
  const Refused bad = create(attempt, op);
  if (bad) return attempt.complain(bad);
  attempt.done = true;
}

}  // namespace

REHEARSE_LVM_TRIED(CreateVolume)

}  // namespace rehearse::lvm
