#include "model/fs/tree.h"

#include <algorithm>

namespace rehearse::fs {
namespace {

auto place_among(const std::vector<File>& files, Name path) {
  return std::partition_point(files.begin(), files.end(), [&](const File& file) { return file.path < path; });
}

Name parent_of(Name path) {
  const std::string& text = path.str();
  return Name(std::string_view(text).substr(0, text.rfind('/')));
}

bool root(Name path) { return path.empty() || path == Name("/"); }

}  // namespace

const File* Tree::find(Name path) const {
  const auto at = place_among(files, path);
  return at != files.end() && at->path == path ? &*at : nullptr;
}

void Tree::put(File file) {
  for (Name above = parent_of(file.path); !root(above) && !find(above); above = parent_of(above)) {
    File made;
    made.path = above;
    made.kind = FileKind::directory;
    files.insert(files.begin() + (place_among(files, above) - files.begin()), std::move(made));
  }
  const auto at = files.begin() + (place_among(files, file.path) - files.begin());
  if (at != files.end() && at->path == file.path) {
    *at = std::move(file);
  } else {
    files.insert(at, std::move(file));
  }
}

bool Tree::erase(Name path) {
  const std::string below = path.str() + "/";
  const std::size_t before = files.size();
  std::erase_if(files,
                [&](const File& file) { return file.path == path || file.path.str().starts_with(below); });
  return files.size() != before;
}

bool Tree::directory(Name path) const {
  if (root(path)) return true;
  const File* file = find(path);
  return file && file->kind == FileKind::directory;
}

File text_file(Name path, std::string text) {
  File file;
  file.path = path;
  file.size = text.size();
  file.text = Part<std::string>(std::move(text));
  return file;
}

}  // namespace rehearse::fs
