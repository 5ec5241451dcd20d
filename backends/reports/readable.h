// What a program reads from a path of a host: a file's bytes as far as the model keeps them (text, or
// stamps), a device's, the kernel's own files below /proc.
#pragma once

#include <optional>
#include <string>

#include "model/contents.h"
#include "model/world.h"

namespace rehearse::reports {

struct Readable {
  std::string error;     // strerror's words; empty if it can be read
  bool opened = false;   // the error came with the first read, not with the opening
  bool endless = false;  // /dev/zero
  Bytes size = 0;
  std::optional<std::string> text;  // a small file
  Patch data;                       // of anything else, from 0 on
};
Readable read_path(const World&, Name host, const std::string& path);

/// Is there anything at this path? Devices and their links count.
bool exists(const World&, Name host, const std::string& path);
bool is_directory(const World&, Name host, const std::string& path);
bool is_block_device(const World&, Name host, const std::string& path);
/// The names in a directory, sorted as ls does without a locale; also of /dev/mapper and of /dev/GROUP.
std::vector<std::string> names_in(const World&, Name host, const std::string& path);

/// Text that is equal for equal contents, like a checksum: 32 hexadecimal digits.
std::string digest(const Readable&);

}  // namespace rehearse::reports
