#include "scenarios/migrate/testing.h"

namespace rehearse::migrate {
namespace {

struct Migrating : testing::Test {
  Migrating() {
    for (const char* name : {"trolls", "perceval", "galaad"}) site.add(name);
    put("trolls", kTabFile, "echelon perceval --live\nmercure galaad\n");
    put("perceval", kTabFile, "echelon trolls --live\n");
    put("galaad", kTabFile, "mercure trolls\n");
    site.start("trolls", "echelon");
  }
  void put(const std::string& host, std::string_view file, const std::string& text) {
    site.hosts[host].files[std::string(file)] = text;
  }
  Ended send(const std::vector<std::string>& domains, const std::string& from = "trolls") {
    Reach reach = site.reach(from);
    report = Report();
    return migrate(reach, domains, false, report);
  }
  Ended back(const std::vector<std::string>& domains, const std::string& home = "trolls") {
    Reach reach = site.reach(home);
    report = Report();
    return reverse(reach, domains, report);
  }
  Status status_of(const std::string& host) { return std::get<Status>(load_status(*site.reach(host).here)); }
  std::string text() const {
    std::string all;
    for (const Line& line : report.lines) all += line.text + "\n";
    return all;
  }
  bool called(const std::string& line) const {
    return std::find(site.log.begin(), site.log.end(), line) != site.log.end();
  }
  FakeSite site;
  Report report;
};

TEST_F(Migrating, takes_a_guest_away_and_brings_it_back) {
  ASSERT_EQ(send({"echelon"}), Ended::well) << text();
  EXPECT_EQ(text(), "echelon runs on perceval\n");
  EXPECT_TRUE(called("trolls# xl migrate --live echelon perceval"));
  EXPECT_EQ(site.hosts["trolls"].role["r0"], "Secondary");
  EXPECT_EQ(site.hosts["perceval"].role["r0"], "Primary");
  ASSERT_EQ(status_of("trolls").rows,
            (std::vector<StatusRow>{{"echelon", "perceval", Phase::away, "4.17", 0}}));
  ASSERT_EQ(status_of("perceval").rows,
            (std::vector<StatusRow>{{"echelon", "trolls", Phase::visiting, "4.17", 1}}));
  ASSERT_EQ(back({"echelon"}), Ended::well) << text();
  EXPECT_TRUE(called("perceval# xl migrate --live echelon trolls"));
  EXPECT_TRUE(site.hosts["trolls"].domains.contains("echelon"));
  EXPECT_TRUE(status_of("trolls").rows.empty());
  EXPECT_TRUE(status_of("perceval").rows.empty());
  EXPECT_EQ(site.hosts["perceval"].role["r0"], "Secondary");
}

TEST_F(Migrating, brings_all_back_from_wherever_they_are_even_if_the_tab_forgot_them) {
  site.path = "/dev/vg1/shared";
  site.start("trolls", "mercure");
  site.mac = "";
  for (const char* name : {"perceval", "galaad"}) site.hosts[name].role["r0"] = "Primary";
  ASSERT_EQ(send({"ALL"}), Ended::well) << text();
  EXPECT_TRUE(site.hosts["perceval"].domains.contains("echelon"));
  EXPECT_TRUE(site.hosts["galaad"].domains.contains("mercure"));
  put("trolls", kTabFile, "# nothing any more\n");
  ASSERT_EQ(back({"ALL"}), Ended::well) << text();
  EXPECT_EQ(site.hosts["trolls"].domains.size(), 2u);
  EXPECT_EQ(text().find("not brought back"), std::string::npos) << text();
}

TEST_F(Migrating, names_those_that_did_not_come_back_and_goes_on_with_the_others) {
  site.path = "/dev/vg1/shared";
  site.mac = "";
  site.start("trolls", "mercure");
  for (const char* name : {"perceval", "galaad"}) site.hosts[name].role["r0"] = "Primary";
  ASSERT_EQ(send({"ALL"}), Ended::well) << text();
  site.hosts["perceval"].up = false;
  EXPECT_EQ(back({"ALL"}), Ended::undetermined);
  EXPECT_NE(text().find("not brought back: echelon\n"), std::string::npos) << text();
  EXPECT_TRUE(site.hosts["trolls"].domains.contains("mercure"));
  ASSERT_EQ(status_of("trolls").rows.size(), 1u);
}

struct Unfit {
  const char* condition;
  std::function<void(FakeSite&)> make;
};

TEST_F(Migrating, does_nothing_while_a_condition_does_not_hold) {
  const Unfit all[] = {
      {"the peer answers", [](FakeSite& to) { to.hosts["perceval"].up = false; }},
      {"the peer is another host", [](FakeSite& to) { to.hosts["perceval"].name = "trolls"; }},
      {"it runs here", [](FakeSite& to) { to.hosts["trolls"].domains["echelon"].state = "--p---"; }},
      {"it is not there yet", [](FakeSite& to) { to.hosts["perceval"].domains["echelon--incoming"] = {}; }},
      {"the records agree",
       [](FakeSite& to) {
         to.hosts["perceval"].files[std::string(kStatusFile)] = "echelon galaad visiting 4.17 3\n";
       }},
      {"no other domain there has its MAC address",
       [](FakeSite& to) { to.hosts["perceval"].domains["other"] = {}; }},
      {"its DRBD resources are known", [](FakeSite& to) { to.path = "/dev/drbd9"; }},
      {"they are connected and up to date", [](FakeSite& to) { to.connection = "StandAlone"; }},
      {"they are connected and up to date", [](FakeSite& to) { to.disks = "UpToDate/Inconsistent"; }},
      {"they allow two primaries", [](FakeSite& to) { to.two_primaries = false; }},
      {"there is memory for it", [](FakeSite& to) { to.hosts["perceval"].free_mib = 255; }},
      {"the hypervisor there is not older", [](FakeSite& to) { to.hosts["perceval"].version = "4.14"; }},
  };
  const FakeSite whole = site;
  for (const Unfit& unfit : all) {
    site = whole;
    unfit.make(site);
    EXPECT_EQ(send({"echelon"}), Ended::not_done) << unfit.condition;
    EXPECT_NE(text().find(std::string("does not hold: ") + unfit.condition), std::string::npos)
        << unfit.condition << "\n"
        << text();
    for (const std::string& line : site.log) {
      for (const char* change : {"xl migrate", "primary", "secondary", "bash", "mv", "destroy"}) {
        EXPECT_EQ(line.find(change), std::string::npos) << unfit.condition << ": " << line;
      }
    }
  }
}

TEST_F(Migrating, lets_a_guest_home_to_an_older_hypervisor_only_if_it_was_started_there) {
  site.hosts["trolls"].version = "4.14";
  ASSERT_EQ(send({"echelon"}), Ended::well) << text();
  const FakeSite away = site;
  ASSERT_EQ(back({"echelon"}), Ended::well) << text();
  site = away;
  site.hosts["perceval"].domains["echelon"].id = 9;  // it was rebooted there
  EXPECT_EQ(back({"echelon"}), Ended::not_done);
  EXPECT_NE(text().find("started under Xen 4.17, trolls has 4.14"), std::string::npos) << text();
}

TEST_F(Migrating, refuses_whoever_is_not_in_the_books) {
  ASSERT_EQ(send({"echelon"}), Ended::well) << text();
  const auto asked = [&](const std::string& by, const std::string& request) {
    Reach reach = site.reach("perceval");
    report = Report();
    return serve(reach, by, request, report);
  };
  EXPECT_EQ(asked("galaad", "reverse echelon"), Ended::bad_input) << "it is no visitor of galaad";
  EXPECT_EQ(asked("trolls", "reverse mercure"), Ended::bad_input);
  EXPECT_EQ(asked("trolls", "reverse echelon; xl destroy echelon"), Ended::bad_input);
  EXPECT_EQ(asked("-oX", "ping"), Ended::bad_input);
  put("perceval", kTabFile, "echelon galaad\n");
  EXPECT_EQ(asked("trolls", "reverse echelon"), Ended::bad_input) << "the tab sends it elsewhere";
  EXPECT_TRUE(site.hosts["perceval"].domains.contains("echelon"));
}

TEST_F(Migrating, never_sends_a_host_s_own_guest_to_one_that_asks_for_it) {
  site.start("perceval", "galahad");
  put("perceval", kTabFile, "galahad trolls\n");
  Reach reach = site.reach("perceval");
  EXPECT_EQ(serve(reach, "trolls", "reverse galahad", report), Ended::bad_input);
  EXPECT_TRUE(site.hosts["perceval"].domains.contains("galahad"));
}

TEST_F(Migrating, answers_a_ping_with_both_names) {
  Reach reach = site.reach("trolls");
  EXPECT_EQ(ping(reach, "perceval", report), Ended::well);
  EXPECT_EQ(text(), "PING trolls -> perceval\nPONG perceval -> trolls\nSuccess.\n");
  site.hosts["perceval"].up = false;
  EXPECT_EQ(ping(reach, "perceval", report), Ended::not_done);
}

TEST_F(Migrating, prints_the_line_for_the_peer_s_authorized_keys) {
  const std::string key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGhpZ2hlciBwb3dlcnMgb2YgbWFjaGluZXM";
  put("trolls", "/etc/hosts", "127.0.1.1 trolls\n10.0.0.2 trolls\n");
  put("trolls", "/etc/xen/migrate-key.pub", key + " root@trolls\n");
  Reach reach = site.reach("trolls");
  ASSERT_EQ(setup(reach, "perceval", "", report), Ended::well) << text();
  EXPECT_EQ(text(),
            "from=\"10.0.0.2\",no-port-forwarding,no-X11-forwarding,no-agent-forwarding,no-pty,"
            "command=\"/usr/sbin/xen-migrate migrate2 trolls\" " +
                key + " xen-migrate@trolls\n");
  put("trolls", "/etc/hosts", "127.0.1.1 trolls\n");
  report = Report();
  EXPECT_EQ(setup(reach, "perceval", "", report), Ended::bad_input) << "127.0.1.1 is no address for others";
  EXPECT_EQ(setup(reach, "perceval", "10.0.0.2", report), Ended::well);
  put("trolls", "/etc/xen/migrate-key.pub", "ssh-ed25519 AAAA\" command=\"x\n");
  EXPECT_EQ(setup(reach, "perceval", "10.0.0.2", report), Ended::bad_input);
}

TEST_F(Migrating, refuses_records_that_two_hosts_share) {
  site.before = [this](const std::string& host, const ShellCall& call) -> std::optional<ShellAnswer> {
    if (host != "perceval" || call.words[0] == "xl" || call.words[0] == "uname") return std::nullopt;
    if (call.words[0].starts_with("drbd") || call.words[0] == "test") return std::nullopt;
    return site.run("trolls", call);  // /etc/xen is a mount of it
  };
  EXPECT_EQ(send({"echelon"}), Ended::not_done);
  EXPECT_NE(text().find("is the same file here and on perceval"), std::string::npos) << text();
  EXPECT_TRUE(status_of("trolls").rows.empty());
  EXPECT_EQ(site.running("echelon"), 1);
}

TEST_F(Migrating, shows_where_each_guest_is) {
  Reach reach = site.reach("trolls");
  EXPECT_EQ(show_status(reach, {}, report), Ended::well);
  EXPECT_NE(text().find("at home    echelon runs on trolls\n"), std::string::npos) << text();
  EXPECT_NE(text().find("at home    mercure runs neither on trolls nor on galaad\n"), std::string::npos)
      << text();
  ASSERT_EQ(send({"echelon"}), Ended::well);
  report = Report();
  EXPECT_EQ(show_status(reach, {"echelon"}, report), Ended::well);
  EXPECT_NE(text().find("away       echelon runs on perceval\n"), std::string::npos) << text();
  EXPECT_EQ(show_status(reach, {"lancelot"}, report), Ended::bad_input);
}

TEST_F(Migrating, counts_a_guest_that_ended_while_away_as_at_home) {
  ASSERT_EQ(send({"echelon"}), Ended::well);
  site.hosts["perceval"].domains.clear();
  EXPECT_EQ(back({"echelon"}), Ended::not_done);
  EXPECT_NE(text().find("echelon runs neither on trolls nor on perceval"), std::string::npos) << text();
  EXPECT_TRUE(status_of("trolls").rows.empty());
}

}  // namespace
}  // namespace rehearse::migrate
