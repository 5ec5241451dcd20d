#include "model/hash.h"

#include <xxhash.h>

namespace rehearse {

std::uint64_t hash_of(std::string_view text) { return XXH3_64bits(text.data(), text.size()); }

}  // namespace rehearse
