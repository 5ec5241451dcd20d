// One side of a resource at work: the module of one host, with what it may touch. Its parts mirror the files
// of drivers/block/drbd, and what the kernel hands to a worker is done as soon as the state has changed.
#pragma once

#include <deque>
#include <optional>

#include "model/drbd/kernel_calls.h"
#include "model/drbd/rules.h"

namespace rehearse::drbd {

/// The parts of a state that somebody asks to change.
struct Change {
  std::optional<Role> role = {}, peer = {};
  std::optional<Connection> conn = {};
  std::optional<Disk> disk = {}, pdsk = {};
  std::optional<bool> susp = {}, susp_nod = {}, susp_fen = {}, aftr_isp = {}, peer_isp = {}, user_isp = {};

  State onto(State) const;
  /// The same request as the peer sees it.
  Change mirrored() const;
};

enum Force : unsigned {  // drbd_state.h enum chg_state_flags
  kSoft = 0,
  kHard = 1,       // it happened: no rule can refuse it
  kVerbose = 2,    // the log tells of a refusal
  kLocalOnly = 4,  // the peer is not asked
  kKeepDisk = 8,   // a disk below Outdated does not stand against it
  kQuiet = 16,     // the change is told elsewhere
};

class Node {
 public:
  Node(World& world, Name host, Name resource, Report& report)
      : world_(world), host_(host), name_(resource), report_(report) {}

  World& world() const { return world_; }
  Name host() const { return host_; }
  Report& report() const { return report_; }
  const Resource& see() const;
  Resource& resource();
  const Device& see(std::uint32_t volume) const;
  Device& device(std::uint32_t volume);
  std::vector<std::uint32_t> volumes() const;
  /// The other side, as long as both have their sockets.
  std::optional<Node> peer() const;

  // change_state.cc
  Circumstances circumstances(std::uint32_t volume) const;
  /// _drbd_request_state: asks the peer where that is needed.
  Code request(std::uint32_t volume, const Change&, unsigned force = kVerbose);
  /// drbd_change_state: on this side only.
  Code change(std::uint32_t volume, const Change&, unsigned force);
  Code set_state(std::uint32_t volume, State, unsigned force);
  /// conn_request_state: on all volumes.
  Code request_all(const Change&, unsigned force);
  /// Does what the state changes so far entail.
  void work();

  // identifiers.cc
  void set_uuid(std::uint32_t volume, std::uint64_t Uuids::*which, std::uint64_t value);
  void rotate_uuid(std::uint32_t volume, std::uint64_t Uuids::*which, std::uint64_t value);
  void clear_bitmap_uuid(std::uint32_t volume);
  void new_current_uuid(std::uint32_t volume);
  std::uint64_t random(std::uint32_t volume, std::uint64_t purpose) const;
  void mark_role(std::uint32_t volume);
  void say_uuids(std::uint32_t volume, std::string_view what);

  // disk.cc
  Place place(std::uint32_t volume) const;
  void sync_md(std::uint32_t volume, bool with_mark = false);
  void write_bitmap(std::uint32_t volume, bool say = true);
  void set_all_bits(std::uint32_t volume, bool suspend_al = false);
  void set_out_of_sync(std::uint32_t volume, Range sectors);
  void set_in_sync(std::uint32_t volume, Range sectors);
  void activate(std::uint32_t volume, Range sectors);
  /// Works out the size of the device from both disks; with another activity log its room, too.
  enum class Sized : std::uint8_t { done, does_not_fit, would_shrink };
  struct NewLog {
    std::uint32_t stripes = 1;
    std::uint32_t stripe_kib = 32;
  };
  Sized determine_size(std::uint32_t volume, bool assume_peer_has_space = false, bool assume_clean = false,
                       const NewLog* log = nullptr);
  Sectors new_size(std::uint32_t volume, Sectors user_size, bool assume_peer_has_space = false) const;
  /// Where the metadata belong on the disk as large as it is now.
  Layout layout_now(std::uint32_t volume) const;
  void publish_size(std::uint32_t volume, Sectors size);
  enum class Io : std::uint8_t { read, write, peer_write, superblock, bitmap, log, forced };
  void local_io_error(std::uint32_t volume, Io what);
  /// Gives up a disk whose metadata could not be written. Says whether there was one.
  bool give_up_unwritten(std::uint32_t volume);

