#include "integration/identities.h"

#include <fmt/format.h>

#include <cstdint>
#include <optional>

#include "backends/pattern.h"
#include "model/units.h"

namespace rehearse {
namespace {

// The places of identities in a line: LVM's, those of file systems, DRBD's generations but for the two that
// mean something (none, and just created), check sums, which tell contents apart, and addresses that libvirt
// made up.
std::vector<Range> identities_in(const std::string& line) {
  static const Pattern pattern(
      "LVM-[0-9a-zA-Z]{64}|[0-9a-zA-Z]{6}(-[0-9a-zA-Z]{4}){5}-[0-9a-zA-Z]{6}"
      "|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
      "|[0-9a-f]{32}|[0-9A-F]{16}|52:54:00(:[0-9a-f]{2}){3}");
  std::vector<Range> places;
  for (auto at = pattern.find(line); at; at = pattern.find(line, at->end())) {
    if (line.compare(at->first, 15, "000000000000000") != 0) places.push_back(*at);
  }
  return places;
}

// The words of a bitmap that drbdmeta dumps look like generations and are none.
struct BitmapWords {
  bool open = false;
  bool among(const std::string& line) {
    open = (open && line != "}") || line == "bm {";
    return open;
  }
};

constexpr std::uint64_t kPrimary = 1;  // in a generation's lowest bit: its node was primary
// From one resync to the next a source counts its bitmap's generation up by this (drbd_int.h
// UUID_NEW_BM_OFFSET).
constexpr std::uint64_t kNextSync = 0x0001000000000000;

// A generation of DRBD's data, without its mark.
std::optional<std::uint64_t> generation(const std::string& text) {
  if (text.size() != 16) return std::nullopt;
  return std::stoull(text, nullptr, 16) & ~kPrimary;
}
std::uint64_t mark_of(const std::string& text) { return std::stoull(text, nullptr, 16) & kPrimary; }
std::string marked(const std::string& text, std::uint64_t mark) {
  return fmt::format("{:016X}", *generation(text) | mark);
}
std::string plain(const std::string& text) { return generation(text) ? marked(text, 0) : text; }

bool follows(std::uint64_t one, std::uint64_t other) { return one == ((other + kNextSync) & ~kPrimary); }

}  // namespace

// What two generations are to each other they must be on both sides: one the other's next, or not.
bool Identities::may_tie(const std::string& recorded, const std::string& model) const {
  if (back_.count(model) > 0) return false;
  const auto real = generation(recorded);
  const auto made = generation(model);
  if (real.has_value() != made.has_value()) return false;
  if (!real) return true;
  for (const auto& [known_real, known_model] : tied_) {
    const auto that = generation(known_real);
    if (!that) continue;
    const std::uint64_t twin = *generation(known_model);
    if (follows(*real, *that) != follows(*made, twin) || follows(*that, *real) != follows(twin, *made))
      return false;
  }
  return true;
}

// In the first place of a row, where the current generation stands, the mark is what it says of the node. In
// the others it is drawn at random with some (those of a resync) and handed on, so that it is taken as it
// comes.
std::string Identities::tied(const std::string& recorded, const std::string* model, bool current) {
  const std::string own = plain(recorded);
  if (model != nullptr && tied_.count(own) == 0 && may_tie(own, plain(*model))) {
    tied_.emplace(own, plain(*model));
    back_.emplace(plain(*model), own);
  }
  const auto known = tied_.find(own);
  if (known == tied_.end()) return recorded;
  if (!generation(recorded)) return known->second;
  const bool same = model != nullptr && plain(*model) == known->second;
  return marked(known->second, mark_of(same && !current ? *model : recorded));
}

std::vector<std::string> Identities::translate(const std::vector<std::string>& recorded,
                                               const std::vector<std::string>& model) {
  std::vector<std::string> places;  // the model's, in their order
  BitmapWords words;
  for (const std::string& line : model) {
    if (words.among(line)) continue;
    for (const Range& at : identities_in(line)) places.push_back(line.substr(at.first, at.count));
  }
  std::vector<std::string> result;
  std::size_t place = 0;
  words = {};
  for (const std::string& line : recorded) {
    if (words.among(line)) {
      result.push_back(line);
      continue;
    }
    std::string out;
    std::size_t copied = 0;
    for (const Range& at : identities_in(line)) {
      out += line.substr(copied, at.first - copied);
      copied = at.end();
      const bool current = at.first == 0 && line.compare(copied, 1, ":") == 0;
      out += tied(line.substr(at.first, at.count), place < places.size() ? &places[place] : nullptr, current);
      ++place;
    }
    result.push_back(out + line.substr(copied));
  }
  return result;
}

}  // namespace rehearse
