#include "scenarios/sizing.h"

#include <fmt/format.h>

#include <algorithm>
#include <regex>

#include "model/lvm/scan.h"

namespace rehearse {
namespace {

// Nobody types longer ones, and std::regex takes stack for each character.
constexpr std::size_t kLongestSized = 2000;

std::string size_text(Bytes bytes) {
  if (bytes % kMiB == 0) return fmt::format("{}M", bytes / kMiB);
  if (bytes % kKiB == 0) return fmt::format("{}k", bytes / kKiB);
  return fmt::format("{}b", bytes);
}

// The value of -L, --size, -l or --extents in a command line.
const std::regex& size_option() {
  static const std::regex kOption(R"((\s)(-L|--size|-l|--extents)(\s+|=|)([0-9][^\s;&|]*))");
  return kOption;
}

class Sizing {
 public:
  Sizing(const Runbook& runbook, const World& world, const PlayOptions& options, const Rehearsal& rehearsal)
      : runbook_(runbook), world_(world), options_(options), rehearsal_(rehearsal) {
    options_.size_snapshots = false;
    options_.watch = nullptr;
  }

  /// What to say of this snapshot; nothing if no command of the runbook made it.
  std::string operator()(const std::string& subject, std::size_t last) {
    const std::size_t slash = subject.find('/');
    if (slash == std::string::npos || !find(subject.substr(slash + 1), last)) return "";
    const auto before = lvm::find_group(index_ > 0 ? rehearsal_.results[index_ - 1].after : world_,
                                        rehearsal_.results[index_].host, subject.substr(0, slash));
    const auto after = lvm::find_group(rehearsal_.results[index_].after, rehearsal_.results[index_].host,
                                       subject.substr(0, slash));
    const lvm::Volume* made = after ? after->group->volume(subject.substr(slash + 1)) : nullptr;
    if (!before || !made) return "";
    extent_ = after->group->extent * kSector;
    std::uint64_t fails = made->extents();
    std::uint64_t holds = before->group->free_extents();
    if (holds <= fails || !sufficient(holds, subject)) {
      return fmt::format("no size that {} has room for would have held: only {} are free",
                         subject.substr(0, slash), size_text(holds * extent_));
    }
    while (holds - fails > 1) {
      const std::uint64_t middle = fails + (holds - fails) / 2;
      (sufficient(middle, subject) ? holds : fails) = middle;
    }
    return fmt::format("lvcreate -s --size {} would have held (one extent less, {}, would not)",
                       size_text(holds * extent_), size_text(fails * extent_));
  }

 private:
  // The last command up to there that made the snapshot and says how large.
  bool find(const std::string& name, std::size_t last) {
    for (std::size_t i = std::min(last + 1, runbook_.items.size()); i-- > 0;) {
      const auto* command = std::get_if<CommandLine>(&runbook_.items[i].what);
      if (!command || command->text.find("lvcreate") == std::string::npos) continue;
      if (command->text.size() > kLongestSized || command->text.find(name) == std::string::npos) continue;
      if (rehearsal_.results[i].verdict != Verdict::done) continue;
      if (!std::regex_search(command->text, size_option())) continue;
      index_ = i;
      return true;
    }
    return false;
  }

  bool sufficient(std::uint64_t extents, const std::string& subject) const {
    Runbook changed = runbook_;
    auto& command = std::get<CommandLine>(changed.items[index_].what);
    command.text = std::regex_replace(command.text, size_option(), "$1-L " + size_text(extents * extent_),
                                      std::regex_constants::format_first_only);
    const Rehearsal again = play(changed, world_, options_);
    if (again.results[index_].verdict != Verdict::done) return false;
    for (const PlacedFinding* found : again.findings()) {
      if (found->finding.code == kSnapshotOverflows && found->finding.subject == subject) return false;
    }
    // What the runbook asks of the snapshot itself ("uses at most 80%") must hold too.
    return std::none_of(again.results.begin(), again.results.end(), [&](const Result& result) {
      const bool says = std::holds_alternative<Assertion>(result.item->what);
      return says && result.verdict == Verdict::failed && result.text.find(subject) != std::string::npos;
    });
  }

  const Runbook& runbook_;
  const World& world_;
  PlayOptions options_;
  const Rehearsal& rehearsal_;
  std::size_t index_ = 0;  // of the command that made it
  Bytes extent_ = 0;
};

}  // namespace

void add_sizes(const Runbook& runbook, const World& world, const PlayOptions& options, Rehearsal& rehearsal) {
  const Rehearsal played = rehearsal;
  Sizing sizing(runbook, world, options, played);
  const auto add = [&](PlacedFinding& found, std::size_t item) {
    if (found.finding.code != kSnapshotOverflows) return;
    const std::string remedy = sizing(found.finding.subject, item);
    if (!remedy.empty()) found.finding.remedy = remedy;
  };
  for (std::size_t i = 0; i < rehearsal.results.size(); ++i) {
    for (PlacedFinding& found : rehearsal.results[i].findings) add(found, i);
  }
  for (PlacedFinding& found : rehearsal.at_end) add(found, rehearsal.results.size());
}

}  // namespace rehearse
