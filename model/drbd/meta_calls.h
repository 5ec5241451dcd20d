// What drbdmeta does to metadata while no kernel has them: drbdadm says it in its own words.
#pragma once

#include "model/drbd/metadata.h"
#include "model/world.h"

namespace rehearse::drbd {

/// Fresh metadata: nothing known, no bit set.
IoError create_md(World&, Name host, const Place&);

/// Gives a device its identity, if it has none yet; drbdadm does so after it made metadata. Which it has
/// then.
std::uint64_t name_device(World&, Name host, const Place&);

struct AppliedLog {
  bool found = false;  // metadata were there
  bool was_clean = false;
  bool found_log = false;   // with transactions in it; without any there is nothing to tell
  bool of_primary = false;  // only then anything is marked
  Bytes marked = 0;         // newly, as out of sync
};
AppliedLog apply_al(World&, Name host, const Place&);

/// drbdmeta outdate and invalidate. False: no metadata.
bool outdate_md(World&, Name host, const Place&);
bool invalidate_md(World&, Name host, const Place&);
bool set_gi(World&, Name host, const Place&, const Uuids&, const MetaFlags&);
void wipe_md(World&, Name host, const Place&);

/// What drbdmeta remembers of a disk with internal metadata (/var/lib/drbd/drbd-minor-N.lkbd): how large it
/// was when they were put where they are.
struct LastKnown {
  Bytes size = 0;
  Name path;                      // "/dev/vg/d"
  std::uint64_t device_uuid = 0;  // 0: not told
};
std::optional<LastKnown> last_known(const World&, Name host, std::uint32_t minor);
/// Keeps how large the disk at this path is now.
void remember(World&, Name host, std::uint32_t minor, Name path, std::uint64_t device_uuid);

/// Where internal metadata lie that were made when the disk had another size.
std::optional<Place> last_known_place(const World&, Name host, std::uint32_t minor, Name device);
/// Puts them where they belong now.
void move_md(World&, Name host, const Place& from, const Place& to);

/// Where the metadata of a disk would be: `meta` is the same device if internal. If there are some, the size
/// of their activity log counts, else `log`.
Place place_of(const World&, Name host, Name device, Name meta_device, int index, Sectors log = kUsualLog);

}  // namespace rehearse::drbd
