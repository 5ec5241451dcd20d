// drbdmeta: what an operator does to metadata while the kernel has them not, with its questions and its
// words.
#pragma once

#include <string>

#include "model/drbd/metadata.h"
#include "model/drbd/setup.h"
#include "model/usage.h"

namespace rehearse::drbd {

struct MetaCall {
  std::uint32_t minor = 0;
  std::string device;  // that holds the metadata: "/dev/vda"
  std::string index;   // "internal", "flex-external" or a slot's number
  std::string verb;    // "create-md"
  std::vector<std::string> values;
  bool force = false;
  bool by_drbdadm = false;  // which has one file more open
  bool yes = false;         // what a person at the terminal answers

  /// "drbdmeta 0 v08 /dev/vda internal create-md"
  Words words() const;
};

/// Runs it. A verb that only shows something is understood, too.
Ending run_meta(World&, Name host, const MetaCall&, Report&);
/// The index that drbdmeta takes by this name.
int meta_index(const std::string& index);
/// The verbs that there are.
bool is_meta_verb(std::string_view verb);

/// The line of get-gi, and the picture of show-gi.
std::string generation_line(const Uuids&, const MetaFlags&);
std::vector<std::string> generation_picture(const Uuids&, const MetaFlags&, bool clean);

/// The lines of dump-md below its heading; `room` sectors are the metadata's.
std::vector<std::string> metadata_dump(const Superblock&, const Bitmap&, const Place&, Sectors room);

/// Sizes as drbd's tools print them: "256 MB".
std::string short_kib(std::uint64_t kib);

}  // namespace rehearse::drbd
