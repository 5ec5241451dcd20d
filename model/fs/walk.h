// Walking a path through a kernel's mounts, one component after another. Used by path.cc and guest.cc.
#pragma once

#include "model/fs/mount.h"
#include "model/fs/path.h"

namespace rehearse::fs {

/// What one kernel sees: its mounts, and below them its own root (a guest's root is one of the mounts).
struct View {
  const std::vector<Mount>* mounts = nullptr;
  const Tree* root = nullptr;
};

struct Walked {
  PathError error = PathError::none;
  std::size_t mount = Place::kRoot;
  Name path = "/";   // within the mount
  std::string rest;  // what is still to walk on the server of an NFS mount
};

Walked walk(const View&, Name path, bool follow);
/// "/a/./b//../c" -> "/a/c" textually; a path that is not absolute is taken from /root.
std::string absolute(std::string_view path);
/// "/a/b" -> "/a", "b".
Name folder_of(Name path);
std::string last_of(Name path);
bool directory_in(const View&, std::size_t mount, Name path);

}  // namespace rehearse::fs
