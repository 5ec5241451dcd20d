// The program as it is built, run as a person runs it: what it prints, where, and how it ends.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

namespace {

namespace files = std::filesystem;
using nlohmann::json;

struct Program : testing::Test {
  Program() : folder(files::path(testing::TempDir()) / fmt::format("rehearse-program-{}", getpid())) {
    files::create_directories(folder);
    run("world new alpha:vda=256M > machines.json");
  }
  ~Program() override { files::remove_all(folder); }

  // What it prints on standard output; standard error goes to `errors`.
  std::string run(const std::string& arguments) {
    const std::string command =
        fmt::format("cd '{}' && '{}' {} 2>errors", folder.string(), REHEARSE_PROGRAM, arguments);
    FILE* pipe = popen(command.c_str(), "r");
    std::string out;
    char piece[4096];
    for (std::size_t n; (n = fread(piece, 1, sizeof piece, pipe)) > 0;) out.append(piece, n);
    const int ended = pclose(pipe);
    status = WIFEXITED(ended) ? WEXITSTATUS(ended) : -1;
    errors = text_of("errors");
    return out;
  }
  std::string text_of(const std::string& name) const {
    std::ifstream in(folder / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void book(const std::string& name, const std::string& console) const {
    std::ofstream(folder / name) << "# A test\n\n```world\nmachines.json\n```\n\n```console\n"
                                 << console << "```\n";
  }

  files::path folder;
  int status = 0;
  std::string errors;
};

TEST_F(Program, ends_with_0_for_a_clean_runbook) {
  book("a.md", "alpha# vgcreate vg /dev/vda\n? vg has at least 200M free\n");
  const std::string out = run("check a.md");
  EXPECT_EQ(status, 0) << out << errors;
  EXPECT_NE(out.find("    8  done           alpha# vgcreate vg /dev/vda\n"), std::string::npos) << out;
  EXPECT_NE(out.find("clean: no findings\n"), std::string::npos);
  EXPECT_EQ(out.find('\x1b'), std::string::npos) << "no colours into a pipe";
  EXPECT_EQ(errors, "");
}

TEST_F(Program, ends_with_1_where_something_is_not_as_the_runbook_says) {
  book("a.md", "alpha# lvremove vg/x\n");
  EXPECT_NE(run("check a.md").find("a.md:8: refused: no_such_group"), std::string::npos);
  EXPECT_EQ(status, 1);
  book("b.md", "alpha# lvremove vg/x\nrefused: no_such_group\n");
  run("check b.md");
  EXPECT_EQ(status, 0);
}

TEST_F(Program, captures_kept_outputs_as_a_world_to_rehearse_on) {
  EXPECT_EQ(run("capture --from " REHEARSE_SCENARIOS "/archive/alpha -o machines.json"), "");
  EXPECT_EQ(status, 0);
  EXPECT_NE(errors.find("alpha: which chunks vg-snap holds is not known"), std::string::npos) << errors;
  book("a.md", "alpha# lvremove -f vg/snap\n? vg/snap2 is valid\n");
  const std::string out = run("check a.md");
  EXPECT_EQ(status, 0) << out << errors;
  run("capture --from .");
  EXPECT_EQ(status, 2);
  EXPECT_EQ(errors, "rehearse: .: expected kept outputs such as pvs.json, there are none\n");
  run("capture --on ssh:");
  EXPECT_EQ(status, 2);
  EXPECT_EQ(errors, "rehearse: --on \"ssh:\": expected local, ssh:HOST,HOST, lab or lab:NAME\n");
}

TEST_F(Program, ends_with_2_and_one_line_for_bad_input) {
  book("a.md", "! alpha looses power\n");
  EXPECT_EQ(run("check a.md"), "");
  EXPECT_EQ(status, 2);
  EXPECT_EQ(errors,
            "rehearse: a.md:8:9: expected \"loses\", \"powers\", \"hangs\" or \"goes\", found \"looses\"; "
            "did you mean \"loses\"?\n");
  for (const char* arguments :
       {"check", "check none.md", "check --format pdf a.md", "frobnicate", "explain RH999",
        "world show none.json", "world new a:sda=0B", "world new a a", "list nothing",
        "check --until 3 a.md a.md", "check --until x a.md"}) {
    EXPECT_EQ(run(arguments), "") << arguments;
    EXPECT_EQ(status, 2) << arguments;
    EXPECT_EQ(std::count(errors.begin(), errors.end(), '\n'), 1) << arguments << "\n" << errors;
  }
}

TEST_F(Program, takes_commands_that_are_not_modelled_as_findings_when_strict) {
  book("a.md", "alpha# frobnicate\n");
  EXPECT_NE(run("check a.md").find("0 of 1 command modelled (0%)"), std::string::npos);
  EXPECT_EQ(status, 0);
  EXPECT_NE(run("check --strict a.md").find("RH901"), std::string::npos);
  EXPECT_EQ(status, 1);
}

TEST_F(Program, plays_up_to_a_line_and_saves_the_world_it_reached) {
  book("a.md", "alpha# vgcreate vg /dev/vda\nalpha# lvremove vg/x\n");
  run("check --until 8 --save-world then.json a.md");
  EXPECT_EQ(status, 0) << errors;
  book("b.md", "alpha# lvcreate -L 8M -n x vg\n");
  EXPECT_NE(run("check --world then.json b.md").find("clean"), std::string::npos) << errors;
  EXPECT_EQ(status, 0);
  EXPECT_NE(run("world show then.json").find("vg"), std::string::npos);
}

TEST_F(Program, writes_a_report_whole_or_not_at_all) {
  book("a.md", "alpha# true\n");
  EXPECT_EQ(run("check --format json --output report.json a.md"), "");
  EXPECT_EQ(json::parse(text_of("report.json"))["clean"], true);
  EXPECT_EQ(run("check --output none/report.txt a.md"), "");
  EXPECT_EQ(status, 2);
  EXPECT_NE(errors.find("cannot be written"), std::string::npos);
  for (const auto& entry : files::directory_iterator(folder)) {
    EXPECT_EQ(entry.path().string().find(".part"), std::string::npos);
  }
}

TEST_F(Program, reports_in_each_format) {
  book("a.md", "alpha# lvremove vg/x\n");
  EXPECT_EQ(json::parse(run("check --format json a.md a.md"))["runbooks"].size(), 2u);
  EXPECT_EQ(json::parse(run("check --format sarif a.md"))["runs"][0]["results"][0]["ruleId"], "expectation");
  EXPECT_TRUE(run("check --format junit a.md").starts_with("<?xml version=\"1.0\""));
  EXPECT_EQ(status, 1);
}

TEST_F(Program, runs_lines_with_more_syntax_through_the_stand_in) {
  book("a.md",
       "alpha# vgcreate vg /dev/vda\nalpha# for i in 1 2; do lvcreate -L 8M -n v$i vg; done\n? vg/v2 is "
       "active\n");
  const std::string out = run("check a.md");
  EXPECT_EQ(status, 0) << out;
  EXPECT_NE(out.find("2 of 2 commands modelled (100%)"), std::string::npos) << out;
}

TEST_F(Program, explains_and_lists_what_it_knows) {
  EXPECT_NE(run("explain RH101").find("snapshot overflows"), std::string::npos);
  EXPECT_NE(run("explain no_such_group").find("Volume group"), std::string::npos);
  EXPECT_NE(run("explain lvcreate").find("lvcreate -s"), std::string::npos);
  EXPECT_NE(run("list rules").find("RH901"), std::string::npos);
  EXPECT_NE(run("list refusals").find("no_such_group"), std::string::npos);
  EXPECT_NE(run("list phrases").find("HOST loses power"), std::string::npos);
  EXPECT_NE(run("--help").find("Examples:"), std::string::npos);
  EXPECT_EQ(status, 0);
}

TEST_F(Program, completes_in_bash) {
  std::ofstream(folder / "try.sh")
      << "PATH=" << files::path(REHEARSE_PROGRAM).parent_path().string() << ":$PATH\n"
      << "eval \"$(rehearse completion bash)\"\n"
      << "try() { COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); _rehearse; "
      << "echo \"${COMPREPLY[*]}\"; }\n"
      << "try rehearse ch\ntry rehearse check --form\ntry rehearse check --format js\n"
      << "try rehearse list ru\ntry rehearse explain RH90\ntry rehearse world gr\n";
  FILE* pipe = popen(fmt::format("bash '{}'", (folder / "try.sh").string()).c_str(), "r");
  char text[1024] = {};
  const std::size_t count = fread(text, 1, sizeof text - 1, pipe);
  pclose(pipe);
  EXPECT_EQ(std::string(text, count), "check\n--format\njson\nrules\nRH901\ngraph\n");
}

// The smallest size that the finding names makes the runbook pass, one extent less does not.
TEST_F(Program, names_a_snapshot_size_that_holds_in_the_upgrade_of_echelon) {
  files::copy_file(REHEARSE_SCENARIOS "/trolls.world.json", folder / "trolls.world.json");
  const auto with_size = [&](const std::string& size) {
    std::ifstream in(REHEARSE_SCENARIOS "/echelon-upgrade.md");
    std::string text{std::istreambuf_iterator<char>(in), {}};
    const std::string old = "--size 2G -n echelon_etch ";
    const std::size_t at = text.find(old);
    EXPECT_NE(at, std::string::npos);
    std::ofstream(folder / "sized.md")
        << text.replace(at, old.size(), "--size " + size + " -n echelon_etch ");
    return json::parse(run("check --format json sized.md"));
  };
  std::string remedy;
  const json small = with_size("256M");
  for (const json& step : small["runbooks"][0]["steps"]) {
    for (const json& found : step["findings"]) {
      if (found["code"] == "RH101") remedy = found["remedy"];
    }
  }
  EXPECT_EQ(status, 1);
  unsigned long size = 0;
  ASSERT_EQ(sscanf(remedy.c_str(), "lvcreate -s --size %luM", &size), 1) << remedy;
  with_size(fmt::format("{}M", size));
  EXPECT_EQ(status, 0) << size;
  with_size(fmt::format("{}M", size - 4));
  EXPECT_EQ(status, 1) << size;
}

}  // namespace
