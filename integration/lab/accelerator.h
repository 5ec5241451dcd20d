// Whether guests run on KVM. That /dev/kvm opens says nothing: there are machines on which a guest on it
// never gets anywhere. So one is booted, once per boot of this machine, and unless it answered in time
// everything runs under software emulation.
#pragma once

#include "integration/lab/guest.h"

namespace rehearse {

/// Boots a guest without disks on KVM and waits for its agent.
bool kvm_works(const std::filesystem::path& image, std::chrono::milliseconds patience);

struct KvmAnswer {
  bool works = false;
  bool probed = false;  // just now, as no answer was remembered
};
/// The answer remembered in `memory` for this boot and image, else that of `probe`, which is then remembered.
KvmAnswer remembered_kvm(const std::filesystem::path& memory, const std::string& image,
                         const std::function<bool()>& probe);

/// What guests of this image are to run on.
Accelerator accelerator_for(const std::filesystem::path& image, const Say&);

}  // namespace rehearse
