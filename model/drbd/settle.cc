#include "model/drbd/settle.h"

namespace rehearse::drbd {

void settle(World&, Report&) {}

void progress(World&, bool, Report&) {}

}  // namespace rehearse::drbd
