// The contract of a backend on a guest of the lab. REHEARSE_RECORD=FILE writes what the guest said, which
// backends/conformance.log keeps for the tests that have no guest.
#include "backends/conformance_suite.h"
#include "backends/real_backend.h"
#include "backends/shell/disturbed_shell.h"
#include "backends/suite_record.h"
#include "integration/lab/lab.h"

namespace rehearse {
namespace {

struct OnLab {
  // A clean guest behind a shell that is written down.
  static Tried make(bool losing) {
    auto started = Lab::start({1, 2});
    if (const auto* failed = std::get_if<LabFailure>(&started)) {
      ADD_FAILURE() << failed->why;
      return {std::make_unique<RealBackend>(), "alpha", nullptr};
    }
    const std::shared_ptr<Lab> lab = std::move(std::get<std::unique_ptr<Lab>>(started));
    std::shared_ptr<Shell> shell(lab, &lab->shell("alpha"));
    if (losing) shell = std::make_shared<LosingShell>(std::move(shell), is_vgcreate);
    auto backend = std::make_unique<RealBackend>();
    backend->add("alpha", std::make_shared<RecordingShell>(std::move(shell), this_test(), record_suite));
    return {std::move(backend), "alpha", lab};
  }
  static Tried make() {
    // What is made only to be replaced would take the place of the one that is not.
    if (this_test() == "knows_nothing_where_a_reply_was_lost") return {};
    return make(false);
  }
  static Tried make_losing() { return make(true); }
};

INSTANTIATE_TYPED_TEST_SUITE_P(Lab, BackendConformance, OnLab);

}  // namespace
}  // namespace rehearse
