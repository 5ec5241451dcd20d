// `rehearse lab` as a person uses it.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdio>
#include <string>
#include <string_view>

namespace rehearse {
namespace {

struct Ran {
  int status = 0;
  std::string said;
};

// What it says while another test's guests run, which is no part of what is tested.
constexpr std::string_view kWaits = "Waiting until other guests have ended\n";

// Both streams of `rehearse lab ARGUMENTS` with this on its standard input.
Ran lab(const std::string& input, const std::string& arguments) {
  const std::string line = "printf '%b' '" + input + "' | " REHEARSE_PROGRAM " lab " + arguments + " 2>&1";
  FILE* pipe = popen(line.c_str(), "r");
  Ran ran;
  for (int c; (c = std::fgetc(pipe)) != EOF;) ran.said += static_cast<char>(c);
  if (const std::size_t at = ran.said.find(kWaits); at != std::string::npos)
    ran.said.erase(at, kWaits.size());
  const int status = pclose(pipe);
  ran.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return ran;
}

TEST(LabCommand, writes_a_recording_that_it_can_play_again) {
  ASSERT_EQ(lab("", "up --disks 2 --size 64M").status, 0);
  const std::string script =
      "# About.\\nalpha# vgcreate vg /dev/vda\\nalpha# lvs vg/nope\\n! disk vdb of alpha is "
      "unplugged\\nalpha# ls "
      "/dev/vd?; exit 3\\n";
  const Ran ran = lab(script, "run --disks 2 --size 64M");
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ(ran.said,
            "# About.\n"
            "lab: disks=2 size=64M\n\n"
            "alpha# vgcreate vg /dev/vda\n"
            "  Physical volume \"/dev/vda\" successfully created.\n"
            "  Volume group \"vg\" successfully created\n"
            "[0]\n\n"
            "alpha# lvs vg/nope\n"
            "2>   Failed to find logical volume \"vg/nope\"\n"
            "[5]\n\n"
            "! disk vdb of alpha is unplugged\n\n"
            "alpha# ls /dev/vd?; exit 3\n"
            "/dev/vda\n"
            "[3]\n");
  EXPECT_EQ(lab(ran.said, "run").said, ran.said);
}

TEST(LabCommand, types_at_a_guest) {
  ASSERT_EQ(lab("", "up --disks 2 --size 64M").status, 0);  // which may have something to say
  const Ran ran = lab("hostname\\nfalse\\n! disk vda of alpha caches writes\\n! nonsense\\n",
                      "shell --disks 2 --size 64M");
  EXPECT_EQ(ran.status, 0);
  EXPECT_TRUE(ran.said.starts_with("alpha\n[1]\nno fault that the lab knows")) << ran.said;
}

TEST(LabCommand, says_what_it_cannot_do_before_any_machine_runs) {
  const Ran ran = lab("alpha# true\\ngamma# true\\n", "run");
  EXPECT_EQ(ran.status, 2);
  EXPECT_NE(ran.said.find("standard input:2: no guest gamma; expected alpha or beta"), std::string::npos)
      << ran.said;
  EXPECT_EQ(lab("beta# true\\n", "run --nodes 1").status, 2);
  EXPECT_EQ(lab("", "run --size 3").status, 2);
  EXPECT_EQ(lab("", "run /no/such/script").status, 2);
}

TEST(LabCommand, stops_when_the_machine_is_gone) {
  const Ran ran = lab("alpha# reboot -f\\nalpha# true\\n", "run --disks 2 --size 64M");
  EXPECT_EQ(ran.status, 1);
  EXPECT_NE(ran.said.find("# stops here: alpha went down under `reboot -f`\n"), std::string::npos)
      << ran.said;
}

}  // namespace
}  // namespace rehearse
