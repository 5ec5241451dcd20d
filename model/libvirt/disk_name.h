// Names of disks as a guest may see them: "vda" is the first of its bus.
#pragma once

#include <string_view>

#include "model/libvirt/definition.h"

namespace rehearse::libvirt {

/// 0 for "vda", 26 for "vdaa"; digits behind the letters are a partition's. -1: no such name
/// (virDiskNameToIndex).
int disk_index(std::string_view target);
/// The bus that a name stands for where none is said.
Bus bus_by_name(std::string_view target);

std::string_view name_of(Bus);
bool read_bus(std::string_view text, Bus& bus);

}  // namespace rehearse::libvirt
