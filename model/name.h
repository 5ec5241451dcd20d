// A name is a short text of the modelled machines (a host, a volume, a path, a file system label), interned:
// it copies and compares for equality as one integer, sorts as its text, and hashes by its text, so that no
// result depends on the order in which names were first seen.
#pragma once

#include <compare>
#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>

namespace rehearse {

class Name {
 public:
  Name() = default;  // the empty text
  Name(std::string_view text);
  Name(const std::string& text) : Name(std::string_view(text)) {}
  Name(const char* text) : Name(std::string_view(text)) {}

  const std::string& str() const;
  std::uint64_t hash() const;
  bool empty() const { return id_ == 0; }

  friend bool operator==(Name a, Name b) { return a.id_ == b.id_; }
  friend std::strong_ordering operator<=>(Name a, Name b);

 private:
  std::uint32_t id_ = 0;
};

std::ostream& operator<<(std::ostream&, Name);

}  // namespace rehearse
