// What a monitor shows of its process, as QEMU writes it: members in the order of its own tables.
#pragma once

#include "model/qemu/process.h"

namespace rehearse::qemu {

std::string status_text(const Machine&);
std::string name_text(const Machine&);
std::string blocks_text(const World&, Name host, const domain::Domain&);
/// Figures of what was sent are none: the model counts no pages.
std::string migration_text(const Machine&);

}  // namespace rehearse::qemu
