// What happens to a pair when links, disks, hosts and their operators come and go.
#include "model/drbd/bitmap_code.h"
#include "model/drbd/testing.h"

namespace rehearse::drbd {
namespace {

using DrbdTraces = DrbdPair;

TEST_F(DrbdTraces, a_fresh_pair_waits_with_every_block_out_of_sync) {
  create_md("alpha");
  EXPECT_EQ(gi("alpha"), "40:0:0:0 0:0:0:0:0:0:0");
  up("alpha");
  EXPECT_EQ(state("alpha"), "WFConnection Secondary/Unknown Inconsistent/DUnknown r----s oos:65496");
  EXPECT_EQ(primary("alpha").code, Code::no_up_to_date_disk);
  create_md("beta");
  up("beta");
  EXPECT_EQ(state("alpha"), "Connected Secondary/Secondary Inconsistent/Inconsistent r----- oos:65496");
  EXPECT_EQ(primary("alpha").code, Code::no_up_to_date_disk);
  EXPECT_TRUE(logged("alpha", "State change failed: Need access to UpToDate data"));
  EXPECT_TRUE(primary("alpha", true).ok());
  EXPECT_TRUE(logged("alpha", "uuid_compare()=2 by rule 30"));
  EXPECT_TRUE(logged("beta", "uuid_compare()=-2 by rule 20"));
}

TEST_F(DrbdTraces, a_link_that_was_cut_is_made_good_by_a_resync_of_what_was_written) {
  synced();
  cut();
  put("alpha", 7, 3);
  EXPECT_EQ(state("alpha"), "WFConnection Primary/Unknown UpToDate/DUnknown r----- oos:12");
  EXPECT_TRUE(lies("beta", 7).blank());
  heal();
  EXPECT_EQ(state("alpha"), "SyncSource Primary/Secondary UpToDate/Inconsistent r----- oos:12");
  EXPECT_EQ(state("beta"), "SyncTarget Secondary/Primary Inconsistent/UpToDate r----- oos:12");
  EXPECT_TRUE(logged("alpha", "uuid_compare()=1 by rule 70"));
  EXPECT_TRUE(logged("beta", "uuid_compare()=-1 by rule 50"));
  sync();
  EXPECT_EQ(lies("beta", 7), lies("alpha", 7));
}

TEST_F(DrbdTraces, a_link_cut_one_way_is_as_bad_as_one_cut_both_ways) {
  synced();
  play(world, LinkEvent{"beta", "alpha", true, LinkFault::cut, 0}, report);
  EXPECT_EQ(device("alpha").state.conn, Connection::wf_connection);
  EXPECT_EQ(device("beta").state.conn, Connection::wf_connection);
}

TEST_F(DrbdTraces, a_host_that_hangs_is_lost_to_its_peer_and_comes_back) {
  synced();
  play(world, HostEvent{"beta", true}, report);
  EXPECT_EQ(state("alpha"), "WFConnection Primary/Unknown UpToDate/DUnknown r----- oos:0");
  EXPECT_EQ(device("beta").state.conn, Connection::connected) << "it knows of nothing yet";
  put("alpha", 5, 1);
  play(world, HostEvent{"beta", false}, report);
  sync();
  EXPECT_EQ(state("beta"), "Connected Secondary/Primary UpToDate/UpToDate r----- oos:0");
  EXPECT_EQ(lies("beta", 5), lies("alpha", 5));
}

TEST_F(DrbdTraces, an_interrupted_resync_goes_on_where_it_was) {
  synced();
  cut();
  put("alpha", 0, 10000);
  heal();
  progress(world, false, report);
  EXPECT_EQ(device("beta").out_of_sync(), 10000u - 4096u);
  cut();
  EXPECT_EQ(state("alpha"), "WFConnection Primary/Unknown UpToDate/Inconsistent r----- oos:23616");
  EXPECT_EQ(state("beta"), "WFConnection Secondary/Unknown Inconsistent/DUnknown r----- oos:23616");
  EXPECT_EQ(primary("beta").code, Code::no_up_to_date_disk);
  heal();
  EXPECT_EQ(device("beta").state.conn, Connection::sync_target);
  sync();
  EXPECT_EQ(state("beta"), "Connected Secondary/Primary UpToDate/UpToDate r----- oos:0");
  EXPECT_EQ(lies("beta", 9999), lies("alpha", 9999));
}

TEST_F(DrbdTraces, a_secondary_that_goes_down_leaves_the_primary_with_a_new_generation) {
  synced();
  EXPECT_TRUE(down("beta").ok());
  EXPECT_FALSE(world.hosts.find("beta")->drbd->resource("r0"));
  EXPECT_EQ(state("alpha"), "WFConnection Primary/Unknown UpToDate/DUnknown r----- oos:0");
  EXPECT_EQ(gi("alpha"), "A1:B:C:4 1:1:1:0:0:0:0");
  EXPECT_TRUE(logged("alpha", "conn( Connected -> TearDown )"));
  put("alpha", 3, 1);
  up("beta");
  sync();
  EXPECT_EQ(state("beta"), "Connected Secondary/Primary UpToDate/UpToDate r----- oos:0");
}

TEST_F(DrbdTraces, a_device_that_is_in_use_does_not_go_down) {
  synced();
  fs::Mount mount;
  mount.device = "drbd0";
  world.hosts.edit("alpha").mounts.edit().push_back(mount);
  EXPECT_EQ(secondary("alpha").code, Code::device_in_use);
  EXPECT_EQ(down("alpha"), (Answer{Code::device_in_use, "failed to demote"}));
}

TEST_F(DrbdTraces, a_disk_that_was_detached_is_brought_up_to_date_when_it_is_back) {
  synced();
  EXPECT_TRUE(detach("beta").ok());
  EXPECT_EQ(state("alpha"), "Connected Primary/Secondary UpToDate/Diskless r----- oos:0");
  EXPECT_EQ(state("beta"), "Connected Secondary/Primary Diskless/UpToDate r----- oos:0");
  EXPECT_EQ(gi("alpha"), "A1:B:C:4 1:1:1:1:0:0:0");
  EXPECT_EQ(detach("beta").code, Code::nothing_to_do);
  put("alpha", 11, 2);
  EXPECT_EQ(device("alpha").out_of_sync(), 2u);
  EXPECT_TRUE(attach("beta").ok());
  EXPECT_TRUE(logged("beta", "uuid_compare()=-1 by rule 50"));
  sync();
  EXPECT_EQ(state("beta"), "Connected Secondary/Primary UpToDate/UpToDate r----- oos:0");
  EXPECT_EQ(lies("beta", 11), lies("alpha", 11));
}

TEST_F(DrbdTraces, a_primary_without_a_disk_works_on_its_peers) {
  synced();
  put("alpha", 1, 1);
  EXPECT_TRUE(detach("alpha").ok());
  EXPECT_EQ(state("alpha"), "Connected Primary/Secondary Diskless/UpToDate r----- oos:0");
  EXPECT_EQ(gi("beta"), "A0:B:C:4 1:1:1:1:0:0:0") << "a generation of its own, and the primary's mark";
  EXPECT_EQ(put("alpha", 2, 1), IoError::none);
  EXPECT_EQ(device("beta").out_of_sync(), 1u);
  EXPECT_EQ(rehearse::read(world, "alpha", "drbd0", {16, 8}).data.front().stamp, (Stamp{"alpha", 2}));
  EXPECT_EQ(rehearse::read(world, "alpha", "drbd0", {8, 8}).data.front().stamp, (Stamp{"alpha", 1}));
  cut();
  EXPECT_EQ(put("alpha", 3, 1), IoError::failed);
  EXPECT_EQ(rehearse::read(world, "alpha", "drbd0", {8, 8}).error, IoError::failed);
}

TEST_F(DrbdTraces, a_primary_keeps_its_disk_if_the_peer_has_none_to_offer) {
  synced();
  cut();
  EXPECT_EQ(detach("alpha").code, Code::no_up_to_date_disk);
}

TEST_F(DrbdTraces, a_disk_that_fails_under_a_primary_is_detached_and_nothing_is_lost) {
  synced();
  play(world, DiskEvent{"alpha", "vda", DiskFault::fails}, report);
  EXPECT_EQ(put("alpha", 20, 1), IoError::none);
  EXPECT_EQ(state("alpha"), "Connected Primary/Secondary Diskless/UpToDate r----- oos:0");
  EXPECT_EQ(lies("beta", 20), (Stamp{"alpha", 1}));
  EXPECT_EQ(put("alpha", 21, 1), IoError::none);
  EXPECT_EQ(lies("beta", 21), (Stamp{"alpha", 2}));
}

// Its log cannot be written, so it is gone before the write is sent, and the peer marks what it alone gets.
TEST_F(DrbdTraces, metadata_that_cannot_be_written_cost_the_disk_whatever_the_policy) {
  disk.on_io_error = OnIoError::pass_on;
  synced();
  play(world, DiskEvent{"alpha", "vda", DiskFault::fails_writes}, report);
  EXPECT_EQ(put("alpha", 20, 1), IoError::none);
  EXPECT_EQ(device("alpha").state.disk, Disk::diskless);
  EXPECT_EQ(device("beta").out_of_sync(), 1u);
}

TEST_F(DrbdTraces, pass_on_keeps_a_disk_that_fails_at_data_as_inconsistent) {
  disk.on_io_error = OnIoError::pass_on;
  synced();
  play(world, DiskEvent{"alpha", "vda", DiskFault::fails_writes, Range{0, 8000}}, report);
  EXPECT_EQ(put("alpha", 20, 1), IoError::none);
  EXPECT_EQ(device("alpha").state.disk, Disk::inconsistent);
  EXPECT_EQ(device("beta").state.pdsk, Disk::inconsistent);
}

TEST_F(DrbdTraces, invalidate_copies_everything_from_the_peer) {
  synced();
  EXPECT_TRUE(settled(invalidate(world, "beta", 0, report)).ok());
  EXPECT_EQ(state("beta"), "SyncTarget Secondary/Primary Inconsistent/UpToDate r----- oos:65496");
  EXPECT_EQ(settled(invalidate(world, "beta", 0, report)).code, Code::resync_running);
  sync();
  EXPECT_EQ(state("beta"), "Connected Secondary/Primary UpToDate/UpToDate r----- oos:0");
  EXPECT_TRUE(settled(invalidate_remote(world, "alpha", 0, report)).ok());
  EXPECT_EQ(state("alpha"), "SyncSource Primary/Secondary UpToDate/Inconsistent r----- oos:65496");
}

TEST_F(DrbdTraces, a_paused_resync_does_not_move) {
  synced();
  settled(invalidate(world, "beta", 0, report));
  EXPECT_TRUE(settled(pause_sync(world, "alpha", 0, report)).ok());
  EXPECT_EQ(state("alpha"), "PausedSyncS Primary/Secondary UpToDate/Inconsistent r--u-- oos:65496");
  EXPECT_EQ(state("beta"), "PausedSyncT Secondary/Primary Inconsistent/UpToDate r-p--- oos:65496");
  EXPECT_EQ(settled(pause_sync(world, "alpha", 0, report)).code, Code::pause_is_set);
  EXPECT_EQ(settled(resume_sync(world, "beta", 0, report)).code, Code::pic_peer_dep);
  sync();
  EXPECT_EQ(device("beta").out_of_sync(), 16374u);
  EXPECT_TRUE(settled(resume_sync(world, "alpha", 0, report)).ok());
  EXPECT_EQ(settled(resume_sync(world, "alpha", 0, report)).code, Code::pause_is_clear);
  sync();
  EXPECT_EQ(state("beta"), "Connected Secondary/Primary UpToDate/UpToDate r----- oos:0");
}

TEST_F(DrbdTraces, verify_finds_what_differs_and_mends_nothing) {
  net.verify_alg = "md5";
  synced();
  put("alpha", 40, 4);
  rehearse::write(world, "beta", "vda", stamped({41 * 8, 8}, {"stray", 1}));
  EXPECT_TRUE(settled(verify(world, "alpha", 0, {}, {}, report)).ok());
  EXPECT_EQ(device("beta").state.conn, Connection::verify_t);
  sync();
  EXPECT_EQ(state("alpha"), "Connected Primary/Secondary UpToDate/UpToDate r----- oos:4");
  EXPECT_EQ(state("beta"), "Connected Secondary/Primary UpToDate/UpToDate r----- oos:4");
  EXPECT_TRUE(logged("alpha", "Online verify found 1 4k block out of sync!"));
  ASSERT_TRUE(disconnect("beta").ok());
  ASSERT_TRUE(connect("beta").ok());
  sync();
  EXPECT_EQ(lies("beta", 41), lies("alpha", 41)) << "reconnecting to a primary does";
}

TEST_F(DrbdTraces, writes_during_a_resync_go_to_both_sides) {
  synced();
  settled(invalidate(world, "beta", 0, report));
  EXPECT_EQ(put("alpha", 16000, 2), IoError::none);
  EXPECT_EQ(lies("beta", 16000), (Stamp{"alpha", 1}));
  EXPECT_EQ(device("beta").out_of_sync(), 16372u);
  EXPECT_EQ(device("alpha").out_of_sync(), 16372u);
}

TEST_F(DrbdTraces, a_link_that_loses_large_packets_holds_a_long_bitmap_until_it_is_healed) {
  net.use_rle = false;
  synced();
  cut();
  put("alpha", 7, 3);
  ASSERT_TRUE(secondary("alpha").ok());
  for (const Name from : {"alpha", "beta"}) net::set_way(world, from, other(from), {false, true, 0});
  settle(world, report);
  EXPECT_EQ(device("alpha").state.conn, Connection::wf_bitmap_s);
  EXPECT_EQ(device("beta").state.conn, Connection::wf_bitmap_t);
  sync();
  EXPECT_EQ(device("alpha").state.conn, Connection::wf_bitmap_s);
  EXPECT_TRUE(primary("beta").never_ends);
  EXPECT_TRUE(primary("alpha").never_ends) << "its question waits behind the bitmap";
  heal();
  sync();
  EXPECT_EQ(state("alpha"), "Connected Secondary/Secondary UpToDate/UpToDate r----- oos:0");
}

TEST_F(DrbdTraces, a_link_that_loses_large_packets_lets_a_short_bitmap_pass_and_small_writes) {
  synced();
  cut();
  put("alpha", 7, 3);
  for (const Name from : {"alpha", "beta"}) net::set_way(world, from, other(from), {false, true, 0});
  sync();
  EXPECT_EQ(state("alpha"), "SyncSource Primary/Secondary UpToDate/Inconsistent r----- oos:12");
  EXPECT_TRUE(disconnect("alpha").never_ends) << "its question waits behind the blocks";
  ASSERT_TRUE(disconnect("beta").ok());
  EXPECT_EQ(device("alpha").state.conn, Connection::wf_connection);
  EXPECT_EQ(device("beta").state.conn, Connection::stand_alone);
}

// By hand, with the table of drbd_vli.h.
TEST(DrbdBitmapCode, takes_the_shorter_way_for_each_packet) {
  EXPECT_EQ(longest_packet({}, 65504, true), 21u) << "a run of 29 bits";
  EXPECT_EQ(longest_packet({}, 65504, false), 4096u);
  EXPECT_EQ(longest_packet({}, 3000, false), 392u) << "47 words";
  Bitmap some;
  some.set({7, 3});  // runs of 7, 3 and 65494: codes of 5, 3 and 29 bits
  EXPECT_EQ(longest_packet(some, 65504, true), 22u);
  Bitmap every_other;
  for (std::uint64_t at = 0; at < 3000; at += 2) every_other.set({at, 1});
  EXPECT_EQ(longest_packet(every_other, 3000, true), 392u) << "two bits for each would be longer";
}

TEST_F(DrbdTraces, protocol_a_loses_what_was_still_on_its_way) {
  net.protocol = Protocol::a;
  synced();
  play(world, LinkEvent{{}, {}, false, LinkFault::slowed, 100}, report);
  ASSERT_EQ(device("alpha").state.conn, Connection::connected);
  EXPECT_EQ(put("alpha", 5, 1), IoError::none);
  EXPECT_TRUE(lies("beta", 5).blank());
  play(world, Pass{1}, report);
  EXPECT_EQ(lies("beta", 5), (Stamp{"alpha", 1}));
  EXPECT_EQ(put("alpha", 6, 1), IoError::none);
  power_off("alpha");
  ASSERT_TRUE(primary("beta").ok());
  EXPECT_TRUE(lies("beta", 6).blank());
}

TEST_F(DrbdTraces, a_new_generation_without_a_first_resync_is_taken_by_both) {
  for (const Name host : {"alpha", "beta"}) create_md(host);
  for (const Name host : {"alpha", "beta"}) up(host);
  EXPECT_TRUE(settled(new_current_uuid(world, "alpha", 0, true, report)).ok());
  EXPECT_EQ(state("alpha"), "Connected Secondary/Secondary UpToDate/UpToDate r----- oos:0");
  EXPECT_EQ(state("beta"), "Connected Secondary/Secondary UpToDate/UpToDate r----- oos:0");
  EXPECT_EQ(gi("alpha"), "A0:0:0:0 1:1:0:1:0:0:0");
  EXPECT_EQ(gi("beta"), "A0:0:0:0 1:1:0:1:0:0:0");
  EXPECT_EQ(settled(new_current_uuid(world, "alpha", 0, true, report)).code, Code::connected);
}

TEST_F(DrbdTraces, outdate_of_a_connected_disk_does_nothing) {
  synced();
  EXPECT_EQ(settled(outdate(world, "beta", 0, report)).code, Code::nothing_to_do);
  EXPECT_EQ(settled(outdate(world, "alpha", 0, report)).code, Code::nothing_to_do);
  cut();
  EXPECT_TRUE(settled(outdate(world, "beta", 0, report)).ok());
  EXPECT_EQ(device("beta").state.disk, Disk::outdated);
  EXPECT_EQ(settled(outdate(world, "alpha", 0, report)).code, Code::no_up_to_date_disk);
}

TEST_F(DrbdTraces, a_connection_needs_addresses_that_nobody_has) {
  synced();
  EXPECT_EQ(connect("alpha").code, Code::local_addr);
  EXPECT_EQ(drbd::connect(world, "alpha", "r9", {}, report),
            (Answer{Code::res_not_known, "unknown resource"}));
  EXPECT_EQ(primary("alpha").code, Code::nothing_to_do);
  EXPECT_EQ(drbd::primary(world, "alpha", 7, false, report), (Answer{Code::minor_invalid, "unknown minor"}));
  EXPECT_EQ(attach("alpha").code, Code::disk_configured);
  EXPECT_EQ(settled(verify(world, "alpha", 0, {}, {}, report)).code, Code::no_verify_alg);
}

TEST_F(DrbdTraces, a_disk_with_unclean_or_no_metadata_is_not_attached) {
  new_resource(world, "alpha", "r0", resource, report);
  new_minor(world, "alpha", "r0", 0, 0, report);
  const auto attach_bare = [&] {
    return drbd::attach(world, "alpha", 0, {"/dev/vda", "/dev/vda", kInternal, disk}, report).code;
  };
  EXPECT_EQ(attach_bare(), Code::md_invalid);
  create_md("alpha");
  EXPECT_EQ(attach_bare(), Code::no_error);
  ASSERT_TRUE(detach("alpha").ok());
  EXPECT_EQ(attach_bare(), Code::md_unclean);
  apply_al(world, "alpha", place("alpha"));
  EXPECT_EQ(attach_bare(), Code::no_error);
}

TEST_F(DrbdTraces, suspended_io_does_not_end) {
  synced();
  EXPECT_TRUE(settled(suspend_io(world, "alpha", 0, report)).ok());
  EXPECT_EQ(put("alpha", 1, 1), IoError::suspended);
  EXPECT_EQ(state("alpha"), "Connected Primary/Secondary UpToDate/UpToDate s----- oos:0");
  EXPECT_TRUE(settled(resume_io(world, "alpha", 0, report)).ok());
  EXPECT_EQ(put("alpha", 1, 1), IoError::none);
}

}  // namespace
}  // namespace rehearse::drbd
