#include "model/name.h"

#include <xxhash.h>

#include <deque>
#include <ostream>
#include <unordered_map>

namespace rehearse {
namespace {

struct Entry {
  std::string text;
  std::uint64_t hash;
};

// Entries never move (deque) and never go: a program sees some thousands of names, each kept once.
struct Interner {
  std::deque<Entry> entries;
  std::unordered_map<std::string_view, std::uint32_t> ids;

  Interner() { intern(""); }

  std::uint32_t intern(std::string_view text) {
    if (auto found = ids.find(text); found != ids.end()) return found->second;
    const auto id = static_cast<std::uint32_t>(entries.size());
    entries.push_back({std::string(text), XXH3_64bits(text.data(), text.size())});
    ids.emplace(entries.back().text, id);
    return id;
  }
};

Interner& interner() {
  static Interner the;
  return the;
}

}  // namespace

Name::Name(std::string_view text) : id_(interner().intern(text)) {}

const std::string& Name::str() const { return interner().entries[id_].text; }

std::uint64_t Name::hash() const { return interner().entries[id_].hash; }

std::strong_ordering operator<=>(Name a, Name b) {
  if (a.id_ == b.id_) return std::strong_ordering::equal;
  return a.str().compare(b.str()) <=> 0;
}

std::ostream& operator<<(std::ostream& out, Name name) { return out << name.str(); }

}  // namespace rehearse
