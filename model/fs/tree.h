// The files of one file system: a list sorted by path. Small files keep their text here; the data of large
// ones are runs of sectors together with the stamps that must be found there, so that reading a file is a
// comparison.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/contents.h"

namespace rehearse::fs {

enum class FileKind : std::uint8_t { regular, directory, symlink };

/// The form in which some program keeps its data: "mailman" 2.
struct Format {
  Name kind;
  std::uint32_t version = 0;
  friend auto fields(const Format& format) {
    const auto& [kind, version] = format;
    return std::tie(kind, version);
  }
  bool operator==(const Format&) const = default;
};

/// A file that is a program run as a service: it starts only if the data it needs have the format it expects.
struct Service {
  Name name;
  Format needs;
  Name data;  // path of a file or directory, anywhere in the machine's tree
  friend auto fields(const Service& service) {
    const auto& [name, needs, data] = service;
    return std::tie(name, needs, data);
  }
  bool operator==(const Service&) const = default;
};

struct File {
  Name path;  // absolute within its file system: "/etc/hostname"; the root itself has no entry
  FileKind kind = FileKind::regular;
  Bytes size = 0;
  Part<std::string> text;  // of a small file; the target of a symbolic link
  Patch data;              // of a large one: where it lies and what must be found there
  std::optional<Format> format;
  std::optional<Service> service;

  friend auto fields(const File& file) {
    const auto& [path, kind, size, text, data, format, service] = file;
    return std::tie(path, kind, size, text, data, format, service);
  }
  bool operator==(const File&) const = default;
};

struct Tree {
  std::vector<File> files;  // sorted by path
  bool mixed = false;       // written by two kernels that did not know of each other: e2fsck finds damage

  const File* find(Name path) const;
  /// Adds the file or replaces the one at its path; makes the directories above it.
  void put(File file);
  /// Takes away the file, or the directory with all below it. Says whether there was one.
  bool erase(Name path);
  /// Is it the root, or a directory that is listed?
  bool directory(Name path) const;
  friend auto fields(const Tree& tree) {
    const auto& [files, mixed] = tree;
    return std::tie(files, mixed);
  }
  bool operator==(const Tree&) const = default;
};

/// A small file with this text.
File text_file(Name path, std::string text);

}  // namespace rehearse::fs
