#include <gtest/gtest.h>

#include "scenarios/migrate/testing.h"

namespace rehearse::migrate {
namespace {

/// How a run is disturbed at one of its inner commands.
enum class Way {
  dies_before,  // the program dies before the command
  dies_after,   // it dies when the command was done, with all that would have come
  reply_lost,   // the command is done, its answer never comes, the program goes on
  not_done,     // the command is not done, no answer comes, the program goes on
};
constexpr Way kWays[] = {Way::dies_before, Way::dies_after, Way::reply_lost, Way::not_done};
constexpr domain::Stage kStages[] = {domain::Stage::sending, domain::Stage::acknowledged,
                                     domain::Stage::permitted, domain::Stage::done};

struct Disturbed : testing::Test {
  FakeSite fresh() {
    FakeSite site;
    for (const char* name : {"trolls", "perceval"}) site.add(name);
    site.hosts["trolls"].files[std::string(kTabFile)] = "echelon perceval --live\n";
    site.hosts["perceval"].files[std::string(kTabFile)] = "echelon trolls --live\n";
    site.start("trolls", "echelon");
    return site;
  }

  /// Disturbs the call of that number; false when there are not so many.
  static bool disturb(FakeSite& site, std::size_t at, Way way, const std::function<void(FakeSite&)>& run) {
    std::size_t number = 0;
    bool inside = false;
    bool dead = false;
    site.before = [&](const std::string& host, const ShellCall& call) -> std::optional<ShellAnswer> {
      if (inside) return std::nullopt;
      if (dead) return lost();  // a dead program's later calls do nothing
      if (number++ != at) return std::nullopt;
      dead = way == Way::dies_before || way == Way::dies_after;
      if (way == Way::dies_after || way == Way::reply_lost) {
        inside = true;
        site.run(host, call);
        inside = false;
      }
      return lost();
    };
    run(site);
    site.before = nullptr;
    return number > at;
  }

  // A run afterwards tells the truth.
  static void expect_true_account(FakeSite& site, const std::string& what) {
    Reach reach = site.reach("trolls");
    Report report;
    show_status(reach, {"echelon"}, report);
    ASSERT_EQ(report.lines.size(), 1u) << what;
    const std::string& text = report.lines[0].text;
    const auto runs_on = [&](const char* host) {
      const auto& domains = site.hosts[host].domains;
      return domains.contains("echelon") && domains.at("echelon").state == "-b----";
    };
    for (const char* host : {"trolls", "perceval"}) {
      const bool told = text.find(std::string("echelon runs on ") + host) != std::string::npos;
      EXPECT_EQ(told, runs_on(host)) << what << ": " << text;
    }
    if (site.running("echelon") == 0) {
      EXPECT_NE(text.find("runs n"), std::string::npos) << what << ": " << text;
    }
  }

  static void run_all(const FakeSite& from, const std::function<void(FakeSite&)>& run) {
    std::size_t tried = 0;
    for (const domain::Stage stage : kStages) {
      for (const Way way : kWays) {
        for (std::size_t at = 0;; ++at) {
          FakeSite site = from;
          site.until = stage;
          const bool reached = disturb(site, at, way, run);
          const std::string what = fmt::format("call {} {}, disturbed in way {}, stage {}", at,
                                               at < site.log.size() ? site.log[at] : "",
                                               static_cast<int>(way), static_cast<int>(stage));
          EXPECT_LE(site.running("echelon"), 1) << what;
          site.until = domain::Stage::done;
          expect_true_account(site, what);
          if (!reached) break;
          ++tried;
        }
      }
    }
    EXPECT_GT(tried, 300u);
  }
};

TEST_F(Disturbed, a_migration_never_leaves_two_running_copies_and_the_account_is_true) {
  run_all(fresh(), [](FakeSite& site) {
    Reach reach = site.reach("trolls");
    Report report;
    migrate(reach, {"echelon"}, false, report);
  });
}

TEST_F(Disturbed, nor_does_a_way_back) {
  FakeSite site = fresh();
  Reach reach = site.reach("trolls");
  Report report;
  ASSERT_EQ(migrate(reach, {"echelon"}, false, report), Ended::well);
  site.log.clear();
  run_all(site, [](FakeSite& disturbed) {
    Reach from = disturbed.reach("trolls");
    Report said;
    reverse(from, {"echelon"}, said);
  });
}

// Whatever was left, trying once more and then starting what is to be started leaves one copy at most.
TEST_F(Disturbed, a_second_run_after_any_first_one_does_not_leave_two_either) {
  for (const domain::Stage stage : kStages) {
    for (std::size_t at = 0;; ++at) {
      FakeSite site = fresh();
      site.until = stage;
      const auto run = [](FakeSite& disturbed) {
        Reach reach = disturbed.reach("trolls");
        Report report;
        migrate(reach, {"echelon"}, false, report);
      };
      const bool reached = disturb(site, at, Way::dies_after, run);
      site.until = domain::Stage::done;
      run(site);
      EXPECT_LE(site.running("echelon"), 1);
      Reach reach = site.reach("trolls");
      Report report;
      reverse(reach, {"ALL"}, report);
      EXPECT_LE(site.running("echelon"), 1);
      if (!reached) break;
    }
  }
}

TEST_F(Disturbed, a_link_cut_under_way_leaves_the_guest_here_and_takes_the_rest_away) {
  FakeSite site = fresh();
  site.until = domain::Stage::sending;
  Reach reach = site.reach("trolls");
  Report report;
  EXPECT_EQ(migrate(reach, {"echelon"}, false, report), Ended::not_done);
  EXPECT_EQ(report.lines.back().text, "echelon runs on trolls");
  EXPECT_TRUE(site.hosts["perceval"].domains.empty()) << "the incoming copy was destroyed";
  EXPECT_EQ(site.hosts["perceval"].role["r0"], "Secondary");
  EXPECT_EQ(migrate(reach, {"echelon"}, false, report), Ended::well) << "and it can be tried again";
}

TEST_F(Disturbed, a_copy_that_its_receiver_takes_away_meanwhile_is_no_trouble) {
  FakeSite site = fresh();
  site.until = domain::Stage::sending;
  auto& there = site.hosts["perceval"].domains;
  std::size_t taken = 0;
  site.before = [&](const std::string&, const ShellCall& call) -> std::optional<ShellAnswer> {
    if (call.words[1] == "destroy") taken += there.erase("echelon--incoming");
    return std::nullopt;
  };
  Reach reach = site.reach("trolls");
  Report report;
  EXPECT_EQ(migrate(reach, {"echelon"}, false, report), Ended::not_done);
  EXPECT_EQ(taken, 1u);
  EXPECT_EQ(report.lines.back().text, "echelon runs on trolls");
  EXPECT_EQ(site.hosts["perceval"].role["r0"], "Secondary");
}

TEST_F(Disturbed, a_guest_that_both_sides_hold_stopped_is_left_to_a_person) {
  FakeSite site = fresh();
  site.until = domain::Stage::acknowledged;
  Reach reach = site.reach("trolls");
  Report report;
  EXPECT_EQ(migrate(reach, {"echelon"}, false, report), Ended::undetermined);
  EXPECT_NE(report.lines.back().text.find("on perceval xl rename echelon--incoming echelon"),
            std::string::npos);
  EXPECT_TRUE(site.hosts["trolls"].domains.contains("echelon--migratedaway"));
  EXPECT_TRUE(site.hosts["perceval"].domains.contains("echelon--incoming"));
}

}  // namespace
}  // namespace rehearse::migrate
