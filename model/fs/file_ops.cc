#include "model/fs/file_ops.h"

#include <algorithm>

#include "model/fs/copy.h"
#include "model/fs/kernel.h"
#include "model/fs/path.h"
#include "model/fs/space.h"
#include "model/fs/walk.h"

namespace rehearse::fs {
namespace {

// Commands with several operands do what they can; refused is only one that does nothing at all.
template <class F>
Refused each(const std::vector<Name>& names, Report& report, F f) {
  std::size_t failed = 0;
  for (const Name name : names) {
    const Refused refused = f(name);
    if (!refused) continue;
    if (++failed == names.size()) return refused;
    report.err("{}", refused.words());
    report.status = row_of(refused.why).status;
  }
  return {};
}

bool is_link(const World& world, const Place& place) {
  const File* file = file_at(world, place);
  return file && file->kind == FileKind::symlink;
}

bool exists(const World& world, const Place& place) {
  return place.error == PathError::none && (file_at(world, place) || directory_at(world, place));
}

bool same(const Place& a, const Place& b) {
  return a.host == b.host && a.mount == b.mount && a.path == b.path;
}

std::string without_slashes(Name path) {
  std::string text = path.str();
  while (text.size() > 1 && text.back() == '/') text.pop_back();
  return text;
}

// Into a directory, or under the name itself.
std::string final_name(const World& world, Name host, Name source, Name target) {
  if (!directory_at(world, host, target)) return target.str();
  const std::string folder = without_slashes(target);
  return (folder == "/" ? "" : folder) + "/" + last_of(Name(without_slashes(source)));
}

struct Copier {
  World& world;
  Name host;
  const CopyFiles& form;
  Report& report;

  Refused one(Name source, Name to) {
    const bool keeps_links = form.archive || form.recursive;
    const Place from = place_of(world, host, source, !keeps_links);
    if (!exists(world, from)) {
      const PathError error = from.error == PathError::none ? PathError::not_found : from.error;
      return {Refusal::cp_no_source, source, words(error)};
    }
    const bool folder = directory_at(world, from) && !is_link(world, from);
    if (folder && !keeps_links) return {Refusal::cp_directory, source};
    const Place place = place_of(world, host, to);
    if (exists(world, place) && same(from, place)) return {Refusal::cp_same, source, to};
    if (folder) {
      const bool inside = place.host == from.host && place.mount == from.mount &&
                          (place.path.str() + "/").starts_with(from.path.str() + "/");
      if (inside) return {Refusal::cp_into_itself, source, to};
      if (exists(world, place) && !directory_at(world, place)) return {Refusal::cp_over_file, to, source};
      return directory(source, to);
    }
    const PathError error = copy_file(world, from, place);
    if (error == PathError::no_space) {                            // what did fit stays
      if (place.host == from.host && place.mount == from.mount) {  // the kernel copies
        report.err("cp: error copying '{}' to '{}': No space left on device", source.str(), to.str());
      } else {
        report.err("cp: error writing '{}': No space left on device", to.str());
      }
      report.status = 1;
      return {};
    }
    if (error == PathError::failed) return {Refusal::cp_unreadable, source};
    if (error != PathError::none) return {Refusal::cp_not_created, to, words(error)};
    if (form.verbose) report.out("'{}' -> '{}'", source.str(), to.str());
    return {};
  }

