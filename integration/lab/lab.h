// The lab: one or two real machines with the real tools, alpha and beta, in QEMU, joined by a link. A lab is
// a clean clone of guests booted before, there in a fraction of a second; what happens to its disks, its
// power and its link is decided from outside; at its end everything is gone. One lab belongs to one thread.
#pragma once

#include <memory>

#include "backends/shell.h"
#include "integration/lab/disk.h"
#include "integration/lab/image.h"
#include "integration/lab/link_way.h"

namespace rehearse {

struct LabPlan {
  std::size_t guests = 1;  // 1 or 2
  std::size_t disks = 4;   // of each: /dev/vda, /dev/vdb ..., blank; at most 20
  Bytes disk_size = 256 * kMiB;
  /// Of each guest the disks that it has instead: sda, sdb ... or vda, vdb ..., without a gap.
  std::vector<std::vector<LabDiskPlan>> own_disks = {};
  LabWith with = LabWith::tools;
  std::size_t jobs = 2;  // guests that may run at once on this machine, whoever started them
  Say say = {};          // hears what takes time
};

class Lab {
 public:
  /// Makes what is missing (image, template), waits until guests may run, and starts clones of them.
  static std::variant<std::unique_ptr<Lab>, LabFailure> start(const LabPlan&);
  ~Lab();
  Lab(const Lab&) = delete;
  Lab& operator=(const Lab&) = delete;

  /// "alpha", and "beta" if there are two.
  std::vector<std::string> guests() const;
  /// The shell of a guest, the same one after a boot; of a guest that is down, every call is lost.
  Shell& shell(const std::string& guest);
  Done put(const std::string& guest, const std::string& path, std::string_view contents,
           unsigned mode = 0644);
  /// What files of a guest say; nothing for one that cannot be opened. Much cheaper than a command.
  std::variant<std::vector<std::optional<std::string>>, LabFailure> look(
      const std::string& guest, const std::vector<std::string>& paths);
  bool is_up(const std::string& guest);

  /// Power loss. What its disks had acknowledged is kept, but for disks with a volatile cache.
  Done kill(const std::string& guest);
  /// Boots a guest that is down from the same disks.
  Done boot(const std::string& guest);

  /// The guest stands still, with its power on: nothing in it runs, and nothing answers.
  Done stop(const std::string& guest);
  Done go_on(const std::string& guest);

  /// Pulls the cable: both ends lose their carrier.
  Done cut();
  /// How it is with what this guest of two sends, and how it is to be: slow, or lost on the way.
  LinkWay way(const std::string& from) const;
  Done set_way(const std::string& from, const LinkWay&);
  /// The link is whole and quick again; with a name, for what that guest sends.
  Done heal(const std::string& from = "");

  /// Takes a disk away, in use or not; it stays away over a boot.
  Done unplug(const std::string& guest, const std::string& disk);
  /// Puts it back; the name it got, another one while the old one is still held.
  std::variant<std::string, LabFailure> plug(const std::string& guest, const std::string& disk);
  /// Accesses end in EIO until the disk is mended, over a boot as well. A range has at most 8192 sectors.
  Done fail(const std::string& guest, const std::string& disk, const DiskErrors&);
  Done mend(const std::string& guest, const std::string& disk);
  /// Reads and writes do not end until the disk is released, or the power is lost; flushes do end.
  Done hang(const std::string& guest, const std::string& disk);
  Done release(const std::string& guest, const std::string& disk);
  /// From now on a loss of power takes from this disk what was written and not flushed; with `tear` a part of
  /// it, sector by sector, which the seed and the number of losses before decide.
  Done cache_writes(const std::string& guest, const std::string& disk,
                    std::optional<std::uint64_t> tear = std::nullopt);

 private:
  struct Parts;
  explicit Lab(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace rehearse
