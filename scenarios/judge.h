// The judge at work: it knows the story so far (who wrote what on which line, how each snapshot filled) and
// asks every hazard of the table about each step. A hazard is a function that looks at a step and adds
// findings; the table is scenarios/judge.cc.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "scenarios/finding.h"
#include "scenarios/readable.h"

namespace rehearse::judging {

/// How a snapshot filled: what each line added.
struct Filling {
  std::size_t made = 0;  // line
  std::vector<std::pair<std::size_t, Sectors>> by_line;
};

/// What the judge has read off a world.
struct Seen {
  std::uint64_t hash = 0;
  Readable readable;
  std::vector<SnapshotRoom> snapshots;
  std::vector<GroupOnMedia> groups;
};

struct Story {
  std::map<std::string, Filling> snapshots;     // "vg1/s"
  std::map<Stamp, std::size_t> written;         // line of each acknowledged write
  std::map<std::string, std::size_t> upgraded;  // service: line of its last upgrade
  std::set<std::string> told;                   // findings of a state that lasts, told once: code and subject
  WriteSet lost;                                // already told of
  WriteSet overwritten;  // on a replica, by its own users, while the other side still had it
  /// The world in which a host's side of a replicated volume was seen last: by "r0" and host.
  std::map<std::string, std::map<Name, World>> replicas;
};

/// One step with all that hazards ask for.
struct Look {
  const Played& played;
  const Seen& before;
  const Seen& after;
  Story& story;
  std::vector<Finding>& findings;

  const World& old_world() const { return played.before; }
  const World& new_world() const { return played.after; }
  /// Adds a finding of this step's line.
  void tell(std::string_view code, std::string subject, std::string what, std::string remedy,
            std::vector<std::size_t> chain = {}) const;
  /// The same, unless the judge has said so of a state that still lasts.
  void tell_once(std::string_view code, const std::string& subject, std::string what, std::string remedy,
                 std::vector<std::size_t> chain = {}) const;
};

struct Hazard {
  std::string_view code;
  std::string_view name;
  std::string_view kind;  // "rule": of a state; "hazard": of a move
  void (*look)(const Look&);
};
/// In the order of their codes; the last are known to the player alone and have no function.
std::span<const Hazard> hazards();

/// The command of the step, or null.
const Command* command_of(const Played&);
/// "57.22 MiB": human_size() without its mark of rounding.
std::string amount(Bytes bytes);
/// Its words as the tool would get them.
Words words_of(const Played&);
/// "line 12" or "lines 12, 14 and 20".
std::string lines_text(const std::vector<std::size_t>& lines);
std::string joined(const std::vector<std::string>& parts);

// Where a device really lies: the medium and sector of its first extent, through AoE and volumes. Two devices
// that begin at the same place are one. A snapshot is the room it has of its own.
struct Root {
  Name medium;
  Sectors first = 0;
  auto operator<=>(const Root&) const = default;
};
std::optional<Root> root_of(const World&, Name host, Name device);
/// "vg1/echelon" or "/dev/sda1": the name operators use for what lies there.
std::string name_of(const World&, Name host, Name device);

/// May the step destroy what others wrote? A guest that writes over its own data means to, and so does one
/// who removes a file.
bool may_destroy(const Look&);
/// Adds to the story what the users of a replica wrote over or removed in this step.
void remember_overwritten(const Look&);
/// Keeps what the sides of replicated volumes are like after this step.
void remember_replicas(const Look&);

/// A domain on its host.
struct Guest {
  Name host;
  const domain::Domain* domain = nullptr;
};
std::vector<Guest> guests(const World&);
/// Domains that run now and did not before this step.
std::vector<Guest> started(const Look&);
/// A file's text as the domain's guest sees it.
std::optional<std::string> guest_text(const domain::Domain&, Name path);

/// What one writer loses, told by path.
struct Loss {
  Bytes bytes = 0;
  std::map<std::string, Bytes> by_place;
  std::vector<std::size_t> lines;  // on which it was written
};
std::map<Name, Loss> by_writer(const Look&, const WriteSet& lost);
/// "to /var/mail", "(2 MiB to /a and 1 MiB to /b)".
std::string places_text(const Loss&);

// The hazards, by what they are about.
void snapshot_overflows(const Look&);
void overflowed_snapshot_read(const Look&);
void origin_removed(const Look&);
void volume_in_use_removed(const Look&);
void writes_lost(const Look&);
void writes_left_behind(const Look&);
void mounted_twice(const Look&);
void written_under_domain(const Look&);
void run_twice(const Look&);
void one_mac(const Look&);
void one_ip(const Look&);
void restored_under_domain(const Look&);
void forced_check(const Look&);
void hostname_unknown(const Look&);
void other_format(const Look&);
void disk_not_visible(const Look&);
void extents_twice(const Look&);
void sizes_wrong(const Look&);
void name_twice(const Look&);
void split_brain(const Look&);
void up_to_date_unlike(const Look&);
void older_promoted(const Look&);
void overwritten_by_resync(const Look&);

}  // namespace rehearse::judging
