#include "model/drbd/meta.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>

#include "model/drbd/meta_calls.h"
#include "model/fs/probe.h"
#include "model/io.h"
#include "model/lvm/label.h"

namespace rehearse::drbd {
namespace {

constexpr Bytes kLookedAt = 68 * kKiB;  // of the beginning, for data that are in the way

struct Verb {
  std::string_view name;
  bool modifies = false;
};
constexpr Verb kVerbs[] = {{"get-gi"},        {"show-gi"},         {"dump-md"},      {"apply-al", true},
                           {"wipe-md", true}, {"outdate", true},   {"dstate"},       {"invalidate", true},
                           {"set-gi", true},  {"create-md", true}, {"read-dev-uuid"}};

class Meta {
 public:
  Meta(World& world, Name host, const MetaCall& call, Report& report)
      : world_(world), host_(host), call_(call), report_(report) {}

  Ending run() {
    const Host& at = *world_.hosts.find(host_);
    const bool attached = is_attached(at);
    const auto* verb = std::find_if(std::begin(kVerbs), std::end(kVerbs),
                                    [&](const Verb& row) { return row.name == call_.verb; });
    if (attached && verb != std::end(kVerbs) && verb->modifies) {
      return refused({Refusal::drbdmeta_configured, std::to_string(call_.minor)});
    }
    if (const Ending opened = open(at); !opened.ok()) return opened;
    const Ending ending = act();
    if (attached && ending.ok()) {
      report_.err("# Output might be stale, since minor {} is attached", call_.minor);
    }
    return ending;
  }

 private:
  bool is_attached(const Host& at) const {
    if (!at.drbd) return false;
    const auto found = at.drbd->minor(call_.minor);
    return found && found.device->state.disk > Disk::diskless;
  }

  // Asked of a person: without a terminal the answer is no.
  Ending confirm(std::string_view question, int status_if_not, bool canceled = false) {
    report_.err("");
    const bool asks = call_.force || report_.terminal;
    if (asks) report_.err("{}", question);
    if (call_.force) {
      report_.err("*** confirmation forced via --force option ***");
      return {};
    }
    if (report_.terminal) report_.err("[need to type 'yes' to confirm] ");
    if (report_.terminal && call_.yes) return {};
    report_.out("{}", canceled ? "Operation canceled." : "Operation cancelled.");
    if (report_.terminal) return {status_if_not, {}};
    if (status_if_not == 20) return {status_if_not, {Refusal::drbdmeta_busy}};
    return {status_if_not,
            {Refusal::drbdmeta_not_confirmed, std::string(question.substr(0, question.size() - 1))}};
  }

  Ending open(const Host& at) {
    device_ = device_name(at, Name(call_.device));
    const rehearse::Device* device = at.device(device_);
    if (!device) return refused({Refusal::drbdmeta_no_device, call_.device});
    place_ = place_of(world_, host_, device_, device_, meta_index(call_.index));
    const Bytes size = device->size * kSector;
    if (meta_index(call_.index) < 0 && open_count(at, device_) > 0) {
      report_.err("open({}) failed: Device or resource busy", call_.device);
      if (call_.verb == "apply-al" && !call_.force) {
        report_.out("Operation canceled.");
        return {20, {}};
      }
      if (Ending asked = confirm("Exclusive open failed. Do it anyways?", 20, true); !asked.ok())
        return asked;
    }
    const int index = meta_index(call_.index);
    if (index > 0 && place_.layout.super * kSector + 4 * kKiB > size) {
      return refused({Refusal::drbdmeta_too_small, place_.layout.super * kSector, call_.device, size});
    }
    if (size < kLookedAt) {
      return refused({Refusal::drbdmeta_much_too_small, call_.device, size});
    }
    const Range first{place_.layout.super, kBit};
    if (call_.verb != "create-md" &&
        read(std::as_const(world_), host_, device_, first).error != IoError::none) {
      constexpr int kFile = 4;
      return refused({Refusal::drbdmeta_read_failed, kFile + int{call_.by_drbdadm}, first.first * kSector});
    }
    super_ = read_super(world_, host_, place_);
    if (!super_ && meta_index(call_.index) == kInternal)
      elsewhere_ = last_known_place(world_, host_, call_.minor, device_);
    return {};
  }

