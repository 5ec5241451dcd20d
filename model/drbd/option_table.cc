#include "model/drbd/option_table.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "model/drbd/config_token.h"

namespace rehearse::drbd {
namespace {

template <auto Member>
struct Of;
template <class Options, class T, T Options::*Member>
struct Of<Member> {
  using Owner = Options;
  using Value = T;
};

template <auto Member, char Unit = '1'>
constexpr auto number(std::string_view name, std::string_view unit = {}) {
  using Owner = typename Of<Member>::Owner;
  using Value = typename Of<Member>::Value;
  return OptionRow<Owner>{name,
                          [](Owner& options, std::string_view text) {
                            std::uint64_t read = 0;
                            if (read_number(text, Unit, read) != NumberError::none) return false;
                            options.*Member = static_cast<Value>(read);
                            return true;
                          },
                          [](const Owner& options) {
                            const std::string digits = std::to_string(options.*Member);
                            return Unit == '1' ? digits : digits + Unit;
                          },
                          false, unit};
}

template <auto Member>
constexpr auto boolean(std::string_view name) {
  using Owner = typename Of<Member>::Owner;
  return OptionRow<Owner>{name,
                          [](Owner& options, std::string_view text) {
                            options.*Member = text == "yes";
                            return text == "yes" || text == "no";
                          },
                          [](const Owner& options) { return std::string(options.*Member ? "yes" : "no"); },
                          false,
                          {},
                          true};
}

template <auto Member, bool Quoted = true>
constexpr auto text(std::string_view name) {
  using Owner = typename Of<Member>::Owner;
  return OptionRow<Owner>{name,
                          [](Owner& options, std::string_view value) {
                            options.*Member = Name(value);
                            return true;
                          },
                          [](const Owner& options) { return (options.*Member).str(); }, Quoted};
}

template <class E>
struct Choice {
  E value;
  std::string_view name;
};
template <class E, std::size_t N>
using Choices = std::array<Choice<E>, N>;

bool same_letters(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

template <auto Member, const auto& Names>
constexpr auto choice(std::string_view name) {
  using Owner = typename Of<Member>::Owner;
  return OptionRow<Owner>{name,
                          [](Owner& options, std::string_view text) {
                            for (const auto& one : Names) {
                              // Only a protocol may be written small; no other name has a sister in capitals.
                              if (!same_letters(one.name, text)) continue;
                              options.*Member = one.value;
                              return true;
                            }
                            return false;
                          },
                          [](const Owner& options) {
                            for (const auto& one : Names) {
                              if (one.value == options.*Member) return std::string(one.name);
                            }
                            return std::string();
                          }};
}

constexpr Choices<OnIoError, 3> kOnIoError{{{OnIoError::pass_on, "pass_on"},
                                            {OnIoError::call_local_io_error, "call-local-io-error"},
                                            {OnIoError::detach, "detach"}}};
constexpr Choices<Fencing, 3> kFencing{{{Fencing::dont_care, "dont-care"},
                                        {Fencing::resource_only, "resource-only"},
                                        {Fencing::resource_and_stonith, "resource-and-stonith"}}};
constexpr Choices<Protocol, 3> kProtocols{{{Protocol::a, "A"}, {Protocol::b, "B"}, {Protocol::c, "C"}}};
constexpr Choices<AfterSb, 7> kAfterSb0{{{AfterSb::disconnect, "disconnect"},
                                         {AfterSb::discard_younger_primary, "discard-younger-primary"},
                                         {AfterSb::discard_older_primary, "discard-older-primary"},
                                         {AfterSb::discard_zero_changes, "discard-zero-changes"},
                                         {AfterSb::discard_least_changes, "discard-least-changes"},
                                         {AfterSb::discard_local, "discard-local"},
                                         {AfterSb::discard_remote, "discard-remote"}}};
constexpr Choices<AfterSb, 5> kAfterSb1{{{AfterSb::disconnect, "disconnect"},
                                         {AfterSb::consensus, "consensus"},
                                         {AfterSb::violently_as0p, "violently-as0p"},
                                         {AfterSb::discard_secondary, "discard-secondary"},
                                         {AfterSb::call_pri_lost_after_sb, "call-pri-lost-after-sb"}}};
constexpr Choices<AfterSb, 3> kAfterSb2{{{AfterSb::disconnect, "disconnect"},
                                         {AfterSb::violently_as0p, "violently-as0p"},
                                         {AfterSb::call_pri_lost_after_sb, "call-pri-lost-after-sb"}}};
constexpr Choices<AfterSb, 3> kRrConflict{{{AfterSb::disconnect, "disconnect"},
                                           {AfterSb::violently_as0p, "violently"},
                                           {AfterSb::call_pri_lost_after_sb, "call-pri-lost"}}};
constexpr Choices<OnNoData, 2> kOnNoData{
    {{OnNoData::io_error, "io-error"}, {OnNoData::suspend_io, "suspend-io"}}};
constexpr Choices<OnCongestion, 3> kOnCongestion{{{OnCongestion::block, "block"},
                                                  {OnCongestion::pull_ahead, "pull-ahead"},
                                                  {OnCongestion::disconnect, "disconnect"}}};

constexpr std::string_view kTenths = "1/10 seconds";
constexpr std::string_view kRate = "bytes/second";

constexpr OptionRow<DiskOptions> kDiskRows[] = {
    number<&DiskOptions::size, 's'>("size", "bytes"),
    number<&DiskOptions::max_bio_bvecs>("max-bio-bvecs"),
    choice<&DiskOptions::on_io_error, kOnIoError>("on-io-error"),
    choice<&DiskOptions::fencing, kFencing>("fencing"),
    boolean<&DiskOptions::disk_barrier>("disk-barrier"),
    boolean<&DiskOptions::disk_flushes>("disk-flushes"),
    boolean<&DiskOptions::disk_drain>("disk-drain"),
    boolean<&DiskOptions::md_flushes>("md-flushes"),
    number<&DiskOptions::resync_rate, 'k'>("resync-rate", kRate),
    number<&DiskOptions::resync_after>("resync-after"),
    number<&DiskOptions::al_extents>("al-extents"),
    boolean<&DiskOptions::al_updates>("al-updates"),
    boolean<&DiskOptions::discard_zeroes_if_aligned>("discard-zeroes-if-aligned"),
    boolean<&DiskOptions::disable_write_same>("disable-write-same"),
    number<&DiskOptions::c_plan_ahead>("c-plan-ahead", kTenths),
    number<&DiskOptions::c_delay_target>("c-delay-target", kTenths),
    number<&DiskOptions::c_fill_target, 's'>("c-fill-target", "bytes"),
    number<&DiskOptions::c_max_rate, 'k'>("c-max-rate", kRate),
    number<&DiskOptions::c_min_rate, 'k'>("c-min-rate", kRate),
    number<&DiskOptions::disk_timeout>("disk-timeout", kTenths),
    text<&DiskOptions::read_balancing, false>("read-balancing"),
    number<&DiskOptions::rs_discard_granularity>("rs-discard-granularity"),
};

constexpr OptionRow<NetOptions> kNetRows[] = {
    choice<&NetOptions::protocol, kProtocols>("protocol"),
    number<&NetOptions::timeout>("timeout", kTenths),
    number<&NetOptions::max_epoch_size>("max-epoch-size"),
    number<&NetOptions::max_buffers>("max-buffers"),
    number<&NetOptions::unplug_watermark>("unplug-watermark"),
    number<&NetOptions::connect_int>("connect-int", "seconds"),
    number<&NetOptions::ping_int>("ping-int", "seconds"),
    number<&NetOptions::sndbuf_size>("sndbuf-size", "bytes"),
    number<&NetOptions::rcvbuf_size>("rcvbuf-size", "bytes"),
    number<&NetOptions::ko_count>("ko-count"),
    boolean<&NetOptions::allow_two_primaries>("allow-two-primaries"),
    text<&NetOptions::cram_hmac_alg>("cram-hmac-alg"),
    text<&NetOptions::shared_secret>("shared-secret"),
    choice<&NetOptions::after_sb_0pri, kAfterSb0>("after-sb-0pri"),
    choice<&NetOptions::after_sb_1pri, kAfterSb1>("after-sb-1pri"),
    choice<&NetOptions::after_sb_2pri, kAfterSb2>("after-sb-2pri"),
    boolean<&NetOptions::always_asbp>("always-asbp"),
    choice<&NetOptions::rr_conflict, kRrConflict>("rr-conflict"),
    number<&NetOptions::ping_timeout>("ping-timeout", kTenths),
    text<&NetOptions::data_integrity_alg>("data-integrity-alg"),
    boolean<&NetOptions::tcp_cork>("tcp-cork"),
    choice<&NetOptions::on_congestion, kOnCongestion>("on-congestion"),
    number<&NetOptions::congestion_fill, 's'>("congestion-fill", "bytes"),
    number<&NetOptions::congestion_extents>("congestion-extents"),
    text<&NetOptions::csums_alg>("csums-alg"),
    boolean<&NetOptions::csums_after_crash_only>("csums-after-crash-only"),
    text<&NetOptions::verify_alg>("verify-alg"),
    boolean<&NetOptions::use_rle>("use-rle"),
    number<&NetOptions::socket_check_timeout>("socket-check-timeout"),
};

constexpr OptionRow<ResourceOptions> kResourceRows[] = {
    text<&ResourceOptions::cpu_mask>("cpu-mask"),
    choice<&ResourceOptions::on_no_data_accessible, kOnNoData>("on-no-data-accessible"),
};

}  // namespace

template <>
std::span<const OptionRow<DiskOptions>> option_rows() {
  return kDiskRows;
}
template <>
std::span<const OptionRow<NetOptions>> option_rows() {
  return kNetRows;
}
template <>
std::span<const OptionRow<ResourceOptions>> option_rows() {
  return kResourceRows;
}

}  // namespace rehearse::drbd
