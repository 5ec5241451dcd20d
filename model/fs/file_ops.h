// Files: cp, mv, rm, ln, mkdir, rmdir, touch.
#pragma once

#include "model/fs/form.h"

namespace rehearse::fs {

struct CopyFiles {
  std::vector<Name> sources;
  Name target;
  bool archive = false;
  bool preserve = false;
  bool recursive = false;
  bool force = false;
  bool verbose = false;
  static constexpr Usage usage() {
    return usage_of("cp", toggle<&CopyFiles::archive>("-a,--archive"), toggle<&CopyFiles::preserve>("-p"),
                    toggle<&CopyFiles::recursive>("-r,-R,--recursive"),
                    toggle<&CopyFiles::force>("-f,--force"), toggle<&CopyFiles::verbose>("-v,--verbose"),
                    some<&CopyFiles::sources>("SOURCE"), operand<&CopyFiles::target>("TARGET"));
  }
  bool operator==(const CopyFiles&) const = default;
};
Refused run(World&, Name host, const CopyFiles&, Report&);

struct MoveFiles {
  std::vector<Name> sources;
  Name target;
  bool force = false;
  bool verbose = false;
  static constexpr Usage usage() {
    return usage_of("mv", toggle<&MoveFiles::force>("-f,--force"),
                    toggle<&MoveFiles::verbose>("-v,--verbose"), some<&MoveFiles::sources>("SOURCE"),
                    operand<&MoveFiles::target>("TARGET"));
  }
  bool operator==(const MoveFiles&) const = default;
};
Refused run(World&, Name host, const MoveFiles&, Report&);

struct RemoveFiles {
  std::vector<Name> files;
  bool recursive = false;
  bool force = false;
  bool verbose = false;
  static constexpr Usage usage() {
    return usage_of("rm", toggle<&RemoveFiles::recursive>("-r,-R,--recursive"),
                    toggle<&RemoveFiles::force>("-f,--force"), toggle<&RemoveFiles::verbose>("-v,--verbose"),
                    some<&RemoveFiles::files>("FILE"));
  }
  bool operator==(const RemoveFiles&) const = default;
};
Refused run(World&, Name host, const RemoveFiles&, Report&);

/// ln -s: a symbolic link. Hard links are not modelled.
struct LinkFile {
  std::string text;
  Name link;
  bool force = false;
  static constexpr Usage usage() {
    return usage_of("ln", flag("-s,--symbolic"), toggle<&LinkFile::force>("-f,--force"),
                    operand<&LinkFile::text>("TARGET"), operand<&LinkFile::link>("LINK"));
  }
  bool operator==(const LinkFile&) const = default;
};
Refused run(World&, Name host, const LinkFile&, Report&);

struct MakeDirectories {
  std::vector<Name> directories;
  bool parents = false;
  static constexpr Usage usage() {
    return usage_of("mkdir", toggle<&MakeDirectories::parents>("-p,--parents"),
                    some<&MakeDirectories::directories>("DIRECTORY"));
  }
  bool operator==(const MakeDirectories&) const = default;
};
Refused run(World&, Name host, const MakeDirectories&, Report&);

struct RemoveDirectories {
  std::vector<Name> directories;
  static constexpr Usage usage() {
    return usage_of("rmdir", some<&RemoveDirectories::directories>("DIRECTORY"));
  }
  bool operator==(const RemoveDirectories&) const = default;
};
Refused run(World&, Name host, const RemoveDirectories&, Report&);

struct TouchFiles {
  std::vector<Name> files;
  static constexpr Usage usage() { return usage_of("touch", some<&TouchFiles::files>("FILE")); }
  bool operator==(const TouchFiles&) const = default;
};
Refused run(World&, Name host, const TouchFiles&, Report&);

}  // namespace rehearse::fs