  bool wants_them_moved() {
    report_.err("");
    report_.err("Move internal meta data from last-known position?");
    report_.err("");
    report_.err("{}", report_.terminal ? "[need to type 'yes' to confirm] "
                                       : "stdin not a TTY, not waiting for confirmation");
    return report_.terminal && call_.yes;
  }

  void move() {
    report_.err("Moving the internal meta data to its proper location");
    super_ = read_super(std::as_const(world_), host_, *elsewhere_);
    const Sectors log = log_room(super_->al_stripes, super_->al_stripe_kib);
    place_ = place_of(world_, host_, device_, device_, kInternal, log);
    move_md(world_, host_, *elsewhere_, place_);
    remember(world_, host_, call_.minor, call_.device, super_->device_uuid);
    report_.out("Internal drbd meta data successfully moved.");
  }

  Ending act() {
    const std::string& verb = call_.verb;
    if (verb == "create-md") return create();
    if (verb == "wipe-md") return wipe();
    if (verb == "apply-al") return apply_log();
    if (verb == "dstate") return show_disk_state();
    if (verb == "dump-md") return dump();
    if (!super_) return {1, {}};
    if (verb == "get-gi") {
      report_.out("{}", generation_line(super_->uuids, super_->flags));
    } else if (verb == "show-gi") {
      show_generation();
    } else if (verb == "outdate") {
      if (!outdate_md(world_, host_, place_)) return {1, {}};
      if (!super_->flags.consistent) return refused({Refusal::drbdmeta_inconsistent});
    } else if (verb == "invalidate") {
      invalidate_md(world_, host_, place_);
    } else if (verb == "set-gi") {
      return set_generation();
    } else if (verb == "read-dev-uuid") {
      report_.out("{:016X}", super_->device_uuid);
    }
    return {};
  }

  Ending create() {
    const bool internal = meta_index(call_.index) == kInternal;
    if (super_ && internal) {
      report_.err("You want me to create a v08 style flexible-size internal meta data block.");
      report_.err("There appears to be a v08 flexible-size internal meta data block");
      report_.err("already in place on {} at byte offset {}", call_.device, place_.layout.super * kSector);
      const Ending asked = confirm("Do you really want to overwrite the existing meta-data?", 1);
      if (!asked.ok()) return asked;
    } else if (super_) {
      const Ending asked =
          confirm("Valid meta data seems to be in place.\nDo you really want to overwrite?", 1);
      if (!asked.ok()) return asked;
    }
    if (elsewhere_ && !call_.force && wants_them_moved()) {
      move();
      return {};
    }
    if (const Ending looked = look_for_data(internal); !looked.ok()) return looked;
    report_.out("initializing activity log");
    report_.err("initializing bitmap ({} KB) to all zero", bitmap_bytes() / kKiB);
    report_.out("Writing meta data...");
    if (create_md(world_, host_, place_) != IoError::none) {
      report_.err("operation failed");
      return {1, {}};
    }
    report_.out("New drbd meta data block successfully created.");
    if (internal) remember(world_, host_, call_.minor, call_.device, super_ ? super_->device_uuid : 0);
    return {};
  }

  // A bit for 4 KiB of the room for data, in words of 64 bits, in blocks of 4 KiB.
  Bytes bitmap_bytes() const {
    // Of metadata apart drbdmeta takes the device that they lie on for the one with the data.
    const Sectors room = meta_index(call_.index) == kInternal
                             ? place_.layout.usable
                             : world_.hosts.find(host_)->device(device_)->size;
    const std::uint64_t bits = bits_of(room);
    return ((bits + 63) / 64 * 8 + 4095) / 4096 * 4096;
  }

  struct Data {
    std::string what;
    Bytes size = 0;       // 0: not known
    bool unsure = false;  // it is LVM's, whose size was not asked for
  };