  // send.cc
  void send(Packet);
  void send_sizes(std::uint32_t volume, bool assume_clean = false);
  void send_uuids(std::uint32_t volume, std::uint32_t more_flags = 0);
  void send_state(std::uint32_t volume);
  void send_bitmap(std::uint32_t volume);
  /// What is sent to the peer stands behind a packet that does not get through.
  bool talks_to_a_wall() const;

  // sync_param.cc
  struct SyncParam {
    DiskOptions rates;  // its resync-rate and c-*; the usual ones of a side without a disk
    Name verify_alg;
    Name csums_alg;
  };
  SyncParam sync_param(std::uint32_t volume) const;
  /// False: other algorithms, while the two are connecting, keep them apart.
  bool receive_sync_param(std::uint32_t volume, const SyncParam&);
  /// Looked at there at once: nothing depends on when.
  void send_sync_param(std::uint32_t volume);

  // receive.cc
  /// Looks at a packet; the sockets may be gone afterwards.
  void receive(const Packet&);
  /// Writes what the peer mirrors. False: the disk failed.
  bool receive_data(std::uint32_t volume, const Patch&, bool may_set_in_sync);

  // handshake.cc
  /// What to become now that both sets of identifiers are known; nothing: abort.
  std::optional<Connection> handshake(std::uint32_t volume, Role peer_role, Disk peer_disk);

  // connection.cc
  /// Both sides are there: sockets, features, settings, and the first packets.
  static void establish(Node& one, Node& other);
  void close_sockets();
  /// conn_disconnect: cleans up after a connection, however it ended.
  void disconnected();
  void lost(Connection reason, std::string_view words);
  void to_unconnected();

  // resync.cc
  void start_resync(std::uint32_t volume, Connection side);
  void resync_finished(std::uint32_t volume);
  void resync_after_grow(std::uint32_t volume);
  /// Which resyncs come after which has changed.
  void resync_after_changed();

  // fence.cc
  bool try_outdate_peer();
  void unfence_peer();

  // role.cc
  Answer set_role(std::uint32_t volume, Role role, bool force);

  int helper(std::uint32_t volume, std::string_view name);

  template <class... T>
  void log(fmt::format_string<T...> format, T&&... args) {
    report_.kernel(host_, "drbd {}: {}", name_.str(), fmt::format(format, std::forward<T>(args)...));
  }
  template <class... T>
  void log_of(std::uint32_t volume, fmt::format_string<T...> format, T&&... args) {
    report_.kernel(host_, "block drbd{}: {}", see(volume).minor,
                   fmt::format(format, std::forward<T>(args)...));
  }

 private:
  struct Done {  // a change whose consequences are still to come
    std::uint32_t volume = 0;
    State os;
    State ns;
  };

  void say_refused(std::uint32_t volume, const State& os, const State& ns, Code);
  void say_change(std::uint32_t volume, const State& os, const State& ns, const State& common_os,
                  const State& common_ns, bool common);
  void recompute_flags(std::uint32_t volume, const State& os, const State& ns);
  Code may_change_all(const Change&, unsigned force);
  void after(const Done&);
  void after_sync(const Done&);
  void after_suspension(const Done&);
  void after_loss_of_peer_data(const Done&);
  void after_disk(const Done&);
  void after_all(Connection oc);
  void go_diskless(std::uint32_t volume);

  // handshake.cc
  std::optional<Connection> side_of(std::uint32_t volume, int hg, Disk my_disk);
  int solve_split_brain(std::uint32_t volume, int primaries);
  int compare_with_peer(std::uint32_t volume, Role peer_role);

  // resync.cc
  bool may_resync_now(std::uint32_t volume) const;
  bool pause_or_resume(bool pause);

  // receive.cc
  void receive_sizes(const Packet&);
  void receive_uuids(const Packet&);
  void receive_state(const Packet&);
  std::optional<Disk> real_peer_disk(std::uint32_t volume, const State& there);
  bool negotiate(std::uint32_t volume, State& there, Disk& peer_disk, State& ns);
  void give_up();
  void receive_sync_uuid(const Packet&);
  void receive_bitmap(const Packet&);

  World& world_;
  Name host_;
  Name name_;
  Report& report_;
  std::deque<Done> done_;
  bool working_ = false;
  bool io_error_ = false;  // the disk is being given up because it failed
};

/// What one side calls local is remote to the other.
AfterSb as_seen_there(AfterSb policy);

/// "64 MB": drbd_int.h ppsize, of KiB.
std::string pretty(std::uint64_t kib);

}  // namespace rehearse::drbd
