// One guest: a QEMU process with its disks, its control channel and the shell in it. It is booted from the
// image, or is a clone of a guest that was booted before: memory mapped copy on write, disks blank as they
// were.
#pragma once

#include "integration/lab/disk.h"
#include "integration/lab/image.h"
#include "integration/lab/lab_shell.h"
#include "integration/lab/qmp.h"

namespace rehearse {

enum class Accelerator : std::uint8_t { tcg, kvm };

struct GuestPlan {
  std::string name;        // "alpha"
  std::size_t number = 1;  // last part of its address
  std::string peer;        // the guest at the other end of the link; empty: there is none
  std::vector<LabDiskPlan> disks;
  unsigned memory_mib = 0;
  std::filesystem::path image;
  std::filesystem::path folder;  // of the lab that runs it; the guest's files begin with its name
  Accelerator accelerator = Accelerator::tcg;
};

/// What templates of a guest depend on, as text.
std::string machine_of(const GuestPlan&);

/// Far more than a boot takes, also on a busy machine.
inline constexpr std::chrono::seconds kBootPatience{300};

class LabGuest {
 public:
  explicit LabGuest(GuestPlan plan);

  /// Boots from the image on the disks as they are. With `keep_memory` its memory is a file, for save().
  Done begin_boot(bool keep_memory = false);
  /// Waits until its agent answers.
  Done finish_boot(std::chrono::milliseconds patience);
  /// Stops it for good and leaves its memory and state in `to`; its disks must be blank.
  Done pause();
  Done save(const std::filesystem::path& to);
  /// Starts a clone of what was saved in `from`.
  Done begin_clone(const std::filesystem::path& from);
  Done finish_clone();

  bool running() { return process_.running(); }
  /// Takes the power away.
  void kill();
  /// Makes the blank files of its disks.
  Done blank_disks();
  /// Puts onto them what they are to begin with.
  Done fill_disks();

  const GuestPlan& plan() const { return plan_; }
  LabShell& shell() { return shell_; }
  Qmp& qmp() { return qmp_; }
  std::vector<LabDisk>& disks() { return disks_; }
  /// Does it stand still? It does not any more once it was killed.
  bool stopped() const { return stopped_; }
  Done stop();
  Done go_on();
  LabDisk* disk(const std::string& name);

 private:
  Done launch(const std::vector<std::string>& more);
  Done restart_dmeventd();
  std::string said() const;

  GuestPlan plan_;
  std::vector<LabDisk> disks_;
  Process process_;
  Qmp qmp_;
  LabShell shell_;
  Handle agent_;
  bool stopped_ = false;
  bool slept_long_ = false;  // between being saved and being cloned
};

}  // namespace rehearse
