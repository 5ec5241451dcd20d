// Room on a mounted file system: where the data of files go, what they cost, and when there is no more.
// Changes the mount's memory only.
#pragma once

#include "model/fs/mount.h"
#include "model/fs/path.h"

namespace rehearse::fs {

/// Makes or replaces a file, directory or link whose directory exists; its data, if it has any, lie where
/// they say.
PathError store(Mount& mount, File file);
/// The same for a file with this contents (places counted from the file's start), for which room is found.
/// What does not fit is left out: the file keeps what did, as after a write that failed.
PathError store_data(Mount& mount, File file, const Patch& content);
/// Adds to the end of a file.
PathError append_data(Mount& mount, File file, Sectors count, Stamp stamp);
/// Writes over data that files of this mount have there.
void overwrite(Mount& mount, const Patch& patch);
PathError erase(Mount& mount, Name path);
PathError rename(Mount& mount, Name from, Name to);

/// Takes the data of files that lie where tables are now, or beyond the end, off their places, and gives the
/// files as they were.
std::vector<File> move_out_of_the_way(Mount& mount);
/// Finds a new place for such data.
void place_again(Mount& mount, Name path, const Patch& content);

/// Blocks that root's files may still take.
std::uint64_t room(const Mount& mount);
/// Sectors that files' data lie in, sorted and joined.
std::vector<Range> data_of(const Mount& mount, Name path = "/");
/// `patch` with `over` written on it.
Patch overlaid(const Patch& patch, const Patch& over);

}  // namespace rehearse::fs
