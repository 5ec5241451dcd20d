// What the module's netlink calls do: one function for each verb of drbdsetup, with the kernel's own checks
// in its own order (drbd_nl.c). They return its numbers; drbdsetup has the words for them. What the kernel
// logs is in the report, with the host it is said on.
#pragma once

#include <optional>
#include <string>

#include "model/drbd/kernel.h"
#include "model/report.h"
#include "model/world.h"

namespace rehearse::drbd {

/// drbd.h enum drbd_state_rv (below 100) and enum drbd_ret_code.
enum class Code : std::int16_t {
  unknown_error = 0,
  success = 1,
  nothing_to_do = 2,
  two_primaries = -1,
  no_up_to_date_disk = -2,
  no_local_disk = -4,
  no_remote_disk = -5,
  connected_outdates = -6,
  primary_nop = -7,
  resync_running = -8,
  already_standalone = -9,
  cw_failed_by_peer = -10,
  is_diskless = -11,
  device_in_use = -12,
  no_net_config = -13,
  no_verify_alg = -14,
  need_connection = -15,
  lower_than_outdated = -16,
  not_supported = -17,
  in_transient_state = -18,
  concurrent_st_chg = -19,
  o_vol_peer_pri = -20,
  outdate_wo_conn = -21,
  no_error = 101,
  local_addr = 102,
  peer_addr = 103,
  open_disk = 104,
  open_md_disk = 105,
  disk_not_bdev = 107,
  md_not_bdev = 108,
  disk_too_small = 111,
  md_disk_too_small = 112,
  bdclaim_disk = 114,
  bdclaim_md_disk = 115,
  md_idx_invalid = 116,
  io_md_disk = 118,
  md_invalid = 119,
  auth_alg = 120,
  auth_alg_nd = 121,
  discard_impossible = 123,
  disk_configured = 124,
  net_configured = 125,
  mandatory_tag = 126,
  minor_invalid = 127,
  intr = 129,
  resize_resync = 130,
  no_primary = 131,
  resync_after = 132,
  resync_after_cycle = 133,
  pause_is_set = 134,
  pause_is_clear = 135,
  packet_nr = 137,
  no_disk = 138,
  not_proto_c = 139,
  nomem_bitmap = 140,
  integrity_alg = 141,
  verify_alg = 146,
  csums_alg = 144,
  csums_while_resyncing = 148,
  verify_while_verifying = 149,
  data_not_current = 150,
  connected = 151,
  perm = 152,
  need_apv_93 = 153,
  stonith_and_prot_a = 154,
  cong_not_proto_a = 155,
  pic_after_dep = 156,
  pic_peer_dep = 157,
  res_not_known = 158,
  res_in_use = 159,
  minor_configured = 160,
  minor_or_volume_exists = 161,
  invalid_request = 162,
  need_apv_100 = 163,
  need_allow_two_pri = 164,
  md_unclean = 165,
  md_layout_connected = 166,
  md_layout_too_big = 167,
  md_layout_too_small = 168,
  md_layout_no_fit = 169,
  implicit_shrink = 170,
};

/// How a call ends: the kernel's number and the text that it attaches ("unknown minor").
struct Answer {
  Code code = Code::no_error;
  std::string info;
  bool never_ends = false;  // the call sleeps until something else happens; drbdadm gives up on it

  /// Whether drbdsetup is silent and returns 0.
  bool ok() const {
    return !never_ends && (code == Code::no_error || static_cast<int>(code) > 0) &&
           static_cast<int>(code) <= 101;
  }
  bool operator==(const Answer&) const = default;
};

Answer new_resource(World&, Name host, Name resource, const ResourceOptions&, Report&);
Answer resource_options(World&, Name host, Name resource, const ResourceOptions&, Report&);
Answer new_minor(World&, Name host, Name resource, std::uint32_t minor, std::uint32_t volume, Report&);
Answer del_minor(World&, Name host, std::uint32_t minor, Report&);
Answer del_resource(World&, Name host, Name resource, Report&);

struct AttachWith {
  Name disk;  // "/dev/vda"
  Name meta;  // the same if internal
  int index = kInternal;
  DiskOptions options;
};
Answer attach(World&, Name host, std::uint32_t minor, const AttachWith&, Report&);
Answer detach(World&, Name host, std::uint32_t minor, bool force, Report&);
Answer disk_options(World&, Name host, std::uint32_t minor, const DiskOptions&, Report&);

struct ConnectWith {
  Name local;  // "ipv4:10.0.0.1:7788"
  Name peer;
  NetOptions options;
  bool discard_my_data = false;
  bool tentative = false;
};
Answer connect(World&, Name host, Name resource, const ConnectWith&, Report&);
Answer disconnect(World&, Name host, Name local, Name peer, bool force, Report&);
Answer net_options(World&, Name host, Name local, Name peer, const NetOptions&, Report&);

Answer primary(World&, Name host, std::uint32_t minor, bool force, Report&);
Answer secondary(World&, Name host, std::uint32_t minor, Report&);
Answer down(World&, Name host, Name resource, Report&);

Answer invalidate(World&, Name host, std::uint32_t minor, Report&);
Answer invalidate_remote(World&, Name host, std::uint32_t minor, Report&);
Answer outdate(World&, Name host, std::uint32_t minor, Report&);
Answer verify(World&, Name host, std::uint32_t minor, std::optional<Sectors> start,
              std::optional<Sectors> stop, Report&);
Answer pause_sync(World&, Name host, std::uint32_t minor, Report&);
Answer resume_sync(World&, Name host, std::uint32_t minor, Report&);
Answer suspend_io(World&, Name host, std::uint32_t minor, Report&);
Answer resume_io(World&, Name host, std::uint32_t minor, Report&);
Answer new_current_uuid(World&, Name host, std::uint32_t minor, bool clear_bitmap, Report&);

struct ResizeWith {
  std::optional<Sectors> size;  // --size; 0: all there is
  bool assume_peer_has_space = false;
  bool assume_clean = false;
  std::optional<std::uint32_t> al_stripes = {};
  std::optional<std::uint32_t> al_stripe_kib = {};
};
Answer resize(World&, Name host, std::uint32_t minor, const ResizeWith&, Report&);

/// What wait-connect and wait-sync would return at once: 0, 5 for a timeout, or nothing if they would wait
/// for ever.
enum class Wait : std::uint8_t { connect, sync };
std::optional<int> wait_for(const World&, Name host, std::uint32_t minor, Wait what, bool with_timeout,
                            bool wait_after_sb);

/// modprobe drbd, and rmmod: false while there are resources.
void load_module(World&, Name host, Report&);
bool unload_module(World&, Name host);

}  // namespace rehearse::drbd
