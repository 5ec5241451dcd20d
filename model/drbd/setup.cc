#include "model/drbd/setup.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

namespace rehearse::drbd {
namespace {

// The place of the detail that ends the words; none if they end otherwise.
std::optional<std::size_t> last_detail(std::string_view words) {
  if (words.size() < 3 || words.back() != '}' || words[words.size() - 3] != '{') return std::nullopt;
  return static_cast<std::size_t>(words[words.size() - 2] - '0');
}

using Details = std::array<std::string, 5>;

// Reads a message by a row's words: each detail is the shortest text with which all of it fits.
bool fits(std::string_view words, std::string_view message, Details& details) {
  while (!words.empty() && (words[0] != '{' || words.starts_with("{{"))) {
    if (message.empty() || message[0] != words[0]) return false;
    words.remove_prefix(words.starts_with("{{") || words.starts_with("}}") ? 2 : 1);
    message.remove_prefix(1);
  }
  if (words.empty()) return message.empty();
  const auto detail = static_cast<std::size_t>(words[1] - '0');
  for (std::size_t length = 0; length <= message.size(); ++length) {
    Details tried = details;
    tried[detail] = std::string(message.substr(0, length));
    if (!fits(words.substr(3), message.substr(length), tried)) continue;
    details = std::move(tried);
    return true;
  }
  return false;
}

}  // namespace

Refusal refusal_of(Code code) {
  const auto number = static_cast<int>(code);
  const std::string state = fmt::format("{{0}}: State change failed: ({}) ", number);
  const std::string failure = fmt::format("{{0}}: Failure: ({}) ", number);
  for (const RefusalRow& row : refusal_table()) {
    if (row.words.starts_with(state) || row.words.starts_with(failure)) return row.code;
  }
  assert(!"a number of the kernel's that drbdsetup has no words for");
  return Refusal::drbd_invalid_request;
}

Ending refused(Refused why) { return {row_of(why.why).status, why}; }

Ending ended(const Answer& answer, std::string_view object) {
  if (answer.ok()) return {};
  Refused why(refusal_of(answer.code), Argument(std::string(object)));
  if (!answer.info.empty()) append(why, "\nadditional info from kernel:\n" + answer.info);
  return refused(why);
}

void append(Refused& refused, std::string_view more) {
  const auto detail = last_detail(row_of(refused.why).words);
  assert(detail);
  if (detail) refused.details[*detail] = Argument(refused.details[*detail].text() + std::string(more));
}

Refused fitting(Refusal first, Refusal last, std::string_view message) {
  for (auto code = first; code <= last; code = static_cast<Refusal>(static_cast<int>(code) + 1)) {
    Details details;
    if (!fits(row_of(code).words, message, details)) continue;
    Refused found(code);
    for (std::size_t i = 0; i < details.size(); ++i) found.details[i] = Argument(details[i]);
    return found;
  }
  return {};
}

}  // namespace rehearse::drbd
