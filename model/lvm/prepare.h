// Making devices into physical volumes: what pvcreate, vgcreate and vgextend have in common. All devices are
// judged first, in the order in which lvm2's pvcreate_each_device does it, then the questions are asked, then
// they are written.
#pragma once

#include "model/lvm/attempt.h"
#include "model/lvm/label.h"

namespace rehearse::lvm {

struct PrepareOptions {
  bool keep = false;  // vgcreate, vgextend: a physical volume without a group is taken as it is, and all
                      // devices are needed or none is written
  bool yes = false;
  bool wipe = false;  // signatures are wiped without a question
  std::uint32_t force = 0;
  Sectors pe_start = kDefaultPeStart;
  std::optional<Sectors> size;  // --setphysicalvolumesize
};

struct Prepared {
  std::vector<Name> ready;   // devices that have a label already and keep it
  std::vector<Name> create;  // devices that get one
  bool stopped = false;      // nothing is to be written
};

/// Complains of each device that will not do.
Prepared prepare(Attempt&, const std::vector<Name>& paths, const PrepareOptions&);
/// Writes the labels and says so.
void write_labels(Attempt&, const Prepared&, const PrepareOptions&);

}  // namespace rehearse::lvm
