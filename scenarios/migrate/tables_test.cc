#include <gtest/gtest.h>

#include "scenarios/migrate/drbd_auto.h"
#include "scenarios/migrate/procedures.h"

namespace rehearse::migrate {
namespace {

std::string wrong_tab(std::string_view text) {
  const auto read = read_tab(text, "tab");
  const auto* bad = std::get_if<InputError>(&read);
  return bad ? bad->text() : "";
}

TEST(MigrateTab, has_a_guest_a_host_and_options_a_line) {
  const auto read = read_tab(
      "# domain peer options\n\nechelon\tperceval   --live  # at night\n  mercure galaad -s "
      "ssh\\040-p\\0402222\r\n",
      "tab");
  ASSERT_TRUE(std::holds_alternative<Tab>(read)) << std::get<InputError>(read).text();
  const auto& tab = std::get<Tab>(read);
  ASSERT_EQ(tab.rows.size(), 2u);
  EXPECT_EQ(tab.rows[0], (TabRow{"echelon", "perceval", {"--live"}}));
  EXPECT_EQ(tab.rows[1], (TabRow{"mercure", "galaad", {"-s", "ssh -p 2222"}}));
  EXPECT_EQ(tab.rows[1].line, 4u);
  EXPECT_EQ(std::get<Tab>(read_tab(write_tab(tab), "again")), tab);
}

TEST(MigrateTab, tells_the_line_that_is_wrong_and_what_was_expected) {
  EXPECT_EQ(wrong_tab("echelon\n"), "tab:1: expected the host that echelon goes to, found nothing");
  EXPECT_EQ(wrong_tab("\n-rf perceval\n"), "tab:2: expected the name of a domain, found \"-rf\"");
  EXPECT_EQ(wrong_tab("ALL perceval\n"), "tab:1: expected the name of a domain, found \"ALL\"");
  EXPECT_EQ(wrong_tab("echelon -oProxyCommand=x\n"),
            "tab:1: expected the host that echelon goes to, found \"-oProxyCommand=x\"");
  EXPECT_EQ(wrong_tab("a b\na c\n"), "tab:2: expected a domain once, a stands on line 1 already");
  EXPECT_EQ(wrong_tab("a b \\x\n"), "tab:1: expected \\040, \\011 or \\134 in \"\\x\"");
  EXPECT_EQ(wrong_tab("a b \x01\n"), "tab:1: expected printable characters");
  EXPECT_EQ(wrong_tab("a b " + std::string(5000, 'x')), "tab:1: expected at most 4096 bytes in a line");
}

TEST(MigrateNames, are_taken_for_nothing_else_by_any_tool) {
  for (const char* name : {"echelon", "a", "mercure-lenny", "x_1.2+3", "7of9"})
    EXPECT_TRUE(plain_domain(name)) << name;
  for (const char* name : {"", "-a", ".a", "7", "a b", "a;b", "a/b", "ALL", "Domain-0", "echelon--incoming",
                           "echelon--migratedaway", "a\n", "$(a)"}) {
    EXPECT_FALSE(plain_domain(name)) << name;
  }
  EXPECT_FALSE(plain_domain(std::string(65, 'a')));
  for (const char* name : {"perceval", "10.0.0.3", "fe80::1", "a-b.c"}) EXPECT_TRUE(plain_host(name)) << name;
  for (const char* name : {"", "-oX", ".", "a b", "a@b", "a;b"}) EXPECT_FALSE(plain_host(name)) << name;
}

TEST(MigrateStatus, reads_what_it_writes_and_nothing_else) {
  Status status;
  status.put({"mercure", "galaad", Phase::leaving, "", 0});
  status.put({"echelon", "perceval", Phase::away, "4.17", 0});
  status.put({"echelon", "perceval", Phase::visiting, "4.14", 3});
  ASSERT_EQ(status.rows.size(), 2u);
  EXPECT_EQ(status.rows[0].domain, "echelon");
  EXPECT_EQ(std::get<Status>(read_status(write_status(status), "file")), status);
  for (const char* text : {"echelon perceval away 4.17\n", "echelon perceval gone 4.17 0\n", "a b away x 0\n",
                           "a b away 4.17 -1\n", "a b away 4.17 0\na b away 4.17 0\n", "a;b b away - 0\n"}) {
    const auto read = read_status(text, "file");
    ASSERT_TRUE(std::holds_alternative<InputError>(read)) << text;
    EXPECT_GT(std::get<InputError>(read).line, 0u) << text;
  }
}

TEST(MigrateRequest, is_two_plain_words_or_nothing) {
  EXPECT_EQ(std::get<Request>(read_request("ping")), Request{});
  EXPECT_EQ(std::get<Request>(read_request("reverse echelon")), (Request{Request::Kind::reverse, "echelon"}));
  for (const char* text : {"", "ping ", "PING", "reverse", "reverse ", "reverse  a", "reverse a b",
                           "reverse a;id", "reverse -a", "reverse $(id)", "reverse ALL", "migrate a",
                           "reverse a\n", "reverse 3", "reverse a--incoming", "bash", "reverse ../a"}) {
    EXPECT_TRUE(std::holds_alternative<BadRequest>(read_request(text))) << text;
  }
  EXPECT_TRUE(std::holds_alternative<BadRequest>(read_request("reverse " + std::string(100, 'a'))));
  const Request request{Request::Kind::reverse, "echelon"};
  EXPECT_EQ(std::get<Request>(read_request(write_request(request))), request);
}

TEST(MigrateSight, says_there_only_if_nothing_here_can_run) {
  // Every pair of what two hosts may show.
  std::vector<Sighting> all(1);
  for (const Copy guest : {Copy::none, Copy::running, Copy::paused, Copy::stopped}) {
    for (const bool incoming : {false, true}) {
      for (const bool given_away : {false, true}) all.push_back({true, "", guest, 1, incoming, given_away});
    }
  }
  for (const Sighting& here : all) {
    for (const Sighting& there : all) {
      const Where where = where_is(here, there);
      const bool on_here = here.guest != Copy::none;
      const bool on_there = there.guest != Copy::none;
      EXPECT_EQ(where == Where::both, on_here && on_there);
      if (where == Where::here) {
        EXPECT_TRUE(on_here && !on_there);
      }
      if (where == Where::there) {
        EXPECT_TRUE(on_there && !on_here);
      }
      EXPECT_EQ(where == Where::nowhere, here.nothing() && there.nothing());
      const Where mirrored = where == Where::here    ? Where::there
                             : where == Where::there ? Where::here
                                                     : where;
      EXPECT_EQ(where_is(there, here), mirrored) << "it does not matter from which side it is told";
      if (!here.seen && !on_there) {
        EXPECT_EQ(where, Where::unknown);
      }
      EXPECT_EQ(where == Where::given_away,
                here.seen && there.seen && !on_here && !on_there && (here.given_away || there.given_away));
      EXPECT_FALSE(account("echelon", "trolls", "perceval", here, there).empty());
    }
  }
}

TEST(DrbdAuto, starts_only_where_every_peer_is_known_to_be_secondary) {
  const Role all[] = {Role::primary, Role::secondary, Role::unknown};
  EXPECT_EQ(decide({}), Decision::undetermined);
  for (const Role self : all) {
    for (const Role peer : all) {
      const Roles one[] = {{self, peer}};
      const Decision alone = peer == Role::primary     ? Decision::never
                             : peer == Role::secondary ? Decision::start
                                                       : Decision::undetermined;
      EXPECT_EQ(decide(one), alone) << text_of(one[0]);
      for (const Role other_self : all) {
        for (const Role other : all) {
          const Roles two[] = {{self, peer}, {other_self, other}};
          const bool any = peer == Role::primary || other == Role::primary;
          const bool both = peer == Role::secondary && other == Role::secondary;
          EXPECT_EQ(decide(two), any ? Decision::never : both ? Decision::start : Decision::undetermined);
        }
      }
    }
  }
}

TEST(DrbdWords, are_read_as_drbdadm_prints_them) {
  EXPECT_EQ(read_roles("Primary/Secondary\n"), (Roles{Role::primary, Role::secondary}));
  EXPECT_EQ(read_roles("Secondary/Unknown\n"), (Roles{Role::secondary, Role::unknown}));
  for (const char* text :
       {"", "Unconfigured\n", "Primary\n", "Primary/Secondary\nPrimary/Primary\n", "a b\n"}) {
    EXPECT_EQ(read_roles(text), Roles{}) << text;
  }
  EXPECT_TRUE(allows_two_primaries("net {\n    allow-two-primaries\tyes;\n}\n"));
  EXPECT_FALSE(allows_two_primaries("net {\n    allow-two-primaries\tno;\n}\n"));
  EXPECT_FALSE(allows_two_primaries("net {\n}\n")) << "the default is no";
  EXPECT_EQ(resource_in_name({"/dev/drbd/by-res/r0/0", ""}), "r0");
  EXPECT_EQ(resource_in_name({"r1", "block-drbd"}), "r1");
  EXPECT_EQ(resource_in_name({"/dev/drbd7", ""}), "");
  EXPECT_EQ(resource_in_name({"/dev/vg1/echelon", ""}), std::nullopt);
}

TEST(XenReports, are_read_as_they_are_printed) {
  const std::vector<reports::DomainDetails> rows = {
      {1,
       "echelon",
       256,
       {{"/dev/drbd0", "", "xvda1", true}, {"r1", "block-drbd", "xvda2", false}},
       {"00:16:3e:00:00:0c"}},
      {7, "mercure", 512, {}, {}},
  };
  EXPECT_EQ(reports::read_domain_details(reports::show_domain_details(rows)), rows);
  EXPECT_EQ(reports::read_domain_details("{}"), std::nullopt);
  reports::XenHost host{"trolls", 4096, 0, 4, 17, false};
  EXPECT_EQ(reports::read_xen_host(reports::show_xen_host(host)), host);
  EXPECT_EQ(host.room_mib({{"Domain-0", 0, 1024, 4, false, false}}), 896u)
      << "dom0 gives away all but 128 MiB";
  host.dom0_fixed = true;
  EXPECT_EQ(host.room_mib({{"Domain-0", 0, 1024, 4, false, false}}), 0u);
  EXPECT_EQ(reports::read_xen_host(reports::show_xen_host(host)), host);
  EXPECT_EQ(reports::read_xen_host("total_memory : 4096\n"), std::nullopt);
}

TEST(XenVersions, are_compared_by_their_numbers) {
  EXPECT_TRUE(newer("4.17", "4.9"));
  EXPECT_TRUE(newer("5.0", "4.17"));
  EXPECT_FALSE(newer("4.17", "4.17"));
  EXPECT_FALSE(newer("4.14", "4.17"));
}

}  // namespace
}  // namespace rehearse::migrate
