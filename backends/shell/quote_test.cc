#include "backends/shell/quote.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "backends/shell/local_shell.h"

namespace rehearse {
namespace {

using Words = std::vector<std::string>;

// Bytes that mean something to a shell, to printf, to terminals, to nobody.
rc::Gen<std::string> hostile_word() {
  const auto nasty =
      rc::gen::elementOf(std::string("'\"\\$`!*?[]{}()<>|&;#~=% \t\n\r\x01\x1b\x7f\xff\xc3-0a"));
  const auto any = rc::gen::map(rc::gen::inRange(1, 256), [](int byte) { return static_cast<char>(byte); });
  return rc::gen::container<std::string>(rc::gen::oneOf(nasty, nasty, any));
}

std::string said_by_sh(const std::string& line) {
  LocalShell shell;
  return shell.run({{"sh", "-c", line}, "", std::chrono::seconds(20)}).out;
}

TEST(Quote, leaves_plain_words_as_they_are) {
  EXPECT_EQ(quote_for_shell(Words{"lvcreate", "-L", "8M", "vg1/x@y:z"}), "lvcreate -L 8M vg1/x@y:z");
  EXPECT_EQ(quote_for_shell(Words{"echo", "", "it's", "$x"}), "echo '' 'it'\\''s' '$x'");
  EXPECT_EQ(quote_for_shell(Words{"if", "a"}), "'if' a");
}

RC_GTEST_PROP(Quote, is_read_back_by_a_real_shell, ()) {
  const auto words = *rc::gen::container<Words>(hostile_word());
  Words command{"printf", "%s\\0"};
  command.insert(command.end(), words.begin(), words.end());
  std::string expected;
  for (const std::string& word : words) expected += word + '\0';
  if (words.empty()) expected = std::string(1, '\0');  // printf prints its format once
  RC_ASSERT(said_by_sh(quote_for_shell(command)) == expected);
}

RC_GTEST_PROP(Quote, is_read_back_through_two_shells, ()) {
  const auto word = *hostile_word();
  const std::string inner = quote_for_shell(Words{"printf", "%s", word});
  RC_ASSERT(said_by_sh(quote_for_shell(Words{"sh", "-c", inner})) == word);
}

}  // namespace
}  // namespace rehearse
