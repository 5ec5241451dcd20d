// A run on machines of the lab that stay, ended at moments drawn at random: taken up again it must end with
// the same machines as a run that nobody disturbed. REHEARSE_KILLS=N ends N runs, REHEARSE_SEED draws other
// moments.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <random>

#include "backends/observe/reports.h"
#include "integration/kept_lab.h"
#include "tools/program_testing.h"

namespace rehearse {
namespace {

namespace files = std::filesystem;
using Clock = std::chrono::steady_clock;
using Time = std::chrono::microseconds;

constexpr const char* kWorld = R"({"rehearse_world": 1, "hosts": {"trolls": {
  "disks": {"sda": {"size": "128M"}, "sdb": {"size": "64M"}},
  "lvm": {"vg": {"pvs": ["/dev/sda"], "volumes": {"data": {"size": "16M", "fs": {}}}}}}}})";

// Kinds of steps that can be under way: changes of groups and volumes, of what lies on them and is mounted,
// several at once, and one that is refused.
constexpr const char* kScript =
    "trolls# lvcreate -s -L 8M -n then vg/data\n"
    "trolls# dd if=/dev/zero of=/dev/vg/data bs=64k count=10 conv=fsync\n"
    "trolls# vgextend vg /dev/sdb\n"
    "trolls# lvcreate -L 8M -n then vg\n"
    "refused: volume_exists\n"
    "trolls# lvcreate -L 32M -n more vg && mkfs.ext4 -q -L more /dev/vg/more\n"
    "trolls# mount /dev/vg/more /srv\n"
    "trolls# umount /srv; lvextend -L +8M vg/more\n"
    "trolls# lvremove -y vg/then vg/data\n";

// What takes longer: looking, background work, a loss of power and a boot.
constexpr const char* kPowerScript =
    "trolls# lvcreate -s -L 8M -n then vg/data\n"
    "trolls# lvs\n"
    "~ settle\n"
    "! trolls loses power\n"
    "! trolls powers on\n"
    "trolls# lvrename vg/data vg/more\n";

// The environment's number, or another.
unsigned long number(const char* variable, unsigned long otherwise) {
  const char* text = std::getenv(variable);
  return text != nullptr ? std::strtoul(text, nullptr, 10) : otherwise;
}

// When a run is ended: so long after its journal has so many lines, which does not depend on how busy this
// machine is.
struct Moment {
  std::size_t lines = 0;
  Time then{0};
};

class KilledRun : public testing::Test {
 protected:
  KilledRun() {
    files::create_directories(folder_);
    std::ofstream(folder_ / "w.json") << kWorld;
    play(kScript);
  }
  ~KilledRun() override {
    if (is_kept(name_)) end_kept_lab(name_);
    std::error_code ignored;
    files::remove_all(folder_, ignored);
  }

