// Runs one fuzz target on files and folders of files, the corpus as an ordinary test: replay_corpus TARGET
// FILES...
#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string_view>

#include "fuzz/target.h"

#define TARGET(name) int fuzz_##name(const std::uint8_t* data, std::size_t size);
#include "fuzz_targets.inc"
#undef TARGET

namespace {

struct Target {
  std::string_view name;
  int (*run)(const std::uint8_t* data, std::size_t size);
};

constexpr Target kTargets[] = {
#define TARGET(name) {#name, fuzz_##name},
#include "fuzz_targets.inc"
#undef TARGET
};

int replay(const Target& target, const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(in)), {});
  target.run(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view asked = argc > 1 ? argv[1] : "";
  const auto* target = std::find_if(std::begin(kTargets), std::end(kTargets),
                                    [&](const Target& known) { return known.name == asked; });
  if (target == std::end(kTargets)) {
    fmt::print(stderr, "replay_corpus: no fuzz target \"{}\"\n", asked);
    return 2;
  }
  int played = 0;
  for (int i = 2; i < argc; ++i) {
    if (!std::filesystem::is_directory(argv[i])) {
      played += replay(*target, argv[i]);
      continue;
    }
    for (const auto& entry : std::filesystem::directory_iterator(argv[i]))
      played += replay(*target, entry.path());
  }
  fmt::print("{} inputs\n", played);
  return played > 0 ? 0 : 1;
}
