// Growing and shrinking an ext4, by resize2fs itself and by fsadm, which lvresize -r calls.
#pragma once

#include "model/io.h"
#include "model/report.h"

namespace rehearse::fs {

/// The two calls that lvresize -r makes: a check before it changes the volume, a resize after (before, when it
/// shrinks). What fsadm and the tools below it print goes into the report; the result is fsadm's exit status.
/// Do not shrink: `fsadm check` (lvextend's first call).
int fsadm_check(World&, Name host, Name device, bool force, Report&);
/// `fsadm resize`: to `size`; a shrinking one unmounts and mounts again, if `yes`.
int fsadm_resize(World&, Name host, Name device, Bytes size, bool force, bool yes, Report&);

/// fsadm's check and resize in one, for a volume whose device has the larger of both sizes now.
int resize_for(World&, Name host, Name device, Bytes size, bool shrinking, Report&);

}  // namespace rehearse::fs
