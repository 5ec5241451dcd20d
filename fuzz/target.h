// A fuzz target reads any bytes without a crash. With clang it is driven by libFuzzer, otherwise by a main
// that replays files, so that the corpora are tested in every build.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

// The name of a target's function: libFuzzer knows one, replay_corpus holds them all.
#ifdef REHEARSE_LIBFUZZER
#define FUZZ_TARGET(name) LLVMFuzzerTestOneInput
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
#else
#define FUZZ_TARGET(name) fuzz_##name
#endif

namespace rehearse {

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

}  // namespace rehearse
