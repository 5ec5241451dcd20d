// What tests of real runs share: a runbook, a journal on the disk, and a machine that is modelled, behind a
// shell that the test can disturb.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "backends/real_backend.h"
#include "backends/shell/model_shell.h"
#include "scenarios/real_player.h"

namespace rehearse {

// A modelled machine behind a shell that can be disturbed: `before` may answer a call itself.
class WatchedShell : public Shell {
 public:
  WatchedShell(std::shared_ptr<ModelBackend> model, Name host) : shell_(std::move(model), host) {}
  ShellAnswer run(const ShellCall& call) override {
    ++calls;
    if (before) {
      if (auto answer = before(call)) return *answer;
    }
    ShellAnswer answer = shell_.run(call);
    if (after) after(call, answer);
    return answer;
  }
  std::string where() const override { return shell_.where(); }

  int calls = 0;
  std::function<std::optional<ShellAnswer>(const ShellCall&)> before;
  std::function<void(const ShellCall&, ShellAnswer&)> after;

 private:
  ModelShell shell_;
};

inline ShellAnswer lost() { return {ShellAnswer::Ended::lost, {}, "", "", "the cable", {}}; }
inline bool types(const ShellCall& call, const std::string& line) { return call.words.back() == line; }

struct RealPlayer : testing::Test {
  RealPlayer()
      : folder(std::filesystem::path(testing::TempDir()) / fmt::format("rehearse-real-{}", getpid())) {
    std::filesystem::create_directories(folder);
    add_host(world, "alpha", {{"vda", 256 * kMiB}, {"vdb", 64 * kMiB}});
    add_host(world, "beta", {{"vda", 64 * kMiB}});
    options.target = "local";
    options.hosts = options.may_change = {"alpha"};
    options.watch = [this](const RealResult& result) { skipped.push_back(result.skipped); };
    power_on();
  }
  ~RealPlayer() override { std::filesystem::remove_all(folder); }

  // The machine as it was at first, with nothing that disturbs it.
  void power_on() {
    machine = std::make_shared<ModelBackend>(world);
    shell = std::make_shared<WatchedShell>(machine, "alpha");
  }
  std::string journal_file() const { return (folder / "journal").string(); }
  std::string journal() const {
    std::ifstream in(journal_file());
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void put_journal(const std::string& text) const { std::ofstream(journal_file()) << text; }

  RealRun play(const std::string& console) {
    auto read = read_runbook("# T\n```console\n" + console + "```\n", "t.md", [](const std::string& file) {
      return InputError{file, 0, 0, "", "none"};
    });
    EXPECT_TRUE(std::holds_alternative<Runbook>(read)) << std::get<InputError>(read).text();
    runbook = std::get<Runbook>(read);
    auto opened = JournalFile::open(journal_file(), std::chrono::seconds(1));
    EXPECT_TRUE(std::holds_alternative<JournalFile>(opened));
    JournalFile& file = std::get<JournalFile>(opened);
    options.earlier.reset();
    if (resume) {
      auto text = read_journal(file.text(), journal_file());
      EXPECT_TRUE(std::holds_alternative<JournalText>(text)) << std::get<InputError>(text).text();
      options.earlier = std::get<JournalText>(text);
      file.cut(options.earlier->whole);
    } else {
      file.cut(0);
    }
    options.journal = &file;
    RealBackend backend;
    backend.add("alpha", shell);
    skipped.clear();
    return play_for_real(runbook, world, backend, options);
  }
  static std::string joined(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines) text += line + "\n";
    return text;
  }

  std::filesystem::path folder;
  World world;
  std::shared_ptr<ModelBackend> machine;
  std::shared_ptr<WatchedShell> shell;
  RealOptions options;
  Runbook runbook;
  bool resume = false;
  std::vector<std::string> skipped;
};

inline constexpr const char* kScript =
    "alpha# vgcreate vg /dev/vda\n"
    "alpha# lvcreate -L 8M -n x vg\n"
    "alpha# lvcreate -L 8M -n x vg\n"
    "refused: volume_exists\n"
    "alpha# lvs\n"
    "? vg/x is active\n"
    "alpha# lvcreate -s -L 4M -n s vg/x && lvextend -L +4M vg/x; lvs\n"
    "alpha# lvremove -y vg/s\n";

}  // namespace rehearse
