// Spoiled input of every kind, given to the built program: exit status 2, one clear line on standard error,
// nothing on standard output but the program's own, and no complaint of the sanitizers.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>

namespace {

namespace files = std::filesystem;

std::string text_of(const files::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

struct Ended {
  int status = 0;
  std::string errors;
};

class Mutations : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = files::path(testing::TempDir()) / fmt::format("rehearse-mutation-{}", getpid());
    files::create_directories(folder_);
    files::copy_file(scenarios_ / "trolls.world.json", folder_ / "trolls.world.json",
                     files::copy_options::overwrite_existing);
  }
  void TearDown() override { files::remove_all(folder_); }

  Ended check(const std::string& name, const std::string& text, const std::string& more = "") {
    std::ofstream(folder_ / name, std::ios::binary) << text;
    const std::string command = fmt::format("cd '{}' && '{}' check {} {} 2>&1 >/dev/null", folder_.string(),
                                            REHEARSE_PROGRAM, more, name);
    Ended ended;
    FILE* pipe = popen(command.c_str(), "r");
    char piece[4096];
    for (std::size_t n; (n = fread(piece, 1, sizeof piece, pipe)) > 0;) ended.errors.append(piece, n);
    const int status = pclose(pipe);
    ended.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return ended;
  }

  void expect_one_clear_line(const std::string& what, const Ended& ended) {
    EXPECT_EQ(ended.status, 2) << what << "\n" << ended.errors.substr(0, 2000);
    EXPECT_EQ(std::count(ended.errors.begin(), ended.errors.end(), '\n'), 1) << what << "\n"
                                                                             << ended.errors.substr(0, 2000);
    EXPECT_LT(ended.errors.size(), 1000u) << what;
    EXPECT_EQ(ended.errors.find("Sanitizer"), std::string::npos) << what;
  }

  void spoil_runbook(const std::string& what, const std::string& text) {
    expect_one_clear_line(what, check("spoiled.md", text));
  }
  void spoil_world(const std::string& what, const std::string& text) {
    std::ofstream(folder_ / "spoiled.json", std::ios::binary) << text;
    expect_one_clear_line(
        what, check("plain.md", "# Plain\n```console\nroot@trolls:~# lvs\n```\n", "--world spoiled.json"));
  }

  files::path scenarios_{REHEARSE_SCENARIOS};
  files::path folder_;
};

// A line that starts inside a console block, for putting something wrong behind it.
std::size_t inside_a_block(const std::string& text, std::size_t nth) {
  std::size_t at = 0;
  for (std::size_t i = 0; i <= nth; ++i) at = text.find("\n```console\n", at) + 12;
  return at;
}

TEST_F(Mutations, of_runbooks_are_bad_input) {
  const std::string good = text_of(scenarios_ / "echelon-upgrade.md");
  std::size_t blocks = 0;
  for (std::size_t at = 0; (at = good.find("\n```console\n", at)) != std::string::npos; ++at) ++blocks;
  ASSERT_GT(blocks, 0u);
  const std::vector<std::string> wrong_lines = {"~ nobody knows this\n",
                                                "~ echelon writes to /\n",
                                                "~ echelon writes 12Q to /\n",
                                                "! trolls explodes\n",
                                                "! disk of trolls fails\n",
                                                "? vg1/echelon is nice\n",
                                                "?\n",
                                                "~\n",
                                                "!\n",
                                                "expect: RH9999\n",
                                                "expect:\n",
                                                "refused: no_such_refusal_at_all\n",
                                                "refused:\n",
                                                "? \n",
                                                "~ 2 fortnights pass\n",
                                                "root@nowhere:~# lvs\n",
                                                "~ echelon upgrades to\n",
                                                "root@trolls:~# lvs \\\n```\n"};
  for (std::size_t i = 0; i < wrong_lines.size(); ++i) {
    std::string text = good;
    text.insert(inside_a_block(text, i % blocks), wrong_lines[i]);
    spoil_runbook("a wrong line: " + wrong_lines[i], text);
  }
  for (std::size_t i = 0; i < 20; ++i) {  // cut off inside a block: the fence is never closed
    const std::size_t at = inside_a_block(good, i % blocks);
    const std::size_t end = good.find("\n```", at);
    spoil_runbook("truncated", good.substr(0, at + (end - at) * (i + 1) / 22));
  }
  for (const std::string bytes : {"\xff", "\xc3(", "\xed\xa0\x80", "\xf5\x80\x80\x80", "\xc0\xaf"}) {
    for (std::size_t i = 0; i < 4; ++i) {
      std::string text = good;
      text.insert(inside_a_block(text, i % blocks), "root@trolls:~# cat /etc/" + bytes + "\n");
      spoil_runbook("invalid UTF-8", text);
    }
  }
  for (std::size_t i = 0; i < 4; ++i) {
    std::string text = good;
    text.insert(inside_a_block(text, i % blocks),
                "root@trolls:~# echo " + std::string(10'000'000, 'x') + "\n");
    spoil_runbook("a line of 10 MB", text);
  }
  spoil_runbook("a NUL byte", good + std::string(1, '\0'));
  spoil_runbook("two worlds", good + "\n```world\ntrolls.world.json\n```\n");
  spoil_runbook("no such world", "```world\nnowhere.json\n```\n```console\nroot@a:~# lvs\n```\n");
  spoil_runbook("an empty world", "```world\n```\n```console\nroot@a:~# lvs\n```\n");
}

