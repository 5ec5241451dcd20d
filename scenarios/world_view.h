// A world to look at: as a tree in the manner of lsblk, and as a graph of what stands on what.
#pragma once

#include <string>

#include "model/world.h"

namespace rehearse {

/// One tree a host: devices with what stands on them, what they hold and who uses them; then inactive
/// volumes, domains and exports. Sizes as lsblk shows them.
std::string show_world(const World&);

/// Graphviz DOT: a cluster a host; edges from what stands to what it stands on, across hosts for exports.
std::string graph_world(const World&);

/// "ext4 \"root\"", "swap", "LVM2 vg1", "blank": what lies on a device, by its metadata.
std::string holds(const World&, Name host, const Device&);

/// "60G", "1.5G", "512M": one decimal where it is needed, as lsblk has it.
std::string short_size(Bytes bytes);

}  // namespace rehearse
