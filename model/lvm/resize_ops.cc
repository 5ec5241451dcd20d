#include "model/lvm/resize_ops.h"

#include "model/fs/resize.h"
#include "model/lvm/activation.h"
#include "model/lvm/cow_size.h"
#include "model/lvm/pv_list.h"
#include "model/lvm/resize_size.h"
#include "model/lvm/volume_checks.h"
#include "model/lvm/warnings.h"

namespace rehearse::lvm {
namespace {

constexpr int kOnlineResize = 3;  // fsadm check of a mounted file system: it may be resized all the same

// What the three commands have in common (struct lvresize_params).
struct Request {
  const char* command = "";
  Direction direction = Direction::either;
  Signs signs = Signs::both;
  VolumeRef volume;
  std::optional<SizeArg> size;
  std::optional<ExtentsArg> extents;
  std::vector<Name> pvs;
  bool resize_fs = false;
  bool no_check = false;
  bool force = false;
  bool yes = false;
};

template <ResizeVerb verb>
Request request_of(const Resize<verb>& op) {
  Request request{.volume = op.volume, .size = op.size, .extents = op.extents, .pvs = op.pvs};
  request.resize_fs = op.resize_fs;
  request.no_check = op.no_check;
  request.force = op.force;
  request.yes = op.yes;
  request.command = verb == ResizeVerb::lvextend   ? "lvextend"
                    : verb == ResizeVerb::lvreduce ? "lvreduce"
                                                   : "lvresize";
  if (verb == ResizeVerb::lvextend) {
    request.direction = Direction::extend;
    request.signs = Signs::plus;
  } else if (verb == ResizeVerb::lvreduce) {
    request.direction = Direction::reduce;
    request.signs = Signs::minus;
  }
  return request;
}

// What is going to happen, worked out before anything is touched.
struct Plan {
  Refused why;   // refused at once
  Refused late;  // refused when extents are looked for, which is after the file system was checked
  FoundGroup found;
  ResizeSize size;
  std::vector<Segment> segments;
};

Refused refuse_no_size(const Request& request, Report& report) {
  if (request.direction != Direction::reduce) return {Refusal::no_matching_syntax, request.command};
  report.out("  lvreduce -L|--size [-]Size[m|UNIT] LV\n");
  return {Refusal::no_matching_syntax_correct, request.command};
}

// _lvresize_params: the options alone.
Refused read_options(const Request& request, ResizeSize& asked, Report& report) {
  Amount size;
  Amount extents;
  if (request.size) size = read(*request.size, kMiB, "--size", request.signs);
  if (size.bad) return size.bad;
  if (request.extents) extents = read(*request.extents, "--extents", request.signs);
  if (extents.bad) return extents.bad;
  if (!request.size && !request.extents && request.pvs.empty()) return refuse_no_size(request, report);
  const bool no_size = request.size && size.value == 0;
  if (request.extents && extents.value == 0) {
    if (no_size) report.err("  --extents may not be zero.");
    return {Refusal::may_not_be_zero, no_size ? "--size" : "--extents", request.command};
  }
  if (no_size) return {Refusal::may_not_be_zero, "--size", request.command};
  if (request.size && request.extents) return {Refusal::size_and_extents, request.command};
  asked.direction = request.direction;
  if (request.size) {
    asked.size = size.value;
    asked.sign = size.sign;
  } else if (request.extents) {
    asked.extents = static_cast<std::uint32_t>(extents.value);
    asked.sign = extents.sign;
    asked.percent = extents.percent;
  } else {  // as much as the physical volumes named have
    asked.extents = 100;
    asked.sign = Sign::plus;
    asked.percent = PercentOf::pvs;
  }
  if (request.volume.volume.empty()) return {Refusal::no_volume_path, request.command};
  return {};
}

// _lvresize_check_type and _request_confirmation.
Refused refuse_change_of(const Host& host, const Plan& plan, const Volume& volume, const Request& request,
                         Report& report) {
  const Group& group = *plan.found.group;
  const bool reducing = plan.size.direction == Direction::reduce;
  const bool is_active = active(host, group.name, volume.name);
  const std::string name = request.volume.str();
  if (group.is_origin(volume.name)) {
    if (reducing) return {Refusal::origin_not_reducible};
    if (is_active) return {Refusal::origin_resized_active};
  }
  if (reducing && !request.pvs.empty()) report.out("  Ignoring PVs on command line when reducing.");
  if (request.resize_fs) {
    if (!is_active) return {Refusal::inactive_for_resizefs, name};
    return {};
  }
  if (!reducing || !is_active) return {};
  report.err("  WARNING: Reducing active{} logical volume to {}.",
             users(host, group.name, volume.name) > 0 ? " and open" : "",
             human_size(std::uint64_t{plan.size.extents} * group.extent * kSector));
  report.err("  THIS MAY DESTROY YOUR DATA (filesystem etc.)");
  if (!request.force && !request.yes) return {Refusal::reduce_not_confirmed, name, name};
  return {};
}

// lv_extend and lv_reduce.
void find_extents(Plan& plan, const Volume& volume, const std::vector<Allowed>& from) {
  const Group& group = *plan.found.group;
  const std::uint64_t existing = volume.extents();
  const bool reducing = plan.size.direction == Direction::reduce;
  plan.segments = reducing ? cut_off(volume.segments, plan.size.extents) : volume.segments;
  if (reducing || plan.size.extents <= existing) return;
  const std::uint64_t more = plan.size.extents - existing;
  const std::uint64_t free = free_in(group, from);
  if (more > free && !plan.size.approximate) {
    plan.late = {Refusal::extents_lacking, more, free};
    return;
  }
  const Alloc policy = volume.alloc == Alloc::inherit ? group.alloc : volume.alloc;
  plan.segments = allocate(group, volume.segments, more, policy, from);
  std::uint64_t got = 0;
  for (const Segment& segment : plan.segments) got += segment.count;
  if (got == plan.size.extents || plan.size.approximate) return;
  plan.late = {Refusal::extents_unsuitable, policy == Alloc::contiguous ? "contiguous " : "", volume.name,
               plan.size.extents - got};
}

Plan plan_of(const World& world, Name host, const Request& request, Report& report) {
  Plan plan;
  plan.why = read_options(request, plan.size, report);
  if (plan.why) return plan;
  const auto found = find_group(world, host, request.volume.group);
  if (!found) {
    plan.why = no_group(request.volume.group);
    return plan;
  }
  plan.found = *found;
  const Group& group = *found->group;
  warn(*found, report);
  plan.why = refuse_change(*found);
  if (plan.why) return plan;
  const Volume* volume = group.volume(request.volume.volume);
  if (!volume) {
    plan.why = {Refusal::volume_not_in_group, request.volume.volume, group.name};
    return plan;
  }
  const Host& at = *world.hosts.find(host);
  std::vector<Allowed> from = everywhere(group);
  std::optional<std::uint64_t> pv_free;
  if (!request.pvs.empty()) {
    from.clear();
    plan.why = read_pv_list(at, *found, request.pvs, from, report);
    if (plan.why) return plan;
    pv_free = free_in(group, from);
  }
  if (volume->hidden()) plan.why = {Refusal::resize_hidden, request.volume.str()};
  if (!plan.why) plan.why = work_out(group, *volume, pv_free, request.resize_fs, plan.size, report);
  if (!plan.why) plan.why = refuse_change_of(at, plan, *volume, request, report);
  if (!plan.why) find_extents(plan, *volume, from);
  return plan;
}

Bytes size_of(const Plan& plan, std::uint64_t extents) {
  return extents * plan.found.group->extent * kSector;
}

// What lvresize -r does before it changes the volume.
Refused prepare_fs(World& world, Name host, const Plan& plan, const Request& request, Report& report) {
  const Name device = mapped_name(request.volume.group, request.volume.volume);
  if (!request.no_check) {
    const int status = fs::fsadm_check(world, host, device, request.force, report);
    if (status != 0 && status != kOnlineResize) return {Refusal::filesystem_check_failed};
  }
  if (plan.size.direction != Direction::reduce) return {};
  const int status = fs::fsadm_resize(world, host, device, size_of(plan, plan.size.extents), request.force,
                                      request.yes, report);
  if (status == 0) return {};
  report.err("  /sbin/fsadm failed: {}", status);
  return {Refusal::filesystem_resize_failed};
}

Refused refuse_request(const World& world, Name host, const Request& request, Report& report) {
  const Plan plan = plan_of(world, host, request, report);
  if (plan.why || !request.resize_fs) return plan.why ? plan.why : plan.late;
  // It is refused if nothing is changed: else it is a command that does a part, such as the check.
  World trial = world;
  Report said;
  said.muted = report.muted;
  Refused why = prepare_fs(trial, host, plan, request, said);
  if (!why) why = plan.late;
  if (!why || trial != world) return {};
  report.lines.insert(report.lines.end(), said.lines.begin(), said.lines.end());
  return why;
}

// A snapshot goes on covering what its origin was when it was taken.
// A snapshot with room for all of its origin need not be watched any more. One that is not active is not, and
// dmeventd looks for its device in vain.
void stop_watching(const World& world, Name host, const FoundGroup& found, const Volume& volume,
                   Report& report) {
  const Group& group = *found.group;
  if (!volume.snapshot || active(*world.hosts.find(host), group.name, volume.snapshot->origin)) return;
  const Volume& origin = *group.volume(volume.snapshot->origin);
  if (volume.extents() < cow_max_extents(group, origin, volume.snapshot->chunk)) return;
  report.err("  _get_device_info: {}: device not found.", dm_uuid(group.uuid, volume.uuid));
  report.err("  WARNING: Failed to unmonitor {}/{}.", group.name.str(), volume.name.str());
}

void change_size(World& world, Name host, const Plan& plan, Name name, Report& report) {
  Group group = *plan.found.group;
  Volume& volume = *group.volume(name);
  for (Volume& other : group.volumes) {
    const bool follows = other.snapshot && other.snapshot->origin == name;
    if (follows && other.snapshot->extents == 0) other.snapshot->extents = volume.extents();
  }
  volume.segments = plan.segments;
  commit(world, host, group);
  const FoundGroup now = *find_group(world, host, group.name);
  reload(world, host, now, name);
  stop_watching(world, host, now, *now.group->volume(name), report);
}

void apply_request(World& world, Name host, const Request& request, Report& report) {
  Report said_already;
  said_already.muted = true;
  const Plan plan = plan_of(world, host, request, said_already);
  Refused why = request.resize_fs ? prepare_fs(world, host, plan, request, report) : Refused();
  if (!why) why = plan.late;
  if (why) {
    report.status = row_of(why.why).status;
    report.err("{}", why.words());
    return;
  }
  const std::string name = request.volume.str();
  const std::uint64_t before = plan.found.group->volume(request.volume.volume)->extents();
  std::uint64_t after = 0;
  for (const Segment& segment : plan.segments) after += segment.count;
  if (after == before) {
    report.out("  Size of logical volume {} unchanged from {} ({} extents).", name,
               human_size(size_of(plan, before)), before);
  } else {
    report.out("  Size of logical volume {} changed from {} ({} extents) to {} ({} extents).", name,
               human_size(size_of(plan, before)), before, human_size(size_of(plan, after)), after);
    change_size(world, host, plan, request.volume.volume, report);
  }
  report.out("  Logical volume {} successfully resized.", name);
  if (!request.resize_fs || plan.size.direction != Direction::extend) return;
  const Name device = mapped_name(request.volume.group, request.volume.volume);
  const Bytes size = size_of(plan, plan.size.extents);
  const int status = fs::fsadm_resize(world, host, device, size, request.force, request.yes, report);
  if (status == 0) return;
  report.err("  /sbin/fsadm failed: {}", status);
  report.status = 5;
}

}  // namespace

Refused refuse(const World& world, Name host, const ResizeVolume& op, Report& report) {
  return refuse_request(world, host, request_of(op), report);
}
void apply(World& world, Name host, const ResizeVolume& op, Report& report) {
  apply_request(world, host, request_of(op), report);
}
Refused refuse(const World& world, Name host, const ExtendVolume& op, Report& report) {
  return refuse_request(world, host, request_of(op), report);
}
void apply(World& world, Name host, const ExtendVolume& op, Report& report) {
  apply_request(world, host, request_of(op), report);
}
Refused refuse(const World& world, Name host, const ReduceVolume& op, Report& report) {
  return refuse_request(world, host, request_of(op), report);
}
void apply(World& world, Name host, const ReduceVolume& op, Report& report) {
  apply_request(world, host, request_of(op), report);
}

Refused refuse(const World& world, Name host, const ExtendByPolicy& op, Report& report) {
  if (op.volume.volume.empty()) return {Refusal::no_volume_path, "lvextend"};
  const auto found = find_group(world, host, op.volume.group);
  if (!found) return no_group(op.volume.group);
  warn(*found, report);
  const Refused unchangeable = refuse_change(*found);
  if (unchangeable) return unchangeable;
  const Volume* volume = found->group->volume(op.volume.volume);
  if (!volume) return {Refusal::volume_not_in_group, op.volume.volume, op.volume.group};
  if (!volume->snapshot) return {Refusal::no_policy_for_volume};
  return {};
}

void apply(World&, Name, const ExtendByPolicy&, Report&) {}

}  // namespace rehearse::lvm
