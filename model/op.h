// Every operation there is: what an operator types, as a value. One command form is one struct in its layer's
// ops.h; here the layers come together. `refuse` names why not, in the tool's own order, and says what the
// tool says before it acts; `apply` does it.
#pragma once

#include <variant>

#include "model/domain/ops.h"
#include "model/drbd/ops.h"
#include "model/fs/ops.h"
#include "model/libvirt/ops.h"
#include "model/lvm/ops.h"
#include "model/net/ops.h"
#include "model/qemu/ops.h"

namespace rehearse {

using Op = std::variant<lvm::Op, fs::Op, domain::Op, net::Op, drbd::Op, libvirt::Op, qemu::Op>;

/// The words without a tool's full path and without a leading `sudo` or `lvm`.
Words plain_words(std::span<const std::string> words);

/// Reads one simple command (words, no shell syntax). A tool's full path and a leading `sudo` or `lvm` are
/// taken off. On success `op` is set and the mismatch is none; otherwise it names the word that was not
/// understood.
Mismatch parse(std::span<const std::string> words, Op& op);
/// How many forms claim the line.
int claims(std::span<const std::string> words);
Words render(const Op&);
std::vector<Usage> all_usages();

/// None, or why the tool on that host will not. The world is untouched; `report` gets what the tool says
/// first.
Refused refuse(const World&, Name host, const Op&, Report& report);
/// Does it. `refuse` must have said none. A command that can only do a part sets the report's status.
void apply(World&, Name host, const Op&, Report& report);

/// The op with its questions answered yes, as a person at the terminal would; ops that never ask are
/// unchanged.
Op answered_yes(const Op&);

/// Refuses, or applies; the words of a refusal and its exit status go into the report.
Refused perform(World&, Name host, const Op&, Report& report);

}  // namespace rehearse