  void play(const char* script) const {
    std::ofstream(folder_ / "a.md") << "# T\n```world\nw.json\n```\n```console\n" << script << "```\n";
  }
  pid_t start(const std::string& arguments) const {
    const std::string line =
        fmt::format("cd '{}' && exec '{}' {} >out 2>err", folder_.string(), REHEARSE_PROGRAM, arguments);
    return start_in_shell(line);
  }
  int run(const std::string& arguments) const { return status_of(start(arguments)); }
  int check(const std::string& more = "") const { return run("check a.md --on lab:" + name_ + more); }
  // False if it ended by itself before.
  bool reaches(pid_t child, const Moment& moment) const {
    const int handle = static_cast<int>(syscall(SYS_pidfd_open, child, 0));
    pollfd over{handle, POLLIN, 0};
    const auto lines = [this] {
      const std::string journal = text_of("a.md.journal");
      return static_cast<std::size_t>(std::count(journal.begin(), journal.end(), '\n'));
    };
    bool runs = true;
    while (runs && lines() < moment.lines) runs = poll(&over, 1, 2) == 0;
    const timespec then{moment.then.count() / 1'000'000, moment.then.count() % 1'000'000 * 1000};
    runs = runs && ppoll(&over, 1, &then, nullptr) == 0;
    close(handle);
    return runs;
  }
  std::string text_of(const std::string& name) const {
    std::ifstream in(folder_ / name);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  std::string told() const { return text_of("out") + text_of("err") + text_of("a.md.journal"); }

  // Machines as the world has them, and no journal.
  void fresh() {
    if (is_kept(name_)) {
      ASSERT_EQ(end_kept_lab(name_), std::nullopt);
    }
    files::remove(folder_ / "a.md.journal");
  }
  void up() {
    fresh();
    ASSERT_EQ(run("lab up " + name_ + " --world w.json"), 0) << told();
  }
  Observation shown() const {
    const auto found = KeptLab::reach(name_);
    if (const auto* failed = std::get_if<LabFailure>(&found)) {
      ADD_FAILURE() << failed->why;
      return {};
    }
    const auto shell = std::get<std::shared_ptr<KeptLab>>(found)->shell("trolls");
    const Observing seen = observe(*shell);
    if (const auto* bad = std::get_if<Unobserved>(&seen)) {
      ADD_FAILURE() << bad->text();
      return {};
    }
    return normalised(std::get<Observation>(seen));
  }
  // The step that was under way when the run was ended, as the journal has it.
  std::string under_way() const {
    const std::string journal = text_of("a.md.journal");
    const std::size_t begins = journal.rfind("{\"begins\":");
    const std::size_t ends = journal.rfind("{\"ends\":");
    if (begins == std::string::npos) return journal.empty() ? "before the journal" : "before the first step";
    if (ends != std::string::npos && ends > begins) return "between two steps";
    const std::size_t text = journal.find("\"text\":\"", begins) + 8;
    return journal.substr(text, journal.find("\"}", text) - text);
  }
  // Ends a run at the moment, takes it up, and holds what it leaves against what is wanted.
  void kill_and_take_up(const Moment& moment, const Observation& wanted) {
    const pid_t child = start("check a.md --on lab:" + name_);
    const bool reached = reaches(child, moment);
    if (reached) kill(-child, SIGKILL);
    status_of(child);
    const std::string about =
        fmt::format("{:>2} lines and {:5.3f} s: {}", moment.lines,
                    static_cast<double>(moment.then.count()) / 1e6, reached ? under_way() : "it had ended");
    const bool begun = text_of("a.md.journal").find('\n') != std::string::npos;
    int status = reached ? check(begun ? " --resume" : "") : 0;
    // It may stop at what the lab itself could not do, and say so; then it is taken up once more.
    if (status == 1 && told().find("nobody knows how it ended") != std::string::npos) {
      fmt::print("stopped: {}\n", text_of("out").substr(text_of("out").find("stopped:")));
      status = check(" --resume");
    }
    const auto different = difference(wanted, shown(), "undisturbed", "taken up");
    fmt::print("{}; {}\n", about, status == 0 && different.empty() ? "ended as undisturbed" : "NOT");
    std::fflush(stdout);
    EXPECT_EQ(status, 0) << about << "\n" << told();
    EXPECT_EQ(different, std::vector<std::string>()) << about << "\n" << told();
  }

  void kill_often(unsigned long kills) {
    up();
    const auto began = Clock::now();
    ASSERT_EQ(check(), 0) << told();
    const auto whole = std::chrono::duration_cast<Time>(Clock::now() - began);
    const Observation wanted = shown();
    EXPECT_FALSE(wanted.volumes.empty());
    const std::string journal = text_of("a.md.journal");
    const auto lines = std::count(journal.begin(), journal.end(), '\n');
    std::mt19937_64 chance(number("REHEARSE_SEED", 20100));
    kills = number("REHEARSE_KILLS", kills);
    for (unsigned long i = 0; i < kills && !HasFatalFailure(); ++i) {
      up();
      Moment moment;
      moment.lines =
          std::uniform_int_distribution<std::size_t>(0, static_cast<std::size_t>(lines) - 2)(chance);
      moment.then = Time(std::uniform_int_distribution<long>(0, whole.count() / lines * 2)(chance));
      kill_and_take_up(moment, wanted);
    }
  }

  files::path folder_ = files::path(testing::TempDir()) / fmt::format("rehearse-kill-{}", getpid());
  std::string name_ = fmt::format("kill-{}", getpid());
};

TEST_F(KilledRun, ends_as_if_nobody_had_disturbed_it_when_it_is_taken_up) { kill_often(2); }

TEST_F(KilledRun, ends_so_where_the_power_was_lost_too) {
  play(kPowerScript);
  kill_often(1);
}

TEST_F(KilledRun, finds_the_machines_that_were_being_made_when_it_was_ended) {
  fresh();
  const pid_t child = start("check a.md --on lab:" + name_);
  for (const auto end = Clock::now() + std::chrono::seconds(60); !is_kept(name_) && Clock::now() < end;) {
    poll(nullptr, 0, 2);
  }
  kill(-child, SIGKILL);
  status_of(child);
  EXPECT_EQ(check(), 0) << told();
  EXPECT_EQ(shown().volumes.size(), 1U);
}

TEST_F(KilledRun, is_not_taken_up_on_other_machines) {
  up();
  ASSERT_EQ(check(" --until 6"), 0) << told();
  ASSERT_EQ(run("lab down " + name_), 0);
  EXPECT_EQ(check(" --resume"), 2);
  EXPECT_NE(told().find("the machines of the run are gone"), std::string::npos) << told();
  ASSERT_EQ(run("lab up " + name_ + " --world w.json"), 0) << told();
  EXPECT_EQ(check(" --resume"), 1);
  EXPECT_NE(told().find("trolls is not as the journal says"), std::string::npos) << told();
}

}  // namespace
}  // namespace rehearse
