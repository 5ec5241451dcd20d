// Files by their path on a host: through what is mounted where (file systems on devices, directories of other
// hosts by NFS), through symbolic links, down to the host's own root.
#pragma once

#include "model/world.h"

namespace rehearse::fs {

enum class PathError : std::uint8_t {
  none,
  not_found,
  not_a_directory,
  is_a_directory,
  exists,
  not_empty,
  read_only,
  no_space,
  busy,
  too_many_links,  // symbolic links that lead in a circle
  failed,          // the disk does
};
/// strerror: "No such file or directory".
std::string_view words_of(PathError);
inline Name words(PathError error) { return Name(words_of(error)); }

/// Where a path leads.
struct Place {
  static constexpr std::size_t kRoot = ~std::size_t{0};
  PathError error = PathError::none;
  Name host;                  // whose files: another host's behind an NFS mount
  std::size_t mount = kRoot;  // index into that host's mounts
  Name path;                  // within that file system, "/" for its root; may name what is not there
  bool read_only = false;     // by NFS
};

/// Follows symbolic links on the way, and the last one too if `follow`. An error is one of the way there;
/// that the last component is not there is none.
Place place_of(const World&, Name host, Name path, bool follow = true);
const Tree& tree_at(const World&, const Place&);
/// The file or directory at that place; null if there is none. A file system's root has no entry either: ask
/// directory_at.
const File* file_at(const World&, const Place&);
bool directory_at(const World&, const Place&);

const File* file_at(const World&, Name host, Name path);
bool directory_at(const World&, Name host, Name path);
/// The text of a small file, or nothing if there is no such file.
std::optional<std::string> text_at(const World&, Name host, Name path);
/// Names in a directory, sorted.
std::vector<Name> list_at(const World&, Name host, Name path);
/// Are the stamps that a file expects on the device (or in memory, not flushed yet)?
bool intact(const World&, const Place&);

/// Makes or replaces the file at `file.path` (a path on the host), following a symbolic link there. Its
/// directory must exist.
PathError put_file(World&, Name host, File file);
PathError put_file(World&, const Place&, File file);
/// Takes away the file, link, or directory with all in it, not following a symbolic link.
PathError erase_file(World&, Name host, Name path);
PathError make_directory(World&, Name host, Name path);

}  // namespace rehearse::fs
