#include "integration/lab/write_log.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <random>

#include "model/units.h"

namespace rehearse {
namespace {

namespace files = std::filesystem;

// Linux, drivers/md/dm-log-writes.c: a superblock in the first sector, then entries, each a sector that says
// what it is and the data it is about.
constexpr std::uint64_t kMagic = 0x6a736677736872;
constexpr std::uint64_t kFlush = 1;
constexpr std::uint64_t kForced = 2;  // FUA: written through the cache
constexpr std::uint64_t kDiscard = 4;

struct Entry {
  std::uint64_t sector = 0;
  std::uint64_t sectors = 0;
  std::uint64_t flags = 0;
  std::uint64_t data_length = 0;
};

bool read_at(int fd, void* to, std::size_t count, std::uint64_t at) {
  auto* bytes = static_cast<char*>(to);
  while (count > 0) {
    const ssize_t got = pread(fd, bytes, count, static_cast<off_t>(at));
    if (got <= 0) return false;
    bytes += got;
    at += static_cast<std::uint64_t>(got);
    count -= static_cast<std::size_t>(got);
  }
  return true;
}

bool copy_range(int from, std::uint64_t from_at, int to, std::uint64_t to_at, std::uint64_t count) {
  std::array<char, 1U << 16U> piece;
  while (count > 0) {
    const std::size_t some = std::min<std::uint64_t>(count, piece.size());
    if (!read_at(from, piece.data(), some, from_at)) return false;
    if (pwrite(to, piece.data(), some, static_cast<off_t>(to_at)) != static_cast<ssize_t>(some)) return false;
    from_at += some;
    to_at += some;
    count -= some;
  }
  return true;
}

struct Log {
  std::vector<std::pair<Entry, std::uint64_t>> entries;  // each with the place of its data
  std::size_t flushed = 0;                               // as many are on the disk for good
};

Log read_log(int in, std::uint64_t disk_sectors) {
  Log log;
  struct stat found {};
  std::array<std::uint64_t, 3> head{};
  // QEMU writes the superblock, with the count of entries, at each flush: more may stand behind them.
  const bool there = read_at(in, head.data(), sizeof head, 0) && fstat(in, &found) == 0;
  const std::uint64_t counted = there && head[0] == kMagic ? head[2] : 0;
  const auto end = static_cast<std::uint64_t>(found.st_size);
  std::uint64_t at = kSector;
  for (Entry entry; there && read_at(in, &entry, sizeof entry, at);) {
    const bool discard = (entry.flags & kDiscard) != 0;
    const bool possible = entry.sectors <= disk_sectors && entry.sector <= disk_sectors - entry.sectors;
    const std::uint64_t next = at + kSector + (discard ? 0 : entry.sectors * kSector);
    // The last may have been cut short, with the power.
    if (!possible || next > end) break;
    log.entries.emplace_back(entry, at + kSector);
    if (log.entries.size() <= counted && (entry.flags & kFlush) != 0) log.flushed = log.entries.size();
    at = next;
  }
  return log;
}

// Sectors [first, first + count) of an entry.
bool play_part(int in, int out, const Entry& entry, std::uint64_t data, std::uint64_t first,
               std::uint64_t count) {
  const std::uint64_t at = (entry.sector + first) * kSector;
  if ((entry.flags & kDiscard) == 0) {
    return copy_range(in, data + first * kSector, out, at, count * kSector);
  }
  return count == 0 || fallocate(out, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, static_cast<off_t>(at),
                                 static_cast<off_t>(count * kSector)) == 0;
}

bool play_torn(int in, int out, const Entry& entry, std::uint64_t data, std::mt19937_64& chance) {
  // A third of the writes is lost, a third had reached the disk, of a third some sectors had.
  const std::uint64_t fate = chance() % 3;
  if (fate == 0) return true;
  if (fate == 1) return play_part(in, out, entry, data, 0, entry.sectors);
  bool good = true;
  for (std::uint64_t i = 0; good && i < entry.sectors; ++i) {
    if (chance() % 2 == 0) good = play_part(in, out, entry, data, i, 1);
  }
  return good;
}

}  // namespace

Done copy_sparse(const files::path& from, const files::path& to) {
  const Handle in(open(from.c_str(), O_RDONLY | O_CLOEXEC));
  const Handle out(open(to.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600));
  struct stat found {};
  bool good = in && out && fstat(in.get(), &found) == 0 && ftruncate(out.get(), found.st_size) == 0;
  for (off_t at = 0; good;) {
    const off_t data = lseek(in.get(), at, SEEK_DATA);
    if (data < 0 && errno == ENXIO) return std::nullopt;  // only holes from here on
    at = lseek(in.get(), data, SEEK_HOLE);
    good = data >= 0 && at >= 0 &&
           copy_range(in.get(), static_cast<std::uint64_t>(data), out.get(), static_cast<std::uint64_t>(data),
                      static_cast<std::uint64_t>(at - data));
  }
  return LabFailure{from.string() + " cannot be copied: " + std::strerror(errno)};
}

Done play_log(const files::path& log, const files::path& disk, std::optional<std::uint64_t> tear) {
  const Handle in(open(log.c_str(), O_RDONLY | O_CLOEXEC));
  const Handle out(open(disk.c_str(), O_RDWR | O_CLOEXEC));
  if (!in || !out) return LabFailure{log.string() + " cannot be played onto " + disk.string()};
  struct stat about {};
  if (fstat(out.get(), &about) != 0) return LabFailure{disk.string() + " cannot be read"};
  const Log read = read_log(in.get(), static_cast<std::uint64_t>(about.st_size) / kSector);
  std::mt19937_64 chance(tear.value_or(0));
  for (std::size_t i = 0; i < read.entries.size(); ++i) {
    const auto& [entry, data] = read.entries[i];
    bool good = true;
    if (i < read.flushed || (entry.flags & kForced) != 0) {
      good = play_part(in.get(), out.get(), entry, data, 0, entry.sectors);
    } else if (tear) {
      good = play_torn(in.get(), out.get(), entry, data, chance);
    }
    if (!good) return LabFailure{log.string() + " cannot be played: " + std::strerror(errno)};
  }
  return std::nullopt;
}

}  // namespace rehearse
