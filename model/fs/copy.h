// Contents of files and devices as a program reads them, and files written from such contents.
#pragma once

#include "model/fs/path.h"
#include "model/io.h"

namespace rehearse::fs {

/// What a program reads from a file: places counted from its start. What is in memory comes before what is on
/// the disk.
struct Contents {
  IoError error = IoError::none;
  Patch data;
};
Contents contents_of(const World&, const Place&);

/// Makes or replaces the file there with this contents (a file's text, format and service go with it).
PathError write_contents(World&, const Place&, File file, const Patch& content);

/// A copy of the file at one place to another.
PathError copy_file(World&, const Place& from, const Place& to);

}  // namespace rehearse::fs
