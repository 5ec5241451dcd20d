// The reader of /etc/inittab: any text gives entries and errors, an entry a line at most and an identifier
// once.
#include <cstdlib>
#include <set>

#include "fuzz/target.h"
#include "model/net/inittab.h"

using namespace rehearse;

int FUZZ_TARGET(inittab)(const std::uint8_t* data, std::size_t size) {
  const net::Inittab table = net::read_inittab(text_of(data, size));
  std::set<std::size_t> lines;
  for (const net::InittabEntry& entry : table.entries) {
    if (!lines.insert(entry.line).second || table.entry(entry.id) != &entry) std::abort();
    table.respawns(entry);
  }
  for (const net::InittabError& error : table.errors) {
    if (error.what.empty()) std::abort();
  }
  return 0;
}
