#include "model/fs/dd_ops.h"

#include <algorithm>

#include "model/drbd/data.h"
#include "model/fs/copy.h"
#include "model/fs/flush.h"
#include "model/fs/path.h"
#include "model/fs/space.h"
#include "model/ledger.h"

namespace rehearse::fs {
namespace {

constexpr Bytes kEndless = ~Bytes{0};
constexpr Bytes kPage = 4096;

// Three digits at most, rounded: "8.4 MB", "16 MiB" (coreutils human_readable).
std::string human(Bytes bytes, unsigned base) {
  static constexpr const char* kSi[] = {"B", "kB", "MB", "GB", "TB", "PB"};
  static constexpr const char* kIec[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
  double value = static_cast<double>(bytes);
  int unit = 0;
  while (value >= base && unit < 5) {
    value /= base;
    ++unit;
  }
  const char* name = base == 1000 ? kSi[unit] : kIec[unit];
  return value < 9.95 ? fmt::format("{:.1f} {}", value, name) : fmt::format("{:.0f} {}", value, name);
}

struct Counts {
  std::uint64_t full_in = 0, partial_in = 0, full_out = 0, partial_out = 0;
  Bytes bytes = 0;
};

class DdCopy {
 public:
  DdCopy(World& world, Name host, const Dd& form, Report& report)
      : world_(world), host_(host), form_(form), report_(report) {
    block_ = form.block_size && form.block_size->value > 0 ? form.block_size->value : 512;
  }

  Refused operator()() {
    if (const Refused refused = open_input()) return refused;
    if (const Refused refused = open_output()) return refused;
    if (!can_seek()) return finish();
    const Bytes room = output_is_file_ ? kEndless : room_;
    Bytes wanted = form_.count ? form_.count->value * block_ : kEndless;
    wanted = std::min(wanted, length_ == kEndless ? kEndless : length_ - offset(form_.skip));
    Bytes bytes = std::min(wanted, room);
    if (bytes == kEndless && (!output_is_file_ || unlimited())) return {Refusal::dd_endless};
    const bool odd = block_ % kSector != 0;  // direct access takes whole sectors only
    if (odd && !input_device_.empty() && flagged(form_.input_flags, "direct")) {
      return fail(fmt::format("error reading '{}': Invalid argument", form_.input->str()));
    }
    if (odd && !output_device_.empty() && flagged(form_.output_flags, "direct")) {
      counts_.full_in = 1;
      return fail(fmt::format("error writing '{}': Invalid argument", output_.str()));
    }
    const Bytes readable = readable_of(bytes);
    const bool fails = readable < bytes || input_failed_;
    if (fails) wanted = bytes = readable;
    count_input(wanted, bytes);
    const bool sinks = output_ == Name("/dev/null");
    if (!sinks && bytes > 0) {
      if (!write_out(bytes, wanted)) return finish();
    }
    count_output(bytes);
    if (fails) return fail(fmt::format("error reading '{}': Input/output error", form_.input->str()));
    if (wanted > bytes) return fail(no_space());
    return finish();
  }

 private:
  Bytes offset(const std::optional<DdNumber>& blocks) const { return blocks ? blocks->value * block_ : 0; }
  bool flagged(const std::optional<DdFlags>& flags, std::string_view word) const {
    return flags && flags->has(word);
  }
  bool unlimited() const { return place_.mount == Place::kRoot; }
  std::string no_space() const {
    // Without bs= the blocks go through a buffer of their own, and the words are others.
    const char* verb = form_.block_size ? "error writing" : "writing to";
    return fmt::format("{} '{}': No space left on device", verb, output_.str());
  }

  // A replicated device opens for its primary only.
  Refused not_primary(const Device& device, Name path, bool to_write) const {
    if (!device.as<DrbdDevice>()) return {};
    const IoError error = drbd::may_open(world_, host_, device.minor, to_write);
    if (error == IoError::not_primary) return {Refusal::dd_not_opened, path, Name("Read-only file system")};
    if (error == IoError::wrong_medium) return {Refusal::dd_not_opened, path, Name("Wrong medium type")};
    return {};
  }

  Refused open_input() {
    const std::string& path = form_.input->str();
    if (path == "/dev/zero" || path == "/dev/urandom" || path == "/dev/random") {
      random_ = path != "/dev/zero";
      return {};
    }
    const Name device = device_name(*world_.hosts.find(host_), *form_.input);
    if (const Device* row = device.empty() ? nullptr : world_.hosts.find(host_)->device(device)) {
      if (const Refused refused = not_primary(*row, *form_.input, false)) return refused;
      input_device_ = device;
      length_ = row->size * kSector;
      return {};
    }
    const Place place = place_of(world_, host_, *form_.input);
    const File* file = file_at(world_, place);
    if (!file) return {Refusal::dd_not_opened, *form_.input, Name(words_of(PathError::not_found))};
    input_file_ = *file;
    const Contents contents = contents_of(world_, place);
    input_failed_ = contents.error != IoError::none;
    input_ = contents.data;
    length_ = file->size;
    return {};
  }

  Refused open_output() {
    output_ = *form_.output;
    room_ = kEndless;
    if (output_ == Name("/dev/null")) return {};
    const Name device = device_name(*world_.hosts.find(host_), output_);
    if (!device.empty()) {
      const Device* row = world_.hosts.find(host_)->device(device);
      if (!row) return {Refusal::dd_not_opened, output_, Name(words_of(PathError::not_found))};
      if (const Refused refused = not_primary(*row, output_, true)) return refused;
      output_device_ = device;
      const Bytes size = row->size * kSector;
      room_ = size > offset(form_.seek) ? size - offset(form_.seek) : 0;
      return {};
    }
    place_ = place_of(world_, host_, output_);
    PathError error = place_.error;
    if (error == PathError::none && directory_at(world_, place_)) error = PathError::is_a_directory;
    if (error == PathError::none && place_.read_only) error = PathError::read_only;
    if (error != PathError::none) return {Refusal::dd_not_opened, output_, Name(words_of(error))};
    output_is_file_ = true;
    return {};
  }

  bool can_seek() {
    if (!output_device_.empty()) {
      const Bytes size = world_.hosts.find(host_)->device(output_device_)->size * kSector;
      if (offset(form_.seek) > size) {
        report_.err("dd: {}: cannot seek: Invalid argument", output_.str());
        report_.status = 1;
        return false;
      }
    }
    if (length_ != kEndless && offset(form_.skip) > length_) {
      report_.err("dd: {}: cannot skip: Invalid argument", form_.input->str());
      report_.status = 1;
      return false;
    }
    return true;
  }

  // Up to the first block that cannot be read; through the page cache, to the first page.
  Bytes readable_of(Bytes bytes) const {
    if (input_failed_) return 0;
    if (input_device_.empty() || reads(0, bytes)) return bytes;
    const Bytes unit = flagged(form_.input_flags, "direct") ? block_ : kPage;
    Bytes good = 0;
    while (good < bytes && reads(good, std::min(unit, bytes - good))) good += unit;
    return std::min(good, bytes);
  }

  // What a mount holds in memory is not seen by those who read the device.
  bool reads(Bytes from, Bytes bytes) const {
    const Range range{(offset(form_.skip) + from) / kSector, sectors_of(bytes)};
    return read(world_, host_, input_device_, range).error != IoError::failed;
  }

  void count_input(Bytes wanted, Bytes bytes) {
    // The block that found no room was read as well.
    const Bytes got = wanted > bytes ? std::min(wanted, (bytes / block_ + 1) * block_) : bytes;
    counts_.full_in = got / block_;
    counts_.partial_in = got % block_ ? 1 : 0;
  }

  void count_output(Bytes bytes) {
    counts_.bytes = bytes;
    counts_.full_out = bytes / block_;
    // A block that was cut short by the end of the device is no record.
    counts_.partial_out = bytes % block_ && counts_.partial_in ? 1 : 0;
  }

  Patch content(Bytes bytes) {
    const Sectors sectors = sectors_of(bytes);
    if (random_) {
      Write row;
      row.bytes = bytes;
      row.place = output_;
      return stamped({0, sectors}, acknowledge(world_, host_, std::move(row)));
    }
    const Range range{offset(form_.skip) / kSector, sectors};
    Patch data;
    if (!input_device_.empty()) data = cut(read(world_, host_, input_device_, range).data, range, 0);
    if (input_file_) data = cut(input_, range, 0);
    const Sectors known = data.empty() ? 0 : data.back().end();
    if (known < sectors) append(data, Run{known, sectors - known, {}, 0, {}});
    return data;
  }

  // False if an error was reported.
  bool write_out(Bytes& bytes, Bytes& wanted) {
    if (output_is_file_) return write_file(bytes, wanted);
    const Patch data = content(bytes);
    const Sectors to = offset(form_.seek) / kSector;
    const World before = world_;
    const IoError error = put(cut(data, {0, sectors_of(bytes)}, to));
    if (error == IoError::none) {
      if (synced()) flush_caches(world_, host_, output_device_);
      return true;
    }
    if (error == IoError::failed && !flagged(form_.output_flags, "direct")) {
      // The page cache takes it; only who asks for the data to be on the disk hears of it.
      if (!synced()) return true;
      count_output(bytes);
      report_.err("dd: fsync failed for '{}': Input/output error", output_.str());
      report_.status = 1;
      return false;
    }
    world_ = before;
    write_blocks(data, bytes);
    report_.err("dd: error writing '{}': {}", output_.str(),
                error == IoError::read_only ? "Operation not permitted" : "Input/output error");
    report_.status = 1;
    return false;
  }

  // Past the page cache a block at a time: of those that were written before, a snapshot below may have had
  // the disk's cache flushed.
  IoError put(const Patch& data) {
    const Hardware& hardware = *world_.hosts.find(host_)->hardware;
    const bool cached = std::any_of(hardware.disks.begin(), hardware.disks.end(), [&](const Disk& disk) {
      return world_.media.find(disk.medium)->flushed.has_value();
    });
    if (data.empty() || !cached || !flagged(form_.output_flags, "direct"))
      return write(world_, host_, output_device_, data);
    IoError error = IoError::none;
    const Sectors block = sectors_of(block_);
    for (Sectors at = data.front().first; at < data.back().end() && error == IoError::none; at += block) {
      const Range part{at, std::min(block, data.back().end() - at)};
      error = write(world_, host_, output_device_, cut(data, part, at));
    }
    return error;
  }

  // Does dd make sure that the data are on the disk?
  bool synced() const {
    return flagged(form_.conversions, "fsync") || flagged(form_.conversions, "fdatasync") ||
           flagged(form_.output_flags, "sync") || flagged(form_.output_flags, "dsync");
  }

  // One block after the other, to the first that fails.
  void write_blocks(const Patch& data, Bytes bytes) {
    Bytes good = 0;
    const auto next = [&] {
      const Sectors to = (offset(form_.seek) + good) / kSector;
      const Range block{good / kSector, sectors_of(std::min(block_, bytes - good))};
      return write(world_, host_, output_device_, cut(data, block, to)) == IoError::none;
    };
    while (good < bytes && next()) good += block_;
    counts_.full_in = good / block_ + 1;
    counts_.partial_in = 0;
    count_output(good);
  }

  bool write_file(Bytes& bytes, Bytes& wanted) {
    const File* old = file_at(world_, place_);
    File file = input_file_ && !old ? *input_file_ : old ? *old : File();
    if (!input_file_) {
      file.format.reset();
      file.service.reset();
    }
    file.text = input_file_ && bytes == input_file_->size ? input_file_->text : Part<std::string>();
    const bool over = old && flagged(form_.conversions, "notrunc");
    if (bytes == kEndless) {
      const Mount& mount = (*world_.hosts.find(place_.host)->mounts)[place_.mount];
      bytes = mount.super->blocks * mount.super->block_size;  // more than fits
      wanted = kEndless;
    }
    const Patch data = content(bytes);
    if (over && !old->data.empty() && bytes <= old->size) {
      overwrite_file(*old, data);
    } else {
      file.size = bytes + offset(form_.seek);
      const Patch moved = cut(data, {0, sectors_of(bytes)}, offset(form_.seek) / kSector);
      const PathError error = write_contents(world_, place_, std::move(file), moved);
      if (error == PathError::no_space) {
        const File* kept = file_at(world_, place_);
        bytes = kept ? kept->size : 0;
        if (wanted <= bytes) wanted = bytes + 1;
        count_input(wanted == kEndless ? kEndless : std::max(wanted, bytes + 1), bytes);
      }
    }
    if (synced()) flush_path(world_, place_);
    return true;
  }

  void overwrite_file(const File& old, const Patch& data) {
    if (place_.mount == Place::kRoot) return;
    Patch over;
    Sectors done = 0;
    for (const Range& range : covered(old.data)) {
      for (Run& run : cut(data, {done, range.count}, range.first)) over.push_back(std::move(run));
      done += range.count;
    }
    normalise(over);
    Mount& mount = world_.hosts.edit(place_.host).mounts.edit()[place_.mount];
    overwrite(mount, over);
  }

  Refused fail(const std::string& what) {
    report_.err("dd: {}", what);
    report_.status = 1;
    return finish();
  }

  Refused finish() {
    const DdStatus status = form_.status.value_or(DdStatus::progress);
    if (status == DdStatus::none) return {};
    report_.err("{}+{} records in", counts_.full_in, counts_.partial_in);
    report_.err("{}+{} records out", counts_.full_out, counts_.partial_out);
    if (status == DdStatus::noxfer) return {};
    // In no time, as far as the model knows: dd divides by it and says so.
    std::string sizes;
    if (counts_.bytes >= 1000) sizes = human(counts_.bytes, 1000);
    if (counts_.bytes >= 1024) sizes += ", " + human(counts_.bytes, 1024);
    report_.err("{} byte{}{} copied, 0 s, Infinity B/s", counts_.bytes, counts_.bytes == 1 ? "" : "s",
                sizes.empty() ? "" : " (" + sizes + ")");
    return {};
  }

  World& world_;
  Name host_;
  const Dd& form_;
  Report& report_;
  Bytes block_ = 512;
  Bytes length_ = kEndless;
  Bytes room_ = kEndless;
  bool random_ = false;
  bool input_failed_ = false;
  bool output_is_file_ = false;
  Name input_device_;
  std::optional<File> input_file_;
  Patch input_;
  Name output_;
  Name output_device_;
  Place place_;
  Counts counts_;
};

}  // namespace

Refused run(World& world, Name host, const Dd& form, Report& report) {
  if (form.block_size && form.block_size->value == 0) return {Refusal::dd_bad_number, form.block_size->text};
  return DdCopy(world, host, form, report)();
}

}  // namespace rehearse::fs
