// The ledger of acknowledged writes: what each writer was told is safe. After any recovery it is compared
// with what can still be read.
#pragma once

#include <vector>

#include "model/contents.h"

namespace rehearse {

struct Write {
  std::uint64_t sequence = 0;
  Bytes bytes = 0;
  Name place;           // a path in the guest ("/var/mail"), or a device
  Name service;         // the address under which the writer was known then: who it stood for
  bool flushed = true;  // false: acknowledged to the program only, still in memory
  friend auto fields(const Write& write) {
    const auto& [sequence, bytes, place, service, flushed] = write;
    return std::tie(sequence, bytes, place, service, flushed);
  }
  bool operator==(const Write&) const = default;
};

struct WriterLog {
  std::vector<Write> writes;  // by sequence, which counts from 1
  friend auto fields(const WriterLog& log) {
    const auto& [writes] = log;
    return std::tie(writes);
  }
  bool operator==(const WriterLog&) const = default;
};

}  // namespace rehearse
