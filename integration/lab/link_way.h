// The link between two guests, one direction of it: what becomes of a packet on its way.
#pragma once

#include <chrono>

#include "model/units.h"

namespace rehearse {

struct LinkWay {
  std::chrono::milliseconds delay{0};
  Bytes rate = 0;            // in a second; 0: any
  bool cut = false;          // none arrives; the ends keep their carrier
  bool loses_large = false;  // those longer than net::kLargeFrame do not arrive
  bool operator==(const LinkWay&) const = default;
};

}  // namespace rehearse