  std::optional<Data> data_there() const {
    const ReadResult start = read(std::as_const(world_), host_, device_, {0, kLookedAt / kSector});
    if (start.error != IoError::none) return std::nullopt;
    const bool blank =
        std::all_of(start.data.begin(), start.data.end(), [](const Run& run) { return run.blank(); });
    if (blank) return std::nullopt;
    if (const auto swap = fs::swap_on(world_, host_, device_))
      return Data{"swap space signature", swap->size * kSector};
    if (const auto super = fs::superblock_on(world_, host_, device_)) {
      return Data{"ext3 filesystem", super->blocks * super->block_size};
    }
    return Data{"some data", 0};
  }

  Ending look_for_data(bool internal) {
    const auto data = data_there();
    if (!data) return {};
    report_.out("md_offset {}", place_.layout.super * kSector);
    report_.out("al_offset {}", place_.layout.log.first * kSector);
    report_.out("bm_offset {}", place_.layout.bitmap.first * kSector);
    report_.out("");
    report_.out("Found {}", data->what);
    if (data->size > 0 && !internal) {
      report_.out("");
      report_.out("This would corrupt existing data.");
      return in_the_way({"If you want me to do this, you need to zero out the first part",
                         "of the device (destroy the content).",
                         "You should be very sure that you mean it."});
    }
    if (data->size > 0) {
      const std::uint64_t taken = (data->size + kKiB - 1) / kKiB;
      const std::uint64_t left = place_.layout.usable / 2;
      report_.out("{:>12} kB data area apparently used", taken);
      report_.out("{:>12} kB left usable by current configuration", left);
      report_.out("");
      if (taken > left) {
        return in_the_way({"Device size would be truncated, which", "would corrupt data and result in",
                           "'access beyond end of device' errors.", "You need to either",
                           "   * use external meta data (recommended)", "   * shrink that filesystem first",
                           "   * zero out the device (destroy the filesystem)"});
      }
      report_.out("Even though it looks like this would place the new meta data into");
      report_.out("unused space, you still need to confirm, as this is only a guess.");
    } else {
      report_.out("");
      report_.out(" ==> This might destroy existing data! <==");
    }
    return confirm("Do you want to proceed?", 1, true);
  }

  Ending in_the_way(const std::vector<std::string_view>& lines) {
    for (std::string_view line : lines) report_.out("{}", line);
    report_.out("Operation refused.");
    report_.out("");
    return {row_of(Refusal::drbdmeta_data_in_the_way).status, {}};
  }

  Ending wipe() {
    if (!super_) {
      report_.err("There appears to be no drbd meta data to wipe out?");
      return {};
    }
    const Ending asked = confirm("Do you really want to wipe out the DRBD meta data?", 1);
    if (!asked.ok()) return asked;
    report_.out("Wiping meta data...");
    wipe_md(world_, host_, place_);
    report_.out("DRBD meta data block successfully wiped out.");
    return {};
  }

  Ending apply_log() {
    if (elsewhere_) move();
    if (!super_) return refused({Refusal::drbdmeta_no_metadata});
    const AppliedLog applied = apply_al(world_, host_, place_);
    if (applied.of_primary && applied.found_log && !applied.was_clean) {
      if (applied.marked > 0) {
        report_.err("Marked additional {} as out-of-sync based on AL.", short_kib(applied.marked / kKiB));
      } else {
        report_.err("Nothing to do.");
      }
    }
    return {};
  }

  Ending show_disk_state() {
    if (!super_) return refused({Refusal::drbdmeta_no_metadata});
    const MetaFlags& flags = super_->flags;
    report_.out("{}", !flags.consistent       ? "Inconsistent"
                      : !flags.was_up_to_date ? "Outdated"
                      : flags.peer_outdated   ? "UpToDate"
                                              : "Consistent");
    return {};
  }

