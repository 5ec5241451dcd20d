#include "model/drbd/rules.h"

#include <gtest/gtest.h>

namespace rehearse::drbd {
namespace {

using enum Connection;

State of(Connection conn, Role role, Role peer, Disk disk, Disk pdsk) {
  State state;
  state.conn = conn;
  state.role = role;
  state.peer = peer;
  state.disk = disk;
  state.pdsk = pdsk;
  return state;
}

constexpr Role P = Role::primary;
constexpr Role S = Role::secondary;
constexpr Disk U = Disk::up_to_date;
constexpr Disk I = Disk::inconsistent;

std::string text(const State& state) {
  const std::string all = log_text(state);
  return all.substr(3);
}

TEST(DrbdRules, a_lost_link_makes_the_peer_unknown_but_not_what_is_worse_than_unknown) {
  const auto lost = [](Disk pdsk) {
    const State os = of(connected, P, S, U, pdsk);
    State ns = os;
    ns.conn = network_failure;
    return sanitised({}, os, ns);
  };
  EXPECT_EQ(text(lost(U)), "NetworkFailure ro:Primary/Unknown ds:UpToDate/DUnknown r-----");
  EXPECT_EQ(lost(Disk::diskless).pdsk, Disk::d_unknown);
  EXPECT_EQ(lost(Disk::consistent).pdsk, Disk::d_unknown);
  EXPECT_EQ(lost(I).pdsk, I);
  EXPECT_EQ(lost(Disk::outdated).pdsk, Disk::outdated);
}

TEST(DrbdRules, outdated_vanishes_when_connected) {
  const State os = of(connected, S, P, U, U);
  State ns = os;
  ns.disk = Disk::outdated;
  EXPECT_EQ(sanitised({}, os, ns), os);
}

TEST(DrbdRules, disks_follow_the_connection) {
  const State os = of(wf_report_params, S, Role::unknown, U, Disk::d_unknown);
  const auto becomes = [&](Connection conn) { return sanitised({}, os, of(conn, S, S, U, U)); };
  EXPECT_EQ(text(becomes(wf_bitmap_t)), "WFBitMapT ro:Secondary/Secondary ds:Outdated/UpToDate r-----");
  EXPECT_EQ(text(becomes(wf_bitmap_s)), "WFBitMapS ro:Secondary/Secondary ds:UpToDate/Consistent r-----");
  EXPECT_EQ(text(becomes(sync_target)), "SyncTarget ro:Secondary/Secondary ds:Inconsistent/UpToDate r-----");
  EXPECT_EQ(text(becomes(sync_source)), "SyncSource ro:Secondary/Secondary ds:UpToDate/Inconsistent r-----");
  EXPECT_EQ(text(sanitised({}, os, of(verify_s, S, S, I, I))),
            "VerifyS ro:Secondary/Secondary ds:UpToDate/UpToDate r-----");
}

TEST(DrbdRules, a_resync_is_aborted_when_a_disk_goes) {
  const State os = of(sync_source, P, S, U, I);
  State ns = os;
  ns.pdsk = Disk::failed;
  Warning warning = Warning::none;
  EXPECT_EQ(sanitised({}, os, ns, &warning).conn, connected);
  EXPECT_EQ(warning, Warning::aborted_resync);
}

TEST(DrbdRules, a_disk_that_negotiates_falls_back_when_the_link_goes) {
  const State os = of(connected, S, S, Disk::negotiating, U);
  State ns = os;
  ns.conn = network_failure;
  Circumstances circumstances;
  circumstances.negotiated_disk = Disk::consistent;
  circumstances.exposed_is_current = true;
  EXPECT_EQ(sanitised(circumstances, os, ns).disk, Disk::consistent);
  circumstances.exposed_is_current = false;
  EXPECT_EQ(sanitised(circumstances, os, ns).disk, Disk::diskless);
}

TEST(DrbdRules, pauses_hold_a_resync) {
  const State os = of(sync_target, S, P, I, U);
  State ns = os;
  ns.user_isp = true;
  EXPECT_EQ(sanitised({}, os, ns).conn, paused_sync_t);
  State paused = sanitised({}, os, ns);
  paused.user_isp = false;
  EXPECT_EQ(sanitised({}, os, paused).conn, sync_target);
}

TEST(DrbdRules, io_is_suspended_while_the_peer_is_fenced_or_data_are_missing) {
  Circumstances stonith;
  stonith.fencing = Fencing::resource_and_stonith;
  const State os = of(connected, P, S, U, U);
  State ns = os;
  ns.conn = network_failure;
  EXPECT_TRUE(sanitised(stonith, os, ns).susp_fen);
  EXPECT_FALSE(sanitised({}, os, ns).susp_fen);
  Circumstances patient;
  patient.suspend_without_data = true;
  State blind = of(connected, P, S, Disk::diskless, U);
  ns = blind;
  ns.conn = network_failure;
  EXPECT_TRUE(sanitised(patient, blind, ns).susp_nod);
}

TEST(DrbdRules, the_first_broken_rule_is_named) {
  Circumstances c;
  c.has_net = true;
  EXPECT_EQ(valid_state(c, of(connected, P, P, U, U)), Code::two_primaries);
  c.two_primaries = true;
  EXPECT_EQ(valid_state(c, of(connected, P, P, U, U)), Code::success);
  c.open = true;
  EXPECT_EQ(valid_state(c, of(connected, S, P, U, U)), Code::device_in_use);
  c.open = false;
  EXPECT_EQ(valid_state(c, of(wf_connection, P, Role::unknown, Disk::consistent, Disk::d_unknown)),
            Code::no_up_to_date_disk);
  c.fencing = Fencing::resource_only;
  EXPECT_EQ(valid_state(c, of(wf_connection, P, Role::unknown, U, Disk::d_unknown)), Code::primary_nop);
  EXPECT_EQ(valid_state(c, of(wf_connection, P, Role::unknown, U, Disk::outdated)), Code::success);
  EXPECT_EQ(valid_state({}, of(connected, P, S, I, I)), Code::no_up_to_date_disk);
  EXPECT_EQ(valid_state({}, of(wf_bitmap_s, S, S, Disk::diskless, U)), Code::no_local_disk);
  EXPECT_EQ(valid_state({}, of(wf_bitmap_s, S, S, U, Disk::diskless)), Code::no_remote_disk);
  EXPECT_EQ(valid_state({}, of(wf_bitmap_s, S, S, I, I)), Code::no_up_to_date_disk);
  EXPECT_EQ(valid_state({}, of(connected, S, S, Disk::outdated, U)), Code::connected_outdates);
  EXPECT_EQ(valid_state({}, of(verify_s, S, S, U, U)), Code::no_verify_alg);
  EXPECT_EQ(valid_state({}, of(connected, S, S, U, Disk::d_unknown)), Code::connected_outdates);
}

TEST(DrbdRules, some_states_do_not_come_from_others) {
  const State secondary = of(connected, S, S, U, U);
  const auto soft = [](const State& os, const State& ns) { return valid_soft_transition({}, os, ns); };
  EXPECT_EQ(soft(of(sync_source, S, S, U, I), of(starting_sync_t, S, S, I, U)), Code::resync_running);
  EXPECT_EQ(soft(of(wf_connection, S, Role::unknown, U, U), of(verify_s, S, S, U, U)), Code::need_connection);
  EXPECT_EQ(soft(of(stand_alone, S, S, Disk::diskless, U), of(stand_alone, S, S, U, U)), Code::is_diskless);
  EXPECT_EQ(soft(of(stand_alone, S, S, I, U), of(stand_alone, S, S, Disk::outdated, U)),
            Code::lower_than_outdated);
  EXPECT_EQ(soft(secondary, of(connected, P, S, U, U)), Code::success);
  EXPECT_EQ(soft(of(connected, S, S, I, U), of(connected, P, S, I, U)), Code::in_transient_state);
  EXPECT_EQ(valid_conn_transition(stand_alone, disconnecting), Code::already_standalone);
  EXPECT_EQ(valid_conn_transition(stand_alone, starting_sync_t), Code::need_connection);
  EXPECT_EQ(valid_conn_transition(wf_connection, connected), Code::need_connection);
  EXPECT_EQ(valid_conn_transition(network_failure, wf_connection), Code::in_transient_state);
  EXPECT_EQ(valid_conn_transition(disconnecting, unconnected), Code::in_transient_state);
}

TEST(DrbdRules, the_peer_is_asked_about_what_concerns_it) {
  const State os = of(connected, S, S, U, U);
  EXPECT_TRUE(cluster_wide(os, of(connected, P, S, U, U)));
  EXPECT_TRUE(cluster_wide(os, of(connected, S, S, Disk::failed, U)));
  EXPECT_TRUE(cluster_wide(os, of(disconnecting, S, S, U, U)));
  EXPECT_TRUE(cluster_wide(os, of(verify_s, S, S, U, U)));
  EXPECT_FALSE(cluster_wide(of(connected, P, S, U, U), os));
  EXPECT_FALSE(
      cluster_wide(of(wf_connection, S, Role::unknown, U, U), of(wf_connection, P, Role::unknown, U, U)));
}

}  // namespace
}  // namespace rehearse::drbd
