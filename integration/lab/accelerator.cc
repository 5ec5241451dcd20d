#include "integration/lab/accelerator.h"

#include <fcntl.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

#include "integration/lab/template.h"

namespace rehearse {
namespace {

namespace files = std::filesystem;

// A guest that KVM runs at all answers after a second or two.
constexpr std::chrono::milliseconds kProbePatience{6000};

std::string contents(const files::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

}  // namespace

bool kvm_works(const files::path& image, std::chrono::milliseconds patience) {
  auto made = RunFolder::make();
  if (std::holds_alternative<LabFailure>(made)) return false;
  GuestPlan plan;
  plan.name = "probe";
  plan.image = image;
  plan.folder = std::get<RunFolder>(made).path();
  plan.accelerator = Accelerator::kvm;
  LabGuest guest(std::move(plan));
  return !guest.begin_boot() && !guest.finish_boot(patience);
}

KvmAnswer remembered_kvm(const files::path& memory, const std::string& image,
                         const std::function<bool()>& probe) {
  const std::string about = contents("/proc/sys/kernel/random/boot_id") + image + "\n";
  const auto alone = lock_file(memory.string() + ".lock");
  const std::string known = contents(memory);
  if (known == about + "works\n") return {true, false};
  if (known == about + "fails\n") return {false, false};
  const bool works = probe();
  std::ofstream(memory) << about << (works ? "works\n" : "fails\n");
  return {works, true};
}

Accelerator accelerator_for(const files::path& image, const Say& say) {
  const Handle kvm(open("/dev/kvm", O_RDWR | O_CLOEXEC));
  if (!kvm) return Accelerator::tcg;
  const KvmAnswer answer = remembered_kvm(lab_cache() / "kvm", image.filename().string(), [&] {
    if (say) say("Seeing whether guests run on KVM");
    return kvm_works(image, kProbePatience);
  });
  if (answer.probed && say) say(answer.works ? "They do" : "They do not: software emulation is used");
  return answer.works ? Accelerator::kvm : Accelerator::tcg;
}

}  // namespace rehearse
