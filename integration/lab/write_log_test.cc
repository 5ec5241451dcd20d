#include "integration/lab/write_log.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

#include "model/units.h"

namespace rehearse {
namespace {

namespace files = std::filesystem;

constexpr std::uint64_t kFlush = 1;
constexpr std::uint64_t kForced = 2;
constexpr std::uint64_t kDiscard = 4;
constexpr std::size_t kSectors = 64;  // of the disk

// A disk of dots, and the log of what was written to it.
class WriteLog : public testing::Test {
 protected:
  WriteLog() { files::create_directories(folder_); }
  ~WriteLog() override {
    std::error_code ignored;
    files::remove_all(folder_, ignored);
  }
  void write(const std::string& what, std::uint64_t sector, std::uint64_t sectors, std::uint64_t flags) {
    const std::uint64_t entry[] = {sector, sectors, flags, 0};
    std::string head(reinterpret_cast<const char*>(entry), sizeof entry);
    head.resize(kSector);
    log_ += head;
    if ((flags & kDiscard) == 0) log_ += std::string(sectors * kSector, what.empty() ? '.' : what[0]);
    ++written_;
    if ((flags & kFlush) != 0) count_ = written_;  // as QEMU does
  }
  // The first byte of each sector, after the log was played.
  std::string played(std::optional<std::uint64_t> tear = std::nullopt) {
    const std::uint64_t words[] = {0x6a736677736872, 1, count_, kSector};
    std::string head(reinterpret_cast<const char*>(words), sizeof words);
    head.resize(kSector);
    std::ofstream(folder_ / "log") << head << log_;
    std::ofstream(folder_ / "disk") << std::string(kSectors * kSector, '.');
    const Done failed = play_log(folder_ / "log", folder_ / "disk", tear);
    EXPECT_EQ(failed, std::nullopt) << failed->why;
    std::ifstream in(folder_ / "disk");
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    std::string shown;
    for (std::size_t i = 0; i < kSectors; ++i) shown += bytes[i * kSector] == '\0' ? '0' : bytes[i * kSector];
    return shown;
  }

  files::path folder_ = files::path(testing::TempDir()) / ("rehearse-log-" + std::to_string(getpid()));
  std::string log_;
  std::uint64_t written_ = 0;
  std::uint64_t count_ = 0;  // in the superblock
};

TEST_F(WriteLog, keeps_what_was_flushed_and_loses_the_rest) {
  write("a", 0, 4, 0);
  write("", 2, 1, kDiscard);
  write("", 0, 0, kFlush);
  write("b", 0, 8, 0);
  EXPECT_EQ(played(), "aa0a" + std::string(60, '.'));
}

TEST_F(WriteLog, ends_where_an_entry_was_cut_short) {
  write("a", 0, 2, 0);
  write("", 0, 0, kFlush);
  write("b", 4, 2, kForced);
  log_.resize(log_.size() - 1);
  EXPECT_EQ(played(1), "aa" + std::string(62, '.'));
}

TEST_F(WriteLog, keeps_what_was_written_through_the_cache) {
  write("", 0, 0, kFlush);
  write("b", 0, 2, 0);
  write("c", 4, 2, kForced);
  EXPECT_EQ(played(), "....cc" + std::string(58, '.'));
}

TEST_F(WriteLog, keeps_a_part_of_the_rest_as_the_seed_has_it) {
  write("a", 0, 4, 0);
  write("", 0, 0, kFlush);
  for (std::uint64_t at = 8; at < kSectors; at += 8) write("b", at, 8, 0);
  int lost = 0;
  int whole = 0;
  int torn = 0;
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    const std::string shown = played(seed);
    EXPECT_EQ(shown, played(seed)) << "the same seed, the same part";
    EXPECT_EQ(shown.substr(0, 8), "aaaa....") << "what was flushed is all there";
    for (std::size_t at = 8; at < kSectors; at += 8) {
      const auto there =
          std::count(shown.begin() + static_cast<long>(at), shown.begin() + static_cast<long>(at) + 8, 'b');
      ++(there == 0 ? lost : there == 8 ? whole : torn);
    }
  }
  EXPECT_GT(lost, 10);
  EXPECT_GT(whole, 10);
  EXPECT_GT(torn, 10);
}

}  // namespace
}  // namespace rehearse
