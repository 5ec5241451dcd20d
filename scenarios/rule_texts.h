// The pages of scenarios/rules as they were when the program was built.
#pragma once

#include <span>
#include <string_view>

namespace rehearse {

struct RuleText {
  std::string_view code;  // "RH101"
  std::string_view markdown;
};
std::span<const RuleText> rule_texts();

}  // namespace rehearse
