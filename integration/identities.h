// What no two runs share though it means the same: identities that are drawn at random. Those of a recording
// are tied to the model's where they are first seen in the same place, one to one, and must stay so. DRBD's
// generations are tied without their lowest bit.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace rehearse {

class Identities {
 public:
  /// The recorded text with the model's identities in place of its own.
  std::vector<std::string> translate(const std::vector<std::string>& recorded,
                                     const std::vector<std::string>& model);

 private:
  std::string tied(const std::string& recorded, const std::string* model, bool current);
  bool may_tie(const std::string& recorded, const std::string& model) const;
  std::map<std::string, std::string> tied_;
  std::map<std::string, std::string> back_;  // the model's to the recorded ones
};

}  // namespace rehearse
