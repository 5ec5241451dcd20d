// The contract on the model, on a real backend whose machine is modelled, and on its recording.
// REHEARSE_RECORD=FILE writes the recording anew.
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "backends/conformance_suite.h"
#include "backends/real_backend.h"
#include "backends/shell/disturbed_shell.h"
#include "backends/shell/model_shell.h"
#include "backends/shell/replay_shell.h"

namespace rehearse {
namespace {

World blank() {
  World world;
  add_host(world, "alpha", {{"vda", 256 * kMiB}, {"vdb", 64 * kMiB}});
  return world;
}

std::string this_test() { return testing::UnitTest::GetInstance()->current_test_info()->name(); }

// Each test is a machine of its own in the recording.
void record(const LoggedCall& row) {
  const char* file = std::getenv("REHEARSE_RECORD");
  if (!file) return;
  std::ofstream out(file, std::ios::app | std::ios::binary);
  if (out.tellp() == 0) out << kCallLogHead;
  LoggedCall kept = row;
  kept.answer.took = {};
  out << write_call(kept);
}

struct OnModel {
  static Tried make() { return {std::make_unique<ModelBackend>(blank()), "alpha", nullptr}; }
};

Tried real(std::shared_ptr<Shell> shell) {
  auto backend = std::make_unique<RealBackend>();
  backend->add("alpha", std::move(shell));
  return {std::move(backend), "alpha", nullptr};
}

bool is_vgcreate(std::size_t, const ShellCall& call) { return call.words.back().starts_with("vgcreate"); }

struct OnModelledMachine {
  static std::shared_ptr<Shell> machine() {
    return std::make_shared<ModelShell>(std::make_shared<ModelBackend>(blank()), "alpha");
  }
  static Tried make() {
    // What is made only to be replaced is not worth keeping.
    if (this_test() == "knows_nothing_where_a_reply_was_lost") return real(machine());
    return real(std::make_shared<RecordingShell>(machine(), this_test(), record));
  }
  static Tried make_losing() {
    return real(std::make_shared<RecordingShell>(std::make_shared<LosingShell>(machine(), is_vgcreate),
                                                 this_test(), record));
  }
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