  Ending dump() {
    if (elsewhere_) {
      place_ = *elsewhere_;
      super_ = read_super(std::as_const(world_), host_, place_);
    }
    if (!super_) return refused({Refusal::drbdmeta_no_metadata});
    if (!super_->clean && !call_.force) return refused({Refusal::drbdmeta_unclean});
    if (!super_->clean) report_.err("{}", Refused(Refusal::drbdmeta_unclean).words());
    Words words = call_.words();
    if (call_.force) words.insert(words.begin() + 1, "--force");
    report_.out("# DRBD meta data dump");
    report_.out("# 1970-01-01 00:00:00 +0000 [0]");
    report_.out("# {}> {}", host_.str(), fmt::join(words, " "));
    report_.out("#");
    report_.out("");
    const Layout& layout = place_.layout;
    const Sectors whole = world_.hosts.find(host_)->device(device_)->size;
    const Sectors area = 128 * kMiB / kSector;
    const Sectors room = meta_index(call_.index) == kInternal ? layout.super + kBit - layout.bitmap.first
                         : meta_index(call_.index) < 0        ? whole
                                                              : std::min(area, whole - layout.super);
    const Bitmap bitmap = read_bitmap(world_, host_, place_, super_->agreed_size);
    for (const std::string& line : metadata_dump(*super_, bitmap, place_, room)) report_.out("{}", line);
    return {};
  }

  void show_generation() {
    for (const std::string& line : generation_picture(super_->uuids, super_->flags, super_->clean)) {
      report_.out("{}", line);
    }
    if (super_->agreed_size == 0) {
      report_.out("zero size device -- never seen peer yet?");
      return;
    }
    report_.out("last agreed size: {} ({} sectors)", short_kib(super_->agreed_size / 2), super_->agreed_size);
    report_.out("last agreed max bio size: {} Byte", super_->max_bio_size * kSector);
  }

  // "C:B:H0:H1:c:u:p:n:f:o:x": what is left out stays as it is.
  Ending set_generation() {
    if (call_.values.empty()) return {10, {}};
    Superblock next = *super_;
    std::string_view text = call_.values[0];
    const std::array<std::uint64_t*, 4> uuids = {&next.uuids.current, &next.uuids.bitmap, &next.uuids.younger,
                                                 &next.uuids.older};
    const std::array<bool*, 7> flags = {
        &next.flags.consistent, &next.flags.was_up_to_date, &next.flags.primary,        &next.flags.connected,
        &next.flags.full_sync,  &next.flags.peer_outdated,  &next.flags.crashed_primary};
    for (std::size_t i = 0; i < uuids.size() + flags.size() && !text.empty(); ++i) {
      const std::string_view word = text.substr(0, text.find(':'));
      text.remove_prefix(std::min(word.size() + 1, text.size()));
      if (word.empty()) continue;
      if (i < uuids.size()) {
        std::from_chars(word.data(), word.data() + word.size(), *uuids[i], 16);
      } else {
        *flags[i - uuids.size()] = word == "1";
      }
    }
    report_.out("previously {}", generation_line(super_->uuids, super_->flags));
    report_.out("set GI to  {}", generation_line(next.uuids, next.flags));
    const Ending asked = confirm("Write new GI to disk?", 0, true);
    const bool written = call_.force || (report_.terminal && call_.yes);
    if (written) set_gi(world_, host_, place_, next.uuids, next.flags);
    return asked;
  }

  World& world_;
  Name host_;
  const MetaCall& call_;
  Report& report_;
  Name device_;
  Place place_;
  std::optional<Superblock> super_;
  std::optional<Place> elsewhere_;  // of internal metadata that are not where they belong
};

}  // namespace

Words MetaCall::words() const {
  Words all = {"drbdmeta", std::to_string(minor), "v08", device, index, verb};
  all.insert(all.end(), values.begin(), values.end());
  return all;
}

int meta_index(const std::string& index) {
  if (index == "internal" || index == "flex-internal") return kInternal;
  if (index == "flex-external") return kFlexibleExternal;
  return std::atoi(index.c_str());
}

bool is_meta_verb(std::string_view verb) {
  return std::any_of(std::begin(kVerbs), std::end(kVerbs), [&](const Verb& row) { return row.name == verb; });
}

Ending run_meta(World& world, Name host, const MetaCall& call, Report& report) {
  return Meta(world, host, call, report).run();
}

}  // namespace rehearse::drbd
