// What can be configured of a resource and takes effect or is shown, with the kernel's own defaults
// (include/linux/drbd_limits.h), which the manual pages state wrongly here and there.
#pragma once

#include "model/hash.h"
#include "model/units.h"

namespace rehearse::drbd {

enum class OnIoError : std::uint8_t { pass_on, call_local_io_error, detach };
enum class Fencing : std::uint8_t { dont_care, resource_only, resource_and_stonith };
enum class Protocol : std::uint8_t { a = 1, b = 2, c = 3 };
enum class OnNoData : std::uint8_t { io_error, suspend_io };
enum class OnCongestion : std::uint8_t { block, pull_ahead, disconnect };

/// What to do about a split brain (drbd.h enum drbd_after_sb_p; the names are those of drbd.conf). The same
/// values serve after-sb-0pri, -1pri, -2pri and rr-conflict, each of which takes only some.
enum class AfterSb : std::uint8_t {
  disconnect,
  discard_younger_primary,
  discard_older_primary,
  discard_zero_changes,
  discard_least_changes,
  discard_local,
  discard_remote,
  consensus,
  discard_secondary,
  call_pri_lost_after_sb,  // of rr-conflict: call-pri-lost
  violently_as0p,          // of rr-conflict: violently
};

struct DiskOptions {
  OnIoError on_io_error = OnIoError::detach;
  Fencing fencing = Fencing::dont_care;
  bool disk_barrier = false;
  bool disk_flushes = true;
  bool disk_drain = true;
  bool md_flushes = true;
  std::uint32_t resync_rate = 250;  // KiB/s
  std::int64_t resync_after = -1;   // a minor, or none
  std::uint32_t al_extents = 1237;
  bool al_updates = true;
  std::uint32_t c_plan_ahead = 20;    // 0.1 s
  std::uint32_t c_delay_target = 10;  // 0.1 s
  std::uint32_t c_fill_target = 100;  // sectors
  std::uint32_t c_max_rate = 102400;  // KiB/s
  std::uint32_t c_min_rate = 250;     // KiB/s
  std::uint32_t disk_timeout = 0;     // 0.1 s; 0: none
  Sectors size = 0;                   // 0: all there is
  // Without effect here.
  std::uint32_t max_bio_bvecs = 0;
  bool discard_zeroes_if_aligned = true;
  bool disable_write_same = false;
  Name read_balancing = "prefer-local";
  std::uint32_t rs_discard_granularity = 0;
  friend auto fields(const DiskOptions& options) {
    const auto& [on_io_error, fencing, disk_barrier, disk_flushes, disk_drain, md_flushes, resync_rate,
                 resync_after, al_extents, al_updates, c_plan_ahead, c_delay_target, c_fill_target,
                 c_max_rate, c_min_rate, disk_timeout, size, max_bio_bvecs, discard_zeroes_if_aligned,
                 disable_write_same, read_balancing, rs_discard_granularity] = options;
    return std::tie(on_io_error, fencing, disk_barrier, disk_flushes, disk_drain, md_flushes, resync_rate,
                    resync_after, al_extents, al_updates, c_plan_ahead, c_delay_target, c_fill_target,
                    c_max_rate, c_min_rate, disk_timeout, size, max_bio_bvecs, discard_zeroes_if_aligned,
                    disable_write_same, read_balancing, rs_discard_granularity);
  }
  bool operator==(const DiskOptions&) const = default;
};

struct NetOptions {
  Protocol protocol = Protocol::c;
  std::uint32_t timeout = 60;      // 0.1 s
  std::uint32_t connect_int = 10;  // s
  std::uint32_t ping_int = 10;     // s
  std::uint32_t ping_timeout = 5;  // 0.1 s
  std::uint32_t ko_count = 7;
  std::uint32_t max_buffers = 2048;
  std::uint32_t max_epoch_size = 2048;
  bool allow_two_primaries = false;
  AfterSb after_sb_0pri = AfterSb::disconnect;
  AfterSb after_sb_1pri = AfterSb::disconnect;
  AfterSb after_sb_2pri = AfterSb::disconnect;
  bool always_asbp = false;
  AfterSb rr_conflict = AfterSb::disconnect;
  Name cram_hmac_alg;
  Name shared_secret;
  Name data_integrity_alg;
  Name verify_alg;
  Name csums_alg;
  bool use_rle = true;
  OnCongestion on_congestion = OnCongestion::block;
  std::uint32_t congestion_fill = 0;  // sectors
  std::uint32_t congestion_extents = 1237;
  // Without effect here.
  std::uint32_t unplug_watermark = 128;
  std::uint32_t sndbuf_size = 0;
  std::uint32_t rcvbuf_size = 0;
  bool tcp_cork = true;
  bool csums_after_crash_only = false;
  std::uint32_t socket_check_timeout = 0;  // 0.1 s; 0: ping-timeout
  friend auto fields(const NetOptions& options) {
    const auto& [protocol, timeout, connect_int, ping_int, ping_timeout, ko_count, max_buffers,
                 max_epoch_size, allow_two_primaries, after_sb_0pri, after_sb_1pri, after_sb_2pri,
                 always_asbp, rr_conflict, cram_hmac_alg, shared_secret, data_integrity_alg, verify_alg,
                 csums_alg, use_rle, on_congestion, congestion_fill, congestion_extents, unplug_watermark,
                 sndbuf_size, rcvbuf_size, tcp_cork, csums_after_crash_only, socket_check_timeout] = options;
    return std::tie(protocol, timeout, connect_int, ping_int, ping_timeout, ko_count, max_buffers,
                    max_epoch_size, allow_two_primaries, after_sb_0pri, after_sb_1pri, after_sb_2pri,
                    always_asbp, rr_conflict, cram_hmac_alg, shared_secret, data_integrity_alg, verify_alg,
                    csums_alg, use_rle, on_congestion, congestion_fill, congestion_extents, unplug_watermark,
                    sndbuf_size, rcvbuf_size, tcp_cork, csums_after_crash_only, socket_check_timeout);
  }
  bool operator==(const NetOptions&) const = default;
};

struct ResourceOptions {
  OnNoData on_no_data_accessible = OnNoData::io_error;
  Name cpu_mask;
  friend auto fields(const ResourceOptions& options) {
    const auto& [on_no_data_accessible, cpu_mask] = options;
    return std::tie(on_no_data_accessible, cpu_mask);
  }
  bool operator==(const ResourceOptions&) const = default;
};

}  // namespace rehearse::drbd
