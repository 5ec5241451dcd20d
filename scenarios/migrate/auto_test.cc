#include <gtest/gtest.h>

#include <set>

#include "scenarios/migrate/drbd_auto.h"
#include "scenarios/migrate/testing.h"

namespace rehearse::migrate {
namespace {

struct Boot : testing::Test {
  Boot() {
    for (const char* name : {"trolls", "perceval"}) {
      site.add(name);
      put(name, "/etc/xen/drbd-auto/echelon.cfg",
          "name = 'echelon'\nmemory = 256\ndisk = [ 'phy:/dev/drbd0,xvda1,w' ]\n");
    }
    tasks.all = [this] { return std::vector<std::string>(waiting.begin(), waiting.end()); };
    tasks.begin = [this](const std::string& name) { return waiting.insert(name).second; };
    tasks.end = [this](const std::string& name) { return waiting.erase(name) > 0; };
    tasks.wake = [](const std::string&) { return true; };
    tasks.said = [](const std::string&) { return std::string("nothing yet"); };
  }
  void put(const std::string& host, std::string_view file, const std::string& text) {
    site.hosts[host].files[std::string(file)] = text;
  }
  Ended start(const std::string& host = "trolls") {
    report = Report();
    return auto_start(*site.reach(host).here, tasks, report);
  }
  std::string text() const {
    std::string all;
    for (const Line& line : report.lines) all += line.text + "\n";
    return all;
  }
  FakeSite site;
  std::set<std::string> waiting;
  Tasks tasks;
  Report report;
};

TEST_F(Boot, starts_a_guest_whose_peer_is_secondary) {
  EXPECT_EQ(start(), Ended::well);
  EXPECT_EQ(text(), "echelon: was started (r0 Primary/Secondary)\n");
  EXPECT_EQ(site.running("echelon"), 1);
  EXPECT_EQ(start(), Ended::well);
  EXPECT_EQ(text(), "echelon: runs (as domain 1)\n") << "and only once";
}

TEST_F(Boot, never_starts_a_guest_whose_peer_is_primary) {
  site.start("perceval", "echelon");
  EXPECT_EQ(start(), Ended::well);
  EXPECT_EQ(text(), "echelon: must not be started, the peer is primary (r0 Secondary/Primary)\n");
  EXPECT_EQ(site.running("echelon"), 1);
  EXPECT_TRUE(waiting.empty());
}

TEST_F(Boot, waits_while_the_peer_is_not_known) {
  site.connection = "WFConnection";
  EXPECT_EQ(start(), Ended::well);
  EXPECT_EQ(text(), "echelon: undetermined (r0 Secondary/Unknown)\n");
  EXPECT_EQ(waiting, std::set<std::string>{"echelon.cfg"});
  EXPECT_EQ(start(), Ended::well);
  EXPECT_EQ(text(), "echelon.cfg: is looked after already\n");
  report = Report();
  auto_status(*site.reach("trolls").here, tasks, report);
  EXPECT_EQ(text(), "echelon: undetermined (r0 Secondary/Unknown); daemon waits: nothing yet\n");
  int looks = 0;
  const Reach reach = site.reach("trolls");
  watch_guest(
      *reach.here, "echelon.cfg",
      [&] { return site.connection = looks == 2 ? "Connected" : "WFConnection", looks < 9; },
      [&](const Looked&) { ++looks; });
  EXPECT_EQ(looks, 3)
      << "it starts as soon as the state is recognised, and then there is nothing to wait for";
  EXPECT_EQ(site.running("echelon"), 1);
}

TEST_F(Boot, leaves_a_guest_alone_that_xen_migrate_has_elsewhere) {
  put("trolls", kStatusFile, "echelon perceval away 4.17 0\n");
  EXPECT_EQ(start(), Ended::well);
  EXPECT_EQ(text(), "echelon: is migrated away (at perceval)\n");
  put("trolls", kStatusFile, "spoiled\n");
  EXPECT_EQ(start(), Ended::well);
  EXPECT_NE(text().find("echelon: undetermined ("), std::string::npos) << "who cannot read it does not know";
  EXPECT_EQ(site.running("echelon"), 0);
}

TEST_F(Boot, tells_of_files_that_are_of_no_use_and_starts_the_others) {
  put("trolls", "/etc/xen/drbd-auto/a.cfg", "name = \n");
  put("trolls", "/etc/xen/drbd-auto/b.cfg", "name = 'b'\ndisk = [ 'phy:/dev/vg1/b,xvda1,w' ]\n");
  put("trolls", "/etc/xen/drbd-auto/echelon.cfg~", "name = \n");
  EXPECT_EQ(start(), Ended::not_done);
  EXPECT_NE(text().find("a.cfg: not usable ("), std::string::npos) << text();
  EXPECT_NE(text().find("b: not usable (/etc/xen/drbd-auto/b.cfg: none of its disks is on DRBD)"),
            std::string::npos)
      << text();
  EXPECT_NE(text().find("echelon: was started"), std::string::npos) << text();
}

TEST_F(Boot, gives_up_its_promotion_where_both_sides_promoted) {
  // The other side is primary as soon as this one is.
  site.before = [this](const std::string& host, const ShellCall& call) -> std::optional<ShellAnswer> {
    if (host == "trolls" && call.words[0] == "drbdadm" && call.words[1] == "primary") {
      site.hosts["perceval"].role["r0"] = "Primary";
    }
    return std::nullopt;
  };
  EXPECT_EQ(start(), Ended::well);
  EXPECT_NE(text().find("after it was promoted here: r0 Primary/Primary"), std::string::npos) << text();
  EXPECT_EQ(site.hosts["trolls"].role["r0"], "Secondary");
  EXPECT_EQ(site.running("echelon"), 0);
  EXPECT_FALSE(waiting.empty());
}

// Both dom0s come back at once. One starts wherever the other stands in its own start, and whatever of it is
// lost.
TEST_F(Boot, of_two_hosts_at_once_starts_a_guest_once_at_most) {
  const FakeSite whole = site;
  std::size_t started = 0;
  for (std::size_t at = 0; at < 12; ++at) {
    for (const bool reply_lost : {false, true}) {
      site = whole;
      std::size_t number = 0;
      bool inside = false;
      Tasks none = tasks;
      none.begin = [](const std::string&) { return true; };
      site.before = [&](const std::string& host, const ShellCall& call) -> std::optional<ShellAnswer> {
        if (inside || host != "trolls" || number++ != at) return std::nullopt;
        inside = true;
        Report other;
        auto_start(*site.reach("perceval").here, none, other);
        std::optional<ShellAnswer> instead;
        if (reply_lost) {
          site.run(host, call);
          instead = lost();
        }
        inside = false;
        return instead;
      };
      Report said;
      auto_start(*site.reach("trolls").here, none, said);
      EXPECT_LE(site.running("echelon"), 1) << at << reply_lost;
      started += static_cast<std::size_t>(site.running("echelon"));
    }
  }
  EXPECT_GT(started, 6u) << "and mostly it does";
}

}  // namespace
}  // namespace rehearse::migrate