TEST_F(Mutations, of_includes_are_bad_input) {
  std::ofstream(folder_ / "other.md") << "```include\nspoiled.md\n```\n";
  spoil_runbook("includes itself", "```include\nspoiled.md\n```\n");
  spoil_runbook("a cycle of two", "```include\nother.md\n```\n");
  spoil_runbook("no such file", "```include\nnowhere.md\n```\n");
  spoil_runbook("a folder", "```include\n.\n```\n");
  std::ofstream(folder_ / "second.json") << R"({"rehearse_world": 1, "include": "spoiled.json"})";
  spoil_world("a world that includes itself", R"({"rehearse_world": 1, "include": "spoiled.json"})");
  spoil_world("a cycle of two worlds", R"({"rehearse_world": 1, "include": "second.json"})");
}

// Every place of the tree with another type, and every object with a key nobody knows.
void spoil_everywhere(nlohmann::json& whole, nlohmann::json& at,
                      const std::function<void(const std::string&)>& spoiled) {
  const nlohmann::json kept = at;
  if (at.is_object()) {
    at["no_such_key"] = 1;
    spoiled("an unknown key");
    at = kept;
  }
  at = at.is_number() ? nlohmann::json("twelve") : nlohmann::json(-12.5);
  spoiled("another type");
  at = kept;
  if (!at.is_structured()) return;
  for (nlohmann::json& below : at) spoil_everywhere(whole, below, spoiled);
}

TEST_F(Mutations, of_world_files_are_bad_input) {
  const std::string good = text_of(scenarios_ / "trolls.world.json");
  nlohmann::json world = nlohmann::json::parse(good);
  int tried = 0;
  spoil_everywhere(world, world, [&](const std::string& what) {
    if (++tried <= 120) spoil_world(fmt::format("{} (number {})", what, tried), world.dump());
  });
  EXPECT_GT(tried, 60);
  for (std::size_t i = 0; i < 30; ++i) spoil_world("truncated", good.substr(0, good.size() * i / 31));
  spoil_world("another version", R"({"rehearse_world": 2})");
  spoil_world("no version", "{}");
  spoil_world("a list", "[]");
  spoil_world("deeply nested", std::string(100'000, '['));
  spoil_world("a long string", "{\"rehearse_world\": 1, \"" + std::string(10'000'000, 'x') + "\": 1}");
  spoil_world("invalid UTF-8", "{\"rehearse_world\": 1, \"hosts\": {\"\xff\": {}}}");
  spoil_world("a huge number", R"({"rehearse_world": 1e400})");
  spoil_world("the same key twice", R"({"rehearse_world": 1, "hosts": {}, "hosts": {}})");
}

}  // namespace
