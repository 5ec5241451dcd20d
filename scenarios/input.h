// Bad input of any kind is answered with one clear error that says where and what was expected. Whatever
// reads outside text returns a value or this.
#pragma once

#include <string>
#include <variant>

namespace rehearse {

struct InputError {
  std::string file;
  std::size_t line = 0;    // from 1; 0: not known
  std::size_t column = 0;  // from 1; 0: not known
  std::string pointer;     // JSON pointer, of a world file
  std::string what;        // what is wrong and what was expected, without a full stop
  /// "FILE:LINE:COLUMN: WHAT", or "FILE: at POINTER: WHAT".
  std::string text() const;
  bool operator==(const InputError&) const = default;
};

template <class T>
using Input = std::variant<T, InputError>;

}  // namespace rehearse
