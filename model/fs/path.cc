#include "model/fs/path.h"

#include <algorithm>

#include "model/fs/kernel.h"
#include "model/fs/space.h"
#include "model/fs/walk.h"

namespace rehearse::fs {
namespace {

constexpr int kMostLinks = 40;  // MAXSYMLINKS

// Directories that every installed system has, listed or not.
bool standard_directory(std::string_view path) {
  static constexpr std::string_view kAll[] = {"/",    "/bin",     "/boot",    "/dev",    "/etc",  "/home",
                                              "/lib", "/media",   "/mnt",     "/opt",    "/proc", "/root",
                                              "/run", "/sbin",    "/srv",     "/sys",    "/tmp",  "/usr",
                                              "/var", "/var/lib", "/var/log", "/var/tmp"};
  return std::find(std::begin(kAll), std::end(kAll), path) != std::end(kAll);
}

const Tree& tree_in(const View& view, std::size_t mount) {
  return mount == Place::kRoot ? *view.root : *(*view.mounts)[mount].tree;
}

// The mount that holds a path without symbolic links, and the path within it.
std::pair<std::size_t, Name> covering(const View& view, const std::string& path) {
  std::size_t best = Place::kRoot;
  std::size_t length = 0;
  for (std::size_t i = 0; view.mounts && i < view.mounts->size(); ++i) {
    const std::string& target = (*view.mounts)[i].target.str();
    if (target.empty() || target[0] != '/') continue;  // swap and the like
    const std::size_t size = target == "/" ? 0 : target.size();
    const bool below = path.starts_with(target) && (size == 0 || path.size() == size || path[size] == '/');
    if (below && (best == Place::kRoot || size >= length)) {
      best = i;
      length = size;
    }
  }
  const std::string inside = path.substr(length);
  return {best, inside.empty() ? Name("/") : Name(inside)};
}

std::string pop_component(std::string& rest) {
  const std::size_t from = rest.find_first_not_of('/');
  if (from == std::string::npos) {
    rest.clear();
    return "";
  }
  const std::size_t end = rest.find('/', from);
  std::string component = rest.substr(from, end == std::string::npos ? end : end - from);
  rest = end == std::string::npos ? "" : rest.substr(end);
  return component;
}

}  // namespace

std::string_view words_of(PathError error) {
  switch (error) {
    case PathError::none:
      return "Success";
    case PathError::not_found:
      return "No such file or directory";
    case PathError::not_a_directory:
      return "Not a directory";
    case PathError::is_a_directory:
      return "Is a directory";
    case PathError::exists:
      return "File exists";
    case PathError::not_empty:
      return "Directory not empty";
    case PathError::read_only:
      return "Read-only file system";
    case PathError::no_space:
      return "No space left on device";
    case PathError::busy:
      return "Device or resource busy";
    case PathError::too_many_links:
      return "Too many levels of symbolic links";
    case PathError::failed:
      return "Input/output error";
  }
  return "";
}

std::string absolute(std::string_view path) {
  std::string rest = path.starts_with('/') ? std::string(path) : "/root/" + std::string(path);
  std::vector<std::string> parts;
  for (std::string part = pop_component(rest); !part.empty(); part = pop_component(rest)) {
    if (part == "..") {
      if (!parts.empty()) parts.pop_back();
    } else if (part != ".") {
      parts.push_back(std::move(part));
    }
  }
  std::string text;
  for (const std::string& part : parts) text += "/" + part;
  return text.empty() ? "/" : text;
}

Name folder_of(Name path) {
  const std::string& text = path.str();
  const std::size_t slash = text.rfind('/');
  return slash == 0 || slash == std::string::npos ? Name("/") : Name(text.substr(0, slash));
}

std::string last_of(Name path) { return path.str().substr(path.str().rfind('/') + 1); }

bool directory_in(const View& view, std::size_t mount, Name path) {
  if (mount != Place::kRoot && (*view.mounts)[mount].device.empty()) return true;  // told by its server
  return tree_in(view, mount).directory(path) || (mount == Place::kRoot && standard_directory(path.str()));
}

Walked walk(const View& view, Name path, bool follow) {
  std::string rest = absolute(path.str());
  std::string done;
  int links = 0;
  Walked at;
  while (true) {
    std::tie(at.mount, at.path) = covering(view, done.empty() ? "/" : done);
    if (at.mount != Place::kRoot && (*view.mounts)[at.mount].device.empty()) {  // NFS: its server walks on
      at.rest = rest;
      return at;
    }
    std::string next = pop_component(rest);
    if (next.empty()) return at;
    if (!directory_in(view, at.mount, at.path)) {
      const bool there = tree_in(view, at.mount).find(at.path) != nullptr;
      at.error = there ? PathError::not_a_directory : PathError::not_found;
      return at;
    }
    const std::string candidate = done + "/" + next;
    const auto [mount, inside] = covering(view, candidate);
    const bool remote = mount != Place::kRoot && (*view.mounts)[mount].device.empty();
    const File* file = remote || inside == Name("/") ? nullptr : tree_in(view, mount).find(inside);
    if (file && file->kind == FileKind::symlink && file->text && (follow || !rest.empty())) {
      if (++links > kMostLinks) {
        at.error = PathError::too_many_links;
        return at;
      }
      const std::string& target = *file->text;
      rest = absolute((target.starts_with('/') ? target : done + "/" + target) + rest);
      done.clear();
      continue;
    }
    done = candidate;
  }
}

Place place_of(const World& world, Name host, Name path, bool follow) {
  Place place;
  place.host = host;
  const Host* at = world.hosts.find(host);
  for (int hops = 0; at && at->powered && at->root && hops < 8; ++hops) {
    const Walked walked = walk({at->mounts.get(), at->root.get()}, path, follow);
    place.error = walked.error;
    place.mount = walked.mount;
    place.path = walked.path;
    if (walked.mount == Place::kRoot || walked.error != PathError::none) return place;
    const Mount& mount = (*at->mounts)[walked.mount];
    if (mount.read_only) place.read_only = true;
    if (!mount.device.empty()) return place;
    const std::string& source = mount.source.str();
    const std::size_t colon = source.find(':');
    if (colon == std::string::npos) break;
    path = Name(source.substr(colon + 1) + (walked.path == Name("/") ? "" : walked.path.str()) + walked.rest);
    place.host = Name(source.substr(0, colon));
    at = world.hosts.find(place.host);
  }
  place.error = PathError::failed;
  return place;
}

const Tree& tree_at(const World& world, const Place& place) {
  const Host& host = *world.hosts.find(place.host);
  return place.mount == Place::kRoot ? *host.root : *(*host.mounts)[place.mount].tree;
}

const File* file_at(const World& world, const Place& place) {
  if (place.error != PathError::none || place.path == Name("/")) return nullptr;
  return tree_at(world, place).find(place.path);
}

bool directory_at(const World& world, const Place& place) {
  if (place.error != PathError::none) return false;
  const Host& host = *world.hosts.find(place.host);
  return directory_in({host.mounts.get(), host.root.get()}, place.mount, place.path);
}

const File* file_at(const World& world, Name host, Name path) {
  return file_at(world, place_of(world, host, path));
}

bool directory_at(const World& world, Name host, Name path) {
  return directory_at(world, place_of(world, host, path));
}

std::optional<std::string> text_at(const World& world, Name host, Name path) {
  const File* file = file_at(world, host, path);
  if (!file || file->kind != FileKind::regular) return std::nullopt;
  if (file->text) return *file->text;
  if (file->size == 0) return std::string();
  return std::nullopt;
}

std::vector<Name> list_at(const World& world, Name host, Name path) {
  const Place place = place_of(world, host, path);
  std::vector<Name> names;
  if (!directory_at(world, place)) return names;
  const std::string prefix = place.path == Name("/") ? "/" : place.path.str() + "/";
  for (const File& file : tree_at(world, place).files) {
    const std::string& text = file.path.str();
    if (text.starts_with(prefix) && text.find('/', prefix.size()) == std::string::npos) {
      names.push_back(text.substr(prefix.size()));
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

bool intact(const World& world, const Place& place) {
  const File* file = file_at(world, place);
  if (!file || place.mount == Place::kRoot) return file != nullptr;
  const Mount& mount = (*world.hosts.find(place.host)->mounts)[place.mount];
  for (const Range& range : covered(file->data)) {
    const ReadResult there = read(world, place.host, mount.device, range);
    if (there.error != IoError::none) return false;
    if (cut(overlaid(there.data, mount.pending), range, 0) != cut(file->data, range, 0)) return false;
  }
  return true;
}

PathError put_file(World& world, const Place& place, File file) {
  if (place.error != PathError::none) return place.error;
  if (place.path == Name("/")) return PathError::is_a_directory;
  const File* old = file_at(world, place);
  if (old && old->kind == FileKind::directory && file.kind != FileKind::directory)
    return PathError::is_a_directory;
  if (!old && directory_at(world, place)) {
    return file.kind == FileKind::directory ? PathError::exists : PathError::is_a_directory;
  }
  if (place.read_only) return PathError::read_only;
  file.path = place.path;
  if (place.mount == Place::kRoot) {
    world.hosts.edit(place.host).root.edit().put(std::move(file));
    return PathError::none;
  }
  return with_mount(world, place.host, place.mount,
                    [&](Mount& mount) { return store(mount, std::move(file)); });
}

PathError put_file(World& world, Name host, File file) {
  const Place place = place_of(world, host, file.path);
  return put_file(world, place, std::move(file));
}

PathError erase_file(World& world, Name host, Name path) {
  const Place place = place_of(world, host, path, false);
  if (place.error != PathError::none) return place.error;
  if (place.path == Name("/")) return PathError::busy;
  if (!file_at(world, place)) return directory_at(world, place) ? PathError::busy : PathError::not_found;
  if (place.read_only) return PathError::read_only;
  if (place.mount == Place::kRoot) {
    world.hosts.edit(place.host).root.edit().erase(place.path);
    return PathError::none;
  }
  return with_mount(world, place.host, place.mount, [&](Mount& mount) { return erase(mount, place.path); });
}

PathError make_directory(World& world, Name host, Name path) {
  const Place place = place_of(world, host, path, false);
  if (place.error != PathError::none) return place.error;
  if (file_at(world, place) || directory_at(world, place)) return PathError::exists;
  File made;
  made.kind = FileKind::directory;
  return put_file(world, place, std::move(made));
}

}  // namespace rehearse::fs
