// What the commands on volumes check in the same words: groups and volumes that are named, new names, words
// of options, physical volumes to allocate from.
#pragma once

#include <functional>

#include "model/lvm/allocate.h"
#include "model/lvm/attempt.h"
#include "model/lvm/scan.h"
#include "model/lvm/size_arg.h"

namespace rehearse::lvm {

/// Why there is no such group: it is not found, or no group can be named so.
Refused no_group(Name name);

/// Finds the group and says what is odd about it. `change`: its metadata is to be changed, for which all
/// physical volumes are needed.
Refused open_group(const World&, Name host, Name name, bool change, Report&, FoundGroup& found);

/// Can the group's description be written to all physical volumes that are here?
Refused refuse_write(const World&, Name host, const FoundGroup&);

/// Calls `f(group, volume, named)` for every volume that is meant, group by group, in the order of their
/// making; hidden ones only if they are named. Complains of what is not there. The group may change under the
/// calls.
using VolumeAction = std::function<void(Name group, Name volume, bool named)>;
void each_volume(Attempt&, const std::vector<VolumeRef>&, bool change, const VolumeAction& action);

/// A group's volumes in the order of their making, by which LVM goes through them.
std::vector<Name> in_order(const Group&);

/// Prints the syntax lines of LVM's own help that are nearest; gives the refusal.
Refused nearest_syntax(const char* command, const std::vector<const char*>& lines, Report&);
/// The same where a command has one form only.
Refused correct_syntax(const char* command, const char* line, Report&);

bool valid_name(Name name);
/// Is the name one that LVM keeps for itself? `command` is named in the words.
Refused reserved_name(Name name, const char* command);
/// What becomes of a name that is too long together with its group's.
Refused too_long(Name group, Name volume);
/// "lvol4": one more than the highest there is.
Name automatic_name(const Group&);

/// Does somebody hold the volume open, or have it mounted?
Refused refuse_use(const Host&, Name group, Name volume);

/// y or n, as an option is told.
Refused check_yes_no(const std::optional<Name>& word, const char* option);
Refused check_permission(const std::optional<Name>& word);
Refused check_alloc(const std::optional<Name>& word);
/// What -C and --alloc come to together.
Alloc chosen_alloc(const std::optional<Name>& contiguous, const std::optional<Name>& alloc);

enum class Activation : std::uint8_t { yes, no, automatic };
Refused read_activation(Name word, Activation& value);

/// The extents that the physical volumes typed allow, or all of the group if none is.
Refused read_pvs(const Host&, const FoundGroup&, std::span<const Name> typed, Report&,
                 std::vector<Allowed>& allowed);
/// The extents of a new volume. `approximate`: fewer will do.
Refused find_extents(const Group&, Volume& volume, std::uint64_t extents, bool approximate,
                     const std::vector<Allowed>& from);

/// A power of two from 4 KiB to 512 KiB.
bool good_chunk(Sectors chunk);

/// Keeps `volumes` sorted by name.
void insert(Group&, Volume);

}  // namespace rehearse::lvm
