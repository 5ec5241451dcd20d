#include "scenarios/runbook.h"

#include <gtest/gtest.h>

#include <map>

#include "scenarios/script.h"

namespace rehearse {
namespace {

using Files = std::map<std::string, std::string>;

Input<Runbook> read(const std::string& text, const Files& files = {}) {
  return read_runbook(text, "books/main.md", [&](const std::string& file) -> Input<std::string> {
    const auto at = files.find(file);
    if (at == files.end()) return InputError{file, 0, 0, "", "there is no such file"};
    return at->second;
  });
}

Runbook good(const std::string& text, const Files& files = {}) {
  auto runbook = read(text, files);
  if (const auto* bad = std::get_if<InputError>(&runbook)) throw std::runtime_error(bad->text());
  return std::get<Runbook>(std::move(runbook));
}

std::string console(const std::string& body) { return "```console\n" + body + "```\n"; }

CommandLine only_command(const std::string& body) {
  const Runbook runbook = good(console(body));
  EXPECT_EQ(runbook.items.size(), 1u);
  return std::get<CommandLine>(runbook.items.at(0).what);
}

TEST(Runbook, plays_console_blocks_and_leaves_the_rest_as_prose) {
  const Runbook runbook = good(
      "# Upgrade `echelon`\n\n```world\ntrolls.world.json\n```\nProse with `root@trolls:~# sync`.\n\n"
      "    root@trolls:~# indented\n\n```sh\nroot@trolls:~# other\n```\n\n"
      "```console\nroot@trolls:~# lvs\n  LV VG\n~ 1 day passes\n? trolls is up\n```\n");
  EXPECT_EQ(runbook.title, "Upgrade echelon");
  ASSERT_TRUE(runbook.world);
  EXPECT_EQ(runbook.world->file, "books/trolls.world.json");
  ASSERT_EQ(runbook.items.size(), 3u);
  EXPECT_EQ(runbook.items[0].place, (Place{"books/main.md", 15, 16}));
  EXPECT_EQ(std::get<CommandLine>(runbook.items[0].what).shown, std::vector<std::string>{"  LV VG"});
  EXPECT_TRUE(std::holds_alternative<Step>(runbook.items[1].what));
  EXPECT_TRUE(std::holds_alternative<Assertion>(runbook.items[2].what));
  EXPECT_EQ(runbook.items[2].place.line, 18u);
}

TEST(Runbook, counts_lines_and_columns_inside_lists_and_quotations) {
  const Runbook runbook =
      good("1. first\n\n   ```console\n   trolls# sync\n   ```\n\n> ```console\n> trolls# lvs\n> ```\n");
  ASSERT_EQ(runbook.items.size(), 2u);
  EXPECT_EQ(runbook.items[0].place, (Place{"books/main.md", 4, 12}));
  EXPECT_EQ(runbook.items[1].place, (Place{"books/main.md", 8, 11}));
}

TEST(Runbook, knows_the_prompts_people_paste) {
  const struct {
    const char* line;
    const char* user;
    const char* host;
    const char* command;
  } rows[] = {
      {"root@trolls:~# lvs", "root", "trolls", "lvs"},
      {"trolls# lvs", "", "trolls", "lvs"},
      {"trolls:~# lvs", "", "trolls", "lvs"},
      {"trolls:/etc/xen# lvs", "", "trolls", "lvs"},
      {"[root@trolls ~]# lvs", "root", "trolls", "lvs"},
      {"me@trolls:dir$ sudo lvs", "me", "trolls", "sudo lvs"},
      {"root@trolls.example.org:~# a #b", "root", "trolls.example.org", "a #b"},
  };
  for (const auto& row : rows) {
    const auto prompt = read_prompt(row.line);
    ASSERT_TRUE(prompt) << row.line;
    EXPECT_EQ(prompt->user, row.user) << row.line;
    EXPECT_EQ(prompt->host, row.host) << row.line;
    EXPECT_EQ(std::string_view(row.line).substr(prompt->length), row.command);
  }
  for (const char* line : {"", "# lvs", "$ lvs", "trolls$ lvs", "  LV VG", "a b# c", "foo#bar", "total: 5",
                           "[trolls]# x", "@a# b"}) {
    EXPECT_FALSE(read_prompt(line)) << line;
  }
}

TEST(Runbook, joins_continued_lines) {
  EXPECT_EQ(only_command("t# lvcreate -s \\\n  -L 1G \\\n> vg1/x\n").text, "lvcreate -s   -L 1G vg1/x");
  EXPECT_EQ(only_command("t# echo a\\\\\n").text, "echo a\\\\") << "an escaped backslash ends the line";
}

TEST(Runbook, reads_here_documents) {
  const CommandLine command = only_command("t# cat > /etc/x <<'EOF'\n? not an assertion\n\n# kept\nEOF\n");
  EXPECT_EQ(command.heredoc, (std::vector<std::string>{"? not an assertion", "", "# kept"}));
  EXPECT_EQ(only_command("t# cat > /x << E\n> a\n> E\n").heredoc, std::vector<std::string>{"a"});
  EXPECT_EQ(heredoc_word("cat <<-\"X\" > y"), "X");
  EXPECT_EQ(heredoc_word("echo '<<X'"), std::nullopt);
  EXPECT_EQ(heredoc_word("grep a <<< text"), std::nullopt);
}

TEST(Runbook, sees_that_a_question_was_answered_yes) {
  EXPECT_TRUE(only_command("t# lvremove vg/x\nDo you really want to remove it? [y/n]: y\n").yes);
  EXPECT_TRUE(only_command("t# mkfs.ext4 /dev/x\nProceed anyway? (y,N) y\n").yes);
  EXPECT_FALSE(only_command("t# lvremove vg/x\nDo you really want to remove it? [y/n]: n\n").yes);
  EXPECT_FALSE(only_command("t# lvremove vg/x\nDo you really want to remove it? [y/n]:\n").yes);
}

TEST(Runbook, ties_expectations_to_their_steps) {
  const Runbook runbook =
      good(console("t# lvcreate vg\noutput\nrefused: no_such_group\nexpect: RH101\nexpect: RH102 vg1/s is "
                   "gone\n# note\nt# lvs\n"));
  ASSERT_EQ(runbook.items.size(), 2u);
  ASSERT_TRUE(runbook.items[0].refused);
  EXPECT_EQ(runbook.items[0].refused->why, Refusal::no_such_group);
  EXPECT_EQ(runbook.items[0].refused->place.line, 4u);
  ASSERT_EQ(runbook.items[0].expected.size(), 1u);
  EXPECT_EQ(runbook.items[0].expected[0].code, "RH101");
  ASSERT_EQ(runbook.expected.size(), 1u);
  EXPECT_EQ(runbook.expected[0].subject, "vg1/s is gone");
}

TEST(Runbook, takes_an_inline_world) {
  const Runbook runbook = good("```world\n\n{\"rehearse_world\": 1}\n```\n");
  ASSERT_TRUE(runbook.world);
  EXPECT_EQ(runbook.world->json, "\n{\"rehearse_world\": 1}\n");
  EXPECT_EQ(runbook.world->place.line, 2u);
}

TEST(Runbook, includes_other_files_relative_to_each) {
  const Files files{{"books/parts/a.md", console("t# sync\n") + "```include\nb.md\n```\n"},
                    {"books/parts/b.md", console("t# lvs\n")}};
  const Runbook runbook = good("```include\nparts/a.md\n```\n" + console("t# vgs\n"), files);
  ASSERT_EQ(runbook.items.size(), 3u);
  EXPECT_EQ(runbook.items[0].place, (Place{"books/parts/a.md", 2, 4}));
  EXPECT_EQ(runbook.items[1].place.file, "books/parts/b.md");
  EXPECT_EQ(runbook.items[2].place.file, "books/main.md");
}

TEST(Runbook, names_place_and_fix_of_every_mistake) {
  const Files files{{"books/self.md", "```include\nmain.md\n```\n"},
                    {"books/bad.md", console("! x\n")},
                    {"books/twice.md", "```world\nx\n```\n```world\ny\n```\n"}};
  const struct {
    std::string text;
    std::string error;
  } rows[] = {
      {console("! trolls looses power\n"),
       "books/main.md:2:10: expected \"loses\", \"powers\", \"hangs\" or \"goes\", found \"looses\"; did you "
       "mean \"loses\"?"},
      {console("~2 hours pass\n!x y\n"), "books/main.md:2:2: expected"},
      {console("!trolls loses power\n"),
       "books/main.md:2:2: expected a space after \"!\": \"! trolls loses power\""},
      {console("lvs\n"), "books/main.md:2:1: expected a command with its prompt"},
      {console("$ lvs\n"), "books/main.md:2:1: expected a prompt that names the host"},
      {console("t# lvs\nrefused: no_such_goup\n"),
       "books/main.md:3:10: expected the name of a refusal (see `rehearse list refusals`), found "
       "\"no_such_goup\"; did you mean \"no_such_group\"?"},
      {console("t# lvs\nrefused:\n"), "found the end of the line"},
      {console("t# lvs\nrefused: no_such_group\nrefused: no_such_group\n"),
       "books/main.md:4:1: this command already has"},
      {console("refused: no_such_group\n"), "books/main.md:2:1: \"refused:\" must stand below the command"},
      {console("t# lvs\nrefuses: no_such_group\n"), "did you mean \"refused:\"?"},
      {console("t# lvs\nexpected: RH101\n"), "did you mean \"expect:\"?"},
      {console("t# lvs\nexpect: R101\n"),
       "books/main.md:3:9: expected a finding's code such as RH101 (see `rehearse list rules`), found "
       "\"R101\""},
      {console("expect: RH101\n"), "expected a subject, as in \"expect: RH101 vg1/echelon_etch\""},
      {console("t# lvs \\\n"),
       "books/main.md:2:9: the command goes on (\\ at its end), but the block ends here"},
      {console("t# cat <<EOF\na\n"),
       "books/main.md:2:1: expected a line \"EOF\" that ends the text of this command"},
      {"```console\nt# lvs\n",
       "books/main.md:1:1: expected a line \"```\" that closes this console block, found none"},
      {"```Console\n```\n",
       "books/main.md:1:1: a block of kind \"Console\" is not played; did you mean \"console\"?"},
      {"```world\n```\n", "books/main.md:2:1: expected the name of a world file, or a world as JSON"},
      {"```world\na\nb\n```\n", "expected one file name, or a world as JSON that opens with {"},
      {"```include\ntwice.md\n```\n",
       "books/twice.md:4:1: a second world; the first is in books/twice.md, line 1"},
      {"```include\nself.md\n```\n",
       "books/self.md:2:1: the file includes itself: books/main.md -> books/self.md -> books/main.md"},
      {"\n```include\ngone.md\n```\n",
       "books/main.md:3:1: cannot include books/gone.md: there is no such file"},
      {"```include\nbad.md\n```\n",
       "books/bad.md:2:4: expected \"loses\", \"powers\", \"hangs\" or \"goes\", found the end"},
      {std::string("a\0b", 3), "books/main.md:1:2: expected text, found a NUL byte"},
      {"a\n\xc3\x28\n", "books/main.md:2:1: expected UTF-8, found the byte 0xc3"},
      {"\xed\xa0\x80", "expected UTF-8, found the byte 0xed"},
      {std::string(10 * kMiB, 'x'), "books/main.md:1:65537: the line is longer than 65536 bytes"},
  };
  for (const auto& row : rows) {
    const auto result = read(row.text, files);
    const auto* bad = std::get_if<InputError>(&result);
    ASSERT_TRUE(bad) << row.text.substr(0, 100);
    EXPECT_NE(bad->text().find(row.error), std::string::npos) << bad->text() << "\nexpected " << row.error;
    EXPECT_EQ(bad->text().find('\n'), std::string::npos) << "one line";
  }
}

TEST(Runbook, stops_includes_that_multiply) {
  Files files;
  for (int i = 0; i < 20; ++i) {
    const std::string next = "n" + std::to_string(i + 1) + ".md\n";
    files["books/n" + std::to_string(i) + ".md"] = "```include\n" + next + next + next + "```\n";
  }
  files["books/n20.md"] = "end\n";
  const auto result = read("```include\nn0.md\n```\n", files);
  ASSERT_TRUE(std::holds_alternative<InputError>(result));
  EXPECT_NE(std::get<InputError>(result).what.find("more than 256 files"), std::string::npos);
}

TEST(Runbook, accepts_any_line_ending) {
  const Runbook runbook = good("```console\r\nt# lvs\r\n! t loses power\r\n```\r\n");
  ASSERT_EQ(runbook.items.size(), 2u);
  EXPECT_EQ(std::get<CommandLine>(runbook.items[0].what).text, "lvs");
}

}  // namespace
}  // namespace rehearse
