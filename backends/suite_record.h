// The recording of the conformance suite: REHEARSE_RECORD=FILE has every call of its tests written there,
// each test as a machine of its own.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "backends/shell/call_log.h"

namespace rehearse {

inline std::string this_test() { return testing::UnitTest::GetInstance()->current_test_info()->name(); }

inline void record_suite(const LoggedCall& row) {
  const char* file = std::getenv("REHEARSE_RECORD");
  if (!file) return;
  std::ofstream out(file, std::ios::app | std::ios::binary);
  if (out.tellp() == 0) out << kCallLogHead;
  LoggedCall kept = row;
  kept.answer.took = {};
  out << write_call(kept);
}

/// The call whose reply is lost.
inline bool is_vgcreate(std::size_t, const ShellCall& call) {
  return call.words.back().starts_with("vgcreate");
}

}  // namespace rehearse
