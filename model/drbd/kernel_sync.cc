// Calls about the data: invalidate, outdate, verify, pauses, suspended IO, identifiers, sizes (drbd_nl.c).
#include "model/drbd/call.h"

namespace rehearse::drbd {

Answer invalidate(World& world, Name host, std::uint32_t minor, Report& report) {
  auto call = Call::of(world, host, minor, report);
  if (!call) return no_minor();
  if (!call->see().backing) return {Code::no_disk, {}};
  const State& state = call->see().state;
  if (state.conn == Connection::stand_alone && state.role == Role::secondary) {
    const Code rv = call->node.request(call->volume, {.disk = Disk::inconsistent});
    if (!failed(rv)) call->node.set_all_bits(call->volume);
    return {rv, {}};
  }
  return {call->node.request(call->volume, {.conn = Connection::starting_sync_t}), {}};
}

Answer invalidate_remote(World& world, Name host, std::uint32_t minor, Report& report) {
  auto call = Call::of(world, host, minor, report);
  if (!call) return no_minor();
  if (!call->see().backing) return {Code::no_disk, {}};
  const State& state = call->see().state;
  if (state.conn == Connection::stand_alone && state.role == Role::primary) {
    const Code rv = call->node.request(call->volume, {.pdsk = Disk::inconsistent});
    if (!failed(rv)) call->node.set_all_bits(call->volume, true);
    return {rv, {}};
  }
  return {call->node.request(call->volume, {.conn = Connection::starting_sync_s}), {}};
}

Answer outdate(World& world, Name host, std::uint32_t minor, Report& report) {
  auto call = Call::of(world, host, minor, report);
  if (!call) return no_minor();
  return {call->node.request(call->volume, {.disk = Disk::outdated}), {}};
}

Answer verify(World& world, Name host, std::uint32_t minor, std::optional<Sectors> start,
              std::optional<Sectors> stop, Report& report) {
  auto call = Call::of(world, host, minor, report);
  if (!call) return no_minor();
  const bool running = call->see().state.conn == Connection::verify_s;
  if (!running) {
    Device& row = call->node.device(call->volume);
    row.sync = {};
    if (start) row.sync.position = *start / kBit;
  }
  const Code rv = call->node.request(call->volume, {.conn = Connection::verify_s});
  if (call->see().state.conn == Connection::verify_s) {
    Device& row = call->node.device(call->volume);
    if (!running) row.sync.total = bits_of(row.size) - std::min(row.sync.position, bits_of(row.size));
    row.sync.stop = stop ? *stop / kBit : 0;
  }
  return {rv, {}};
}

Answer pause_sync(World& world, Name host, std::uint32_t minor, Report& report) {
  auto call = Call::of(world, host, minor, report);
  if (!call) return no_minor();
  const Code rv = call->node.request(call->volume, {.user_isp = true});
  return rv == Code::nothing_to_do ? Answer{Code::pause_is_set, {}} : Answer{};
}

Answer resume_sync(World& world, Name host, std::uint32_t minor, Report& report) {
  auto call = Call::of(world, host, minor, report);
  if (!call) return no_minor();
  if (call->node.request(call->volume, {.user_isp = false}) != Code::nothing_to_do) return {};
  const State& state = call->see().state;
  if (state.conn == Connection::paused_sync_s || state.conn == Connection::paused_sync_t) {
    if (state.aftr_isp) return {Code::pic_after_dep, {}};
    if (state.peer_isp) return {Code::pic_peer_dep, {}};
  }
  return {Code::pause_is_clear, {}};
}

Answer suspend_io(World& world, Name host, std::uint32_t minor, Report& report) {
  auto call = Call::of(world, host, minor, report);
  if (!call) return no_minor();
  return {call->node.request(call->volume, {.susp = true}), {}};
}

Answer resume_io(World& world, Name host, std::uint32_t minor, Report& report) {
  auto call = Call::of(world, host, minor, report);
  if (!call) return no_minor();
  if (call->see().flags.new_current_uuid) {
    if (call->see().backing && call->see().state.disk >= Disk::inconsistent) {
      call->node.new_current_uuid(call->volume);
    } else {
      // Without a disk there is nothing to write it to, and so no way back to this one.
      const std::uint64_t fresh = call->node.random(call->volume, 2);
      call->node.device(call->volume).exposed_uuid = fresh;
      call->node.log_of(call->volume,
                        "Resumed without access to data; please tear down before attempting to "
                        "re-configure.");
    }
    call->node.device(call->volume).flags.new_current_uuid = false;
  }
  const Code rv = call->node.request(call->volume, {.susp = false, .susp_nod = false, .susp_fen = false});
  call->node.device(call->volume).counters.waiting = 0;
  return {rv, {}};
}

// drbd_adm_new_c_uuid.
Answer new_current_uuid(World& world, Name host, std::uint32_t minor, bool clear_bitmap, Report& report) {
  auto call = Call::of(world, host, minor, report);
  if (!call) return no_minor();
  Node& node = call->node;
  const std::uint32_t volume = call->volume;
  if (!call->see().backing || call->see().state.disk < Disk::inconsistent) return {Code::no_disk, {}};
  const Connection conn = call->see().state.conn;
  const bool skip = conn == Connection::connected &&
                    call->see().backing->super.uuids.current == kJustCreated && clear_bitmap;
  if (skip) {
    node.log_of(volume, "Preparing to skip initial sync");
  } else if (conn != Connection::stand_alone) {
    return {Code::connected, {}};
  }
  node.rotate_uuid(volume, &Uuids::bitmap, 0);
  node.new_current_uuid(volume);
  if (clear_bitmap) {
    Device& row = node.device(volume);
    if (row.flags.al_suspended) node.log_of(volume, "Resumed AL updates");
    row.flags.al_suspended = false;
    row.bitmap = {};
    row.flags.bitmap_written = false;
    node.write_bitmap(volume);
    if (skip) {
      node.send_uuids(volume, kSkipInitialSync);
      node.set_uuid(volume, &Uuids::bitmap, 0);
      node.say_uuids(volume, "cleared bitmap UUID");
      node.change(volume, {.disk = Disk::up_to_date, .pdsk = Disk::up_to_date}, kVerbose);
    }
  }
  node.sync_md(volume);
  return {};
}

// drbd_adm_resize.
Answer resize(World& world, Name host, std::uint32_t minor, const ResizeWith& with, Report& report) {
  auto call = Call::of(world, host, minor, report);
  if (!call) return no_minor();
  Node& node = call->node;
  const std::uint32_t volume = call->volume;
  if (!call->see().backing || call->see().state.disk < Disk::inconsistent) return {Code::no_disk, {}};
  const State& state = call->see().state;
  if (state.conn > Connection::connected) return {Code::resize_resync, {}};
  if (state.role == Role::secondary && state.peer == Role::secondary) return {Code::no_primary, {}};
  const Superblock super = call->see().backing->super;
  const Node::NewLog log{with.al_stripes.value_or(super.al_stripes),
                         with.al_stripe_kib.value_or(super.al_stripe_kib)};
  const bool other_log = log.stripes != super.al_stripes || log.stripe_kib != super.al_stripe_kib;
  if (other_log) {
    constexpr std::uint32_t kMostKib = 16 * 1024 * 1024;
    constexpr std::uint32_t kLeastKib = 32;
    const std::uint32_t kib = log.stripes * log.stripe_kib;
    if (kib > kMostKib) return {Code::md_layout_too_big, {}};
    if (kib < kLeastKib) return {Code::md_layout_too_small, {}};
    if (state.conn != Connection::connected && !with.assume_peer_has_space)
      return {Code::md_layout_connected, {}};
  }
  node.device(volume).backing->options.size = with.size.value_or(0);  // one that is not said is lifted
  const Sectors before = call->see().size;
  const Node::Sized sized =
      node.determine_size(volume, with.assume_peer_has_space, with.assume_clean, other_log ? &log : nullptr);
  node.sync_md(volume);
  if (sized == Node::Sized::does_not_fit) return {Code::md_layout_no_fit, {}};
  if (sized == Node::Sized::would_shrink) return {Code::implicit_shrink, {}};
  node.write_bitmap(volume, false);
  if (call->see().state.conn == Connection::connected) {
    node.send_uuids(volume);
    node.send_sizes(volume, with.assume_clean);
    if (call->see().size > before && !with.assume_clean) node.resync_after_grow(volume);
  }
  return {};
}

std::optional<int> wait_for(const World& world, Name host, std::uint32_t minor, Wait what, bool with_timeout,
                            bool wait_after_sb) {
  const Part<Kernel>& kernel = world.hosts.find(host)->drbd;
  const Kernel::Found found = kernel ? kernel->minor(minor) : Kernel::Found{};
  if (!found) return 0;
  const Connection conn = found.device->state.conn;
  const bool there = what == Wait::connect ? conn >= Connection::connected : conn == Connection::connected;
  if (there || (conn == Connection::stand_alone && !wait_after_sb)) return 0;
  return with_timeout ? std::optional<int>(5) : std::nullopt;
}

}  // namespace rehearse::drbd
