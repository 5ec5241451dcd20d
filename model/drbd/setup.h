// What drbdsetup says of a call of the kernel's that failed, and how it ends: the numbers of kernel_calls.h
// in the words of refusals.inc.
#pragma once

#include <functional>
#include <string_view>

#include "model/drbd/kernel_calls.h"
#include "model/refusal.h"

namespace rehearse::drbd {

/// How a program ended that was run: its last words on standard error are not in the report yet.
struct Ending {
  int status = 0;
  Refused why;

  bool ok() const { return status == 0; }
};

/// `object` is what drbdsetup names first: the minor, the resource, or ?? for a connection.
Ending ended(const Answer&, std::string_view object);
/// The refusal with this number. There is one for each that the kernel can give.
Refusal refusal_of(Code);

/// A refusal as drbdsetup or drbdmeta ends with it.
Ending refused(Refused);
/// Adds to the last detail of words that end with one.
void append(Refused&, std::string_view more);

/// The row among those from `first` to `last` whose words the message fits, with its details.
Refused fitting(Refusal first, Refusal last, std::string_view message);

}  // namespace rehearse::drbd
