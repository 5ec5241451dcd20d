// Two sets of generation identifiers compared (drbd_receiver.c drbd_uuid_compare): who has what the other
// lacks.
#pragma once

#include <string_view>

#include "model/drbd/metadata.h"
#include "model/drbd/state.h"

namespace rehearse::drbd {

struct Comparison {
  // 0: nothing to do; 1, -1: source, target by bitmap; 2, -2: of everything; 100: split brain that a policy
  // may solve; -100: one that it may not; -1000: unrelated.
  int result = 0;
  int rule = 0;
  // A rule that mends what a lost packet left behind says so and changes one of the sets.
  std::string_view says;
  bool mends_self = false;
  bool mends_peer = false;
  Uuids self;
  Uuids peer;
};

struct Compared {
  Uuids self;
  Uuids peer;
  bool self_crashed = false;
  bool peer_crashed = false;
  Role self_role = Role::secondary;
  Role peer_role = Role::secondary;
  bool resolve_conflicts = false;
};

Comparison compare(const Compared&);

}  // namespace rehearse::drbd
