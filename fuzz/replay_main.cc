// Runs a fuzz target on files and folders of files: the corpus as an ordinary test.
#include <fmt/core.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "fuzz/target.h"

namespace {

int replay(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(in)), {});
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  int played = 0;
  for (int i = 1; i < argc; ++i) {
    if (!std::filesystem::is_directory(argv[i])) {
      played += replay(argv[i]);
      continue;
    }
    for (const auto& entry : std::filesystem::directory_iterator(argv[i])) played += replay(entry.path());
  }
  fmt::print("{} inputs\n", played);
  return played > 0 ? 0 : 1;
}
