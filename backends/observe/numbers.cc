#include "backends/observe/numbers.h"

#include <algorithm>
#include <charconv>

namespace rehearse::observing {

std::optional<std::uint64_t> read_number(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::string with_names(std::string_view arguments,
                       const std::function<std::string(reports::DeviceNumber)>& name_of) {
  std::string text;
  for (const std::string_view word : split(arguments, ' ')) {
    const auto number = reports::read_device_number(word);
    const std::string name = number ? name_of(*number) : "";
    if (!text.empty()) text += ' ';
    text += name.empty() ? word : name;
  }
  return text;
}

}  // namespace rehearse::observing