  Refused directory(Name source, Name to) {
    if (!directory_at(world, host, to)) {
      const PathError error = make_directory(world, host, to);
      if (error != PathError::none) return {Refusal::cp_no_directory, to, words(error)};
      if (form.verbose) report.out("'{}' -> '{}'", source.str(), to.str());
    }
    for (const Name name : list_at(world, host, source)) {
      const std::string tail = "/" + name.str();
      const Refused refused = one(without_slashes(source) + tail, without_slashes(to) + tail);
      if (!refused) continue;
      report.err("{}", refused.words());
      report.status = 1;
    }
    return {};
  }
};

Refused move_one(World& world, Name host, const MoveFiles& form, Name source, Report& report) {
  const Place from = place_of(world, host, Name(without_slashes(source)), false);
  if (!exists(world, from)) {
    return {Refusal::mv_no_source, source,
            words(from.error == PathError::none ? PathError::not_found : from.error)};
  }
  const bool folder = directory_at(world, from) && !is_link(world, from);
  const bool to_directory = form.target.str().ends_with('/') && !directory_at(world, host, form.target);
  if (to_directory && !folder)
    return {Refusal::mv_failed, source, form.target, words(PathError::not_a_directory)};
  const Name to = final_name(world, host, source, form.target);
  const Place place = place_of(world, host, Name(without_slashes(to)), false);
  const auto failed = [&](PathError error) { return Refused{Refusal::mv_failed, source, to, words(error)}; };
  if (place.error != PathError::none) return failed(place.error);
  if (same(from, place)) return {Refusal::mv_same, source, to};
  if (from.path == Name("/")) return failed(PathError::busy);
  if (directory_at(world, place) && !folder) return {Refusal::mv_over_directory, to};
  if ((place.path.str() + "/").starts_with(from.path.str() + "/") && place.mount == from.mount) {
    return {Refusal::mv_into_itself, source, to};
  }
  if (from.read_only || place.read_only) return failed(PathError::read_only);
  if (place.host == from.host && place.mount == from.mount) {
    if (from.mount == Place::kRoot) {
      Mount whole;  // the host's own root, taken for a file system without limits
      whole.tree = world.hosts.find(from.host)->root;
      rename(whole, from.path, place.path);
      world.hosts.edit(from.host).root = whole.tree;
    } else {
      const PathError error = with_mount(world, from.host, from.mount,
                                         [&](Mount& mount) { return rename(mount, from.path, place.path); });
      if (error != PathError::none) return failed(error);
    }
  } else {
    CopyFiles copy;
    copy.archive = true;
    Report said;
    Copier copier{world, host, copy, said};
    if (const Refused refused = copier.one(source, to)) return refused;
    if (said.status != 0) {
      report.lines.insert(report.lines.end(), said.lines.begin(), said.lines.end());
      report.status = said.status;
      return {};
    }
    erase_file(world, host, source);
  }
  if (form.verbose) report.out("renamed '{}' -> '{}'", source.str(), to.str());
  return {};
}

Name why_no_directory(const World& world, Name host, Name path) {
  const Place place = place_of(world, host, path);
  if (place.error != PathError::none) return words(place.error);
  return words(exists(world, place) ? PathError::not_a_directory : PathError::not_found);
}

}  // namespace

Refused run(World& world, Name host, const CopyFiles& form, Report& report) {
  if (form.sources.size() > 1 && !directory_at(world, host, form.target)) {
    return {Refusal::cp_not_a_directory, form.target, why_no_directory(world, host, form.target)};
  }
  Copier copier{world, host, form, report};
  return each(form.sources, report,
              [&](Name source) { return copier.one(source, final_name(world, host, source, form.target)); });
}

Refused run(World& world, Name host, const MoveFiles& form, Report& report) {
  if (form.sources.size() > 1 && !directory_at(world, host, form.target)) {
    return {Refusal::mv_not_a_directory, form.target, why_no_directory(world, host, form.target)};
  }
  return each(form.sources, report, [&](Name source) { return move_one(world, host, form, source, report); });
}

Refused run(World& world, Name host, const RemoveFiles& form, Report& report) {
  return each(form.files, report, [&](Name path) -> Refused {
    const Place place = place_of(world, host, Name(without_slashes(path)), false);
    if (!exists(world, place)) {
      const bool absent = place.error == PathError::none || place.error == PathError::not_found;
      if (form.force && absent) return {};
      return {Refusal::rm_failed, path, words(absent ? PathError::not_found : place.error)};
    }
    const bool folder = directory_at(world, place) && !is_link(world, place);
    if (folder && !form.recursive) return {Refusal::rm_failed, path, words(PathError::is_a_directory)};
    const PathError error = erase_file(world, host, Name(without_slashes(path)));
    if (error != PathError::none) return {Refusal::rm_failed, path, words(error)};
    if (form.verbose && !folder) report.out("removed '{}'", path.str());
    return {};
  });
}

Refused run(World& world, Name host, const LinkFile& form, Report&) {
  const Name link = directory_at(world, host, form.link)
                        ? Name(final_name(world, host, Name(form.text), form.link))
                        : form.link;
  const Place place = place_of(world, host, link, false);
  const auto failed = [&](PathError error) { return Refused{Refusal::ln_failed, link, words(error)}; };
  if (place.error != PathError::none) return failed(place.error);
  if (exists(world, place) && !form.force) return failed(PathError::exists);
  File file;
  file.kind = FileKind::symlink;
  file.size = form.text.size();
  file.text = Part<std::string>(form.text);
  const PathError error = put_file(world, place, std::move(file));
  return error == PathError::none ? Refused() : failed(error);
}

Refused run(World& world, Name host, const MakeDirectories& form, Report& report) {
  return each(form.directories, report, [&](Name path) -> Refused {
    std::vector<Name> all = {Name(absolute(path.str()))};
    if (form.parents) {
      while (all.back() != Name("/") && !directory_at(world, host, all.back()))
        all.push_back(folder_of(all.back()));
      if (directory_at(world, host, all.back())) all.pop_back();
    }
    for (auto one = all.rbegin(); one != all.rend(); ++one) {
      const PathError error = make_directory(world, host, *one);
      if (error != PathError::none) return {Refusal::mkdir_failed, path, words(error)};
    }
    return {};
  });
}

Refused run(World& world, Name host, const RemoveDirectories& form, Report& report) {
  return each(form.directories, report, [&](Name path) -> Refused {
    const auto failed = [&](PathError error) { return Refused{Refusal::rmdir_failed, path, words(error)}; };
    const Place place = place_of(world, host, path, false);
    if (!exists(world, place))
      return failed(place.error == PathError::none ? PathError::not_found : place.error);
    if (!directory_at(world, place)) return failed(PathError::not_a_directory);
    if (!list_at(world, host, path).empty()) return failed(PathError::not_empty);
    const PathError error = erase_file(world, host, path);
    return error == PathError::none ? Refused() : failed(error);
  });
}

Refused run(World& world, Name host, const TouchFiles& form, Report& report) {
  return each(form.files, report, [&](Name path) -> Refused {
    const Place place = place_of(world, host, path);
    PathError error = place.error;
    if (error == PathError::none && place.read_only) error = PathError::read_only;
    if (error == PathError::none && !exists(world, place)) error = put_file(world, place, text_file("/", ""));
    if (error != PathError::none) return {Refusal::touch_failed, path, words(error)};
    if (place.mount != Place::kRoot) world.hosts.edit(place.host).mounts.edit()[place.mount].dirty = true;
    return {};
  });
}

}  // namespace rehearse::fs
