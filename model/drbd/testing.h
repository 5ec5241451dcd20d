// Two hosts with a replicated disk, for tests: what an operator does as calls of the kernel, and what
// /proc/drbd and get-gi would show as one line, identifiers under letters in the order of their appearance.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>

#include "model/drbd/data.h"
#include "model/drbd/kernel_calls.h"
#include "model/drbd/meta_calls.h"
#include "model/drbd/settle.h"
#include "model/io.h"
#include "model/step.h"

namespace rehearse::drbd {

/// Identifiers by letter: A, B ..; A' is A with the offset of a sync identifier; 4 and 0 as they are.
class Letters {
 public:
  std::string of(std::uint64_t value) {
    value &= ~std::uint64_t{1};
    if (value == 0 || value == kJustCreated) return std::to_string(value);
    for (const auto& [letter, known] : known_) {
      if (known == value) return letter;
      if (known + 0x0001000000000000 == value) {
        const std::string later = letter + "'";
        known_.emplace_back(later, value);
        return later;
      }
    }
    known_.emplace_back(std::string(1, static_cast<char>('A' + next_++)), value);
    return known_.back().first;
  }

 private:
  std::vector<std::pair<std::string, std::uint64_t>> known_;
  int next_ = 0;
};

class DrbdPair : public ::testing::Test {
 protected:
  static constexpr Bytes kDisk = 64 * kMiB;

  DrbdPair() {
    for (const Name host : {"alpha", "beta"}) {
      add_host(world, host, {{"vda", kDisk}});
      load_module(world, host, report);
    }
  }

  Place place(Name host) const { return place_of(world, host, "vda", "vda", kInternal); }
  static Name other(Name host) { return host == Name("alpha") ? "beta" : "alpha"; }
  static Name address(Name host) {
    return "ipv4:10.0.0." + std::string(host == Name("alpha") ? "1" : "2") + ":7788";
  }

  Answer settled(Answer answer) {
    settle(world, report);
    return answer;
  }
  Answer attach(Name host) {
    apply_al(world, host, place(host));
    return settled(drbd::attach(world, host, 0, {"/dev/vda", "/dev/vda", kInternal, disk}, report));
  }
  Answer connect(Name host, bool discard = false) {
    return settled(
        drbd::connect(world, host, "r0", {address(host), address(other(host)), net, discard, false}, report));
  }
  void create_md(Name host) { ASSERT_EQ(drbd::create_md(world, host, place(host)), IoError::none); }
  void up(Name host) {
    new_resource(world, host, "r0", resource, report);
    new_minor(world, host, "r0", 0, 0, report);
    ASSERT_TRUE(attach(host).ok());
    ASSERT_TRUE(connect(host).ok());
  }
  Answer primary(Name host, bool force = false) {
    return settled(drbd::primary(world, host, 0, force, report));
  }
  Answer secondary(Name host) { return settled(drbd::secondary(world, host, 0, report)); }
  Answer disconnect(Name host) {
    return settled(drbd::disconnect(world, host, address(host), address(other(host)), false, report));
  }
  Answer detach(Name host) { return settled(drbd::detach(world, host, 0, false, report)); }
  Answer down(Name host) { return settled(drbd::down(world, host, "r0", report)); }
  void sync() { progress(world, true, report); }
  void cut() { play(world, LinkEvent{{}, {}, false, LinkFault::cut, 0}, report); }
  void heal() { play(world, LinkEvent{{}, {}, false, LinkFault::healed, 0}, report); }
  void power_off(Name host) { play(world, PowerOff{host}, report); }
  void power_on(Name host) {
    play(world, PowerOn{host}, report);
    load_module(world, host, report);
  }
  /// `count` blocks of 4 KiB from block `first`.
  IoError put(Name host, std::uint64_t first, std::uint64_t count) {
    const Stamp stamp = acknowledge(world, host, {0, count * 4096, "/dev/drbd0", host, true});
    const IoError error = rehearse::write(world, host, "drbd0", stamped({first * 8, count * 8}, stamp));
    settle(world, report);
    return error;
  }
  Stamp lies(Name host, std::uint64_t block) const {
    const ReadResult found = rehearse::read(world, host, "vda", {block * 8, 8});
    return found.data.empty() ? Stamp() : found.data.front().stamp;
  }

  const Device& device(Name host) const { return *world.hosts.find(host)->drbd->minor(0).device; }
  /// "WFConnection Primary/Unknown UpToDate/DUnknown r----- oos:64"
  std::string state(Name host) const {
    const Device& row = device(host);
    return fmt::format("{} {}/{} {}/{} {} oos:{}", name_of(row.state.conn), name_of(row.state.role),
                       name_of(row.state.peer), name_of(row.state.disk), name_of(row.state.pdsk),
                       flag_letters(row.state, row.flags.al_suspended), row.out_of_sync() * 4);
  }
  /// "A1:0:B:4 1:1:1:1:0:0:0": the role's bit of the current one, then the flags in the order of get-gi.
  std::string gi(Name host) {
    const auto super = read_super(world, host, place(host));
    if (!super) return "none";
    const MetaFlags& flags = super->flags;
    const std::string current = letters.of(super->uuids.current);
    const std::string bitmap = letters.of(super->uuids.bitmap);
    const std::string younger = letters.of(super->uuids.younger);
    const std::string older = letters.of(super->uuids.older);
    return fmt::format("{}{}:{}:{}:{} {:d}:{:d}:{:d}:{:d}:{:d}:{:d}:{:d}", current, super->uuids.current & 1,
                       bitmap, younger, older, flags.consistent, flags.was_up_to_date, flags.primary,
                       flags.connected, flags.full_sync, flags.peer_outdated, flags.crashed_primary);
  }
  bool logged(Name host, std::string_view text) const {
    return std::any_of(report.log.begin(), report.log.end(), [&](const LogLine& line) {
      return line.host == host && line.text.find(text) != std::string::npos;
    });
  }
  std::string log_of(Name host) const {
    std::string all;
    for (const LogLine& line : report.log) {
      if (line.host == host) all += line.text + "\n";
    }
    return all;
  }

  /// A pair that is up to date, alpha primary.
  void synced() {
    for (const Name host : {"alpha", "beta"}) create_md(host);
    for (const Name host : {"alpha", "beta"}) up(host);
    ASSERT_TRUE(primary("alpha", true).ok());
    sync();
    ASSERT_EQ(state("alpha"), "Connected Primary/Secondary UpToDate/UpToDate r----- oos:0");
    report.log.clear();
  }
  /// Both were primary while the link was cut, and wrote: alpha blocks 100 to 115, beta 200 to 215.
  void split() {
    synced();
    cut();
    ASSERT_TRUE(primary("beta").ok());
    ASSERT_EQ(put("alpha", 100, 16), IoError::none);
    ASSERT_EQ(put("beta", 200, 16), IoError::none);
  }

  World world;
  Report report;
  Letters letters;
  DiskOptions disk;
  NetOptions net;
  ResourceOptions resource;
};

}  // namespace rehearse::drbd
