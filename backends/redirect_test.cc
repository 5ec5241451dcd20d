#include <gtest/gtest.h>

#include "backends/model_backend.h"
#include "model/fs/path.h"

namespace rehearse {
namespace {

struct Typing : testing::Test {
  Typing() : backend(world()) {}
  static World world() {
    World made;
    add_host(made, "alpha", {});
    fs::make_directory(made, "alpha", "/etc");
    return made;
  }
  Outcome type(std::string_view line) { return backend.run_line("alpha", line); }
  std::string file(Name path) { return fs::text_at(backend.world(), "alpha", path).value_or("(none)"); }

  ModelBackend backend;
};

TEST_F(Typing, writes_and_appends_to_files) {
  type("echo a > /etc/x");
  EXPECT_EQ(file("/etc/x"), "a\n");
  type("echo b >> /etc/x; echo c >> /etc/y");
  EXPECT_EQ(file("/etc/x"), "a\nb\n");
  EXPECT_EQ(file("/etc/y"), "c\n");
  type("echo new > /etc/x");
  EXPECT_EQ(file("/etc/x"), "new\n");
}

TEST_F(Typing, keeps_what_went_into_a_file_off_the_screen) {
  EXPECT_TRUE(type("echo a > /etc/x").report.lines.empty());
  EXPECT_TRUE(type("echo a > /dev/null").report.lines.empty());
  EXPECT_EQ(type("echo a 2> /etc/x").report.lines.size(), 1u);
  EXPECT_EQ(file("/etc/x"), "") << "opened, though nothing was said";
}

TEST_F(Typing, joins_streams_in_the_order_they_are_written) {
  const Outcome joined = type("echo a >&2");
  ASSERT_EQ(joined.report.lines.size(), 1u);
  EXPECT_TRUE(joined.report.lines[0].error);
  EXPECT_TRUE(type("echo a >&2 2> /dev/null").report.lines.size() == 1) << "2 was still the screen";
  EXPECT_TRUE(type("echo a 2> /dev/null >&2").report.lines.empty());
}

TEST_F(Typing, filters_what_it_reads_from_a_file) {
  type("echo vg1 > /etc/x; echo vg2 >> /etc/x");
  const Outcome found = type("grep vg2 < /etc/x");
  ASSERT_EQ(found.report.lines.size(), 1u);
  EXPECT_EQ(found.report.lines[0].text, "vg2");
}

TEST_F(Typing, tells_its_watcher_what_a_redirection_changed) {
  std::vector<std::pair<std::string, std::string>> seen;  // the file before, and what was written
  backend.watch([&](const World& before, const Command& command, const Refused&, const Report&) {
    const auto* layer = std::get_if<fs::Op>(&command.op);
    const auto* write = layer ? layer->get_if<fs::WriteFile>() : nullptr;
    if (write) seen.emplace_back(fs::text_at(before, "alpha", write->path).value_or("(none)"), write->text);
  });
  type("echo a > /etc/x");
  type("echo b >> /etc/x");
  type("echo b > /etc/x");
  type("echo b > /etc/x");
  type("echo c > /dev/null");
  using Seen = std::pair<std::string, std::string>;
  EXPECT_EQ(seen, (std::vector<Seen>{Seen("(none)", "a\n"), Seen("a\n", "a\nb\n"), Seen("a\nb\n", "b\n")}));
}

// bash 5.2
TEST_F(Typing, says_as_the_shell_does_why_a_file_cannot_be) {
  const Outcome missing = type("echo a > /no/where");
  EXPECT_EQ(missing.report.status, 1);
  EXPECT_EQ(missing.report.lines.at(0).text, "-bash: /no/where: No such file or directory");
  EXPECT_EQ(type("echo a > /etc").report.lines.at(0).text, "-bash: /etc: Is a directory");
  EXPECT_EQ(type("cat < /etc/none").report.lines.at(0).text, "-bash: /etc/none: No such file or directory");
}

TEST_F(Typing, leaves_devices_and_relative_paths_to_those_who_know_them) {
  EXPECT_EQ(type("echo a > /dev/sda").verdict, Outcome::Verdict::not_understood);
  EXPECT_EQ(type("echo a > x").what, "a redirection to x");
}

TEST_F(Typing, tells_its_watcher_of_every_operation) {
  std::vector<Words> seen;
  backend.watch([&](const World&, const Command& command, const Refused&, const Report&) {
    seen.push_back(render(command.op));
  });
  type("sync; echo a && sync");
  EXPECT_EQ(seen, (std::vector<Words>{{"sync"}, {"echo", "a"}, {"sync"}}));
}

}  // namespace
}  // namespace rehearse
