// The contract on the model, on a real backend whose machine is modelled, and on the recording of a real one
// (integration/backend_conformance_lab_test.cc makes it).
#include <fstream>
#include <iterator>

#include "backends/conformance_suite.h"
#include "backends/real_backend.h"
#include "backends/shell/disturbed_shell.h"
#include "backends/shell/model_shell.h"
#include "backends/shell/replay_shell.h"
#include "backends/suite_record.h"

namespace rehearse {
namespace {

World blank() {
  World world;
  add_host(world, "alpha", {{"vda", 256 * kMiB}, {"vdb", 64 * kMiB}});
  return world;
}

struct OnModel {
  static Tried make() { return {std::make_unique<ModelBackend>(blank()), "alpha", nullptr}; }
};

Tried real(std::shared_ptr<Shell> shell) {
  auto backend = std::make_unique<RealBackend>();
  backend->add("alpha", std::move(shell));
  return {std::move(backend), "alpha", nullptr};
}

struct OnModelledMachine {
  static std::shared_ptr<Shell> machine() {
    return std::make_shared<ModelShell>(std::make_shared<ModelBackend>(blank()), "alpha");
  }
  static Tried make() { return real(machine()); }
  static Tried make_losing() { return real(std::make_shared<LosingShell>(machine(), is_vgcreate)); }
};

struct OnRecording {
  static Tried make() {
    std::ifstream in(REHEARSE_CONFORMANCE_LOG, std::ios::binary);
    const std::string text((std::istreambuf_iterator<char>(in)), {});
    const auto log = read_call_log(text);
    EXPECT_TRUE(std::holds_alternative<std::vector<LoggedCall>>(log)) << std::get<CallLogError>(log).what;
    return real(std::make_shared<ReplayShell>(std::get<std::vector<LoggedCall>>(log), this_test()));
  }
  static Tried make_losing() { return make(); }
};

INSTANTIATE_TYPED_TEST_SUITE_P(Model, BackendConformance, OnModel);
INSTANTIATE_TYPED_TEST_SUITE_P(ModelledMachine, BackendConformance, OnModelledMachine);
INSTANTIATE_TYPED_TEST_SUITE_P(Recording, BackendConformance, OnRecording);

}  // namespace
}  // namespace rehearse
