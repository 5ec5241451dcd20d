#include "integration/fidelity.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

namespace rehearse {
namespace {

TEST(Fidelity, TheReadmeSaysWhatTheRecordingsSay) {
  const auto measured = measure_fidelity(REHEARSE_RECORDINGS);
  if (const auto* bad = std::get_if<InputError>(&measured)) FAIL() << bad->text();
  std::ifstream in(REHEARSE_README);
  const std::string readme{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  const std::string begin = "<!-- fidelity -->\n";
  const std::size_t at = readme.find(begin);
  const std::size_t end = readme.find("<!-- /fidelity -->");
  ASSERT_NE(at, readme.npos);
  ASSERT_NE(end, readme.npos);
  const std::size_t first = at + begin.size();
  EXPECT_EQ(readme.substr(first, end - first), fidelity_summary(std::get<Fidelity>(measured)))
      << "tools/record --summary writes it anew";
}

}  // namespace
}  // namespace rehearse
