// What Xen's block-drbd script does for a disk that is named by its resource (`drbd:r0,xvda1,w`): it makes
// the resource primary before a domain opens the disk, and secondary when the domain is gone.
#pragma once

#include "model/domain/domain.h"
#include "model/refusal.h"
#include "model/report.h"
#include "model/world.h"

namespace rehearse::domain {

inline constexpr std::string_view kDrbdScript = "block-drbd";

/// The device of the resource's first volume; none if the resource is not up.
Name device_of_resource(const Host&, Name resource);
/// `id` is the domain's that is being made. Refused: what was made primary stays so.
Refused promote_disks(World&, Name host, const Config&, std::uint32_t id, Report&);
void demote_disks(World&, Name host, const Config&);

}  // namespace rehearse::domain
