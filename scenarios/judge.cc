#include "scenarios/judge.h"

#include <algorithm>

#include "scenarios/rule_texts.h"

namespace rehearse {
namespace judging {
namespace {

// RH0: the model's own assertions. RH1: snapshots. RH2: removals. RH3: lost writes. RH4: two users of one
// thing. RH5: guests. RH6: dom0s. RH7: replicas. RH9: the rehearsal itself.
constexpr Hazard kHazards[] = {
    {"RH001", "an extent has two owners", "rule", extents_twice},
    {"RH002", "sizes do not add up", "rule", sizes_wrong},
    {"RH003", "two domains of one name on a host", "rule", name_twice},
    {"RH101", "a snapshot overflows", "hazard", snapshot_overflows},
    {"RH103", "an overflowed snapshot is read", "hazard", overflowed_snapshot_read},
    {"RH201", "an origin is removed with its snapshots", "hazard", origin_removed},
    {"RH202", "a volume is removed that is somebody's disk", "hazard", volume_in_use_removed},
    {"RH301", "acknowledged writes are lost", "hazard", writes_lost},
    {"RH302", "writes are left behind at a switch", "hazard", writes_left_behind},
    {"RH401", "a file system is mounted twice", "rule", mounted_twice},
    {"RH402", "a disk is written on the host while a domain has it", "hazard", written_under_domain},
    {"RH403", "two domains run on one disk", "rule", run_twice},
    {"RH404", "two running domains have one MAC address", "rule", one_mac},
    {"RH405", "two running domains have one IP address", "rule", one_ip},
    {"RH406", "a backup is restored under a running domain", "hazard", restored_under_domain},
    {"RH501", "a forced check prolongs a start", "hazard", forced_check},
    {"RH502", "a guest does not resolve its own name", "rule", hostname_unknown},
    {"RH503", "a service finds data of another format", "rule", other_format},
    {"RH601", "a domain is paused as a disk is not visible", "hazard", disk_not_visible},
    {"RH701", "the two sides of a resource part", "hazard", split_brain},
    {"RH702", "two sides that are up to date differ", "rule", up_to_date_unlike},
    {"RH703", "older data are made primary", "hazard", older_promoted},
    {"RH704", "a resync throws writes away", "hazard", overwritten_by_resync},
    {"RH901", "a command is not modelled", "rule", nullptr},
};

class TheJudge : public Judge {
 public:
  std::vector<Finding> look(const Played& played) override {
    std::vector<Finding> findings;
    const Seen before = seen(played.before);
    const Seen after = seen(played.after);
    remember(played, before, after);
    const Look look{played, before, after, story_, findings};
    remember_overwritten(look);
    for (const Hazard& hazard : kHazards) {
      if (hazard.look) hazard.look(look);
    }
    remember_replicas(look);
    last_ = after;
    return findings;
  }

  std::vector<Finding> finish(const World&) override { return {}; }

 private:
  // A step starts where the one before it ended, so that is not read again.
  Seen seen(const World& world) {
    const std::uint64_t hash = world.hash();
    if (last_ && last_->hash == hash) return *last_;
    return {hash, readable_writes(world), snapshots_on_media(world), groups_on_media(world)};
  }

  void remember(const Played& played, const Seen& before, const Seen& after) {
    played.after.ledger.for_each([&](Name writer, const WriterLog& log) {
      const WriterLog* old = played.before.ledger.find(writer);
      for (std::size_t i = old ? old->writes.size() : 0; i < log.writes.size(); ++i) {
        story_.written[{writer, log.writes[i].sequence}] = played.line;
      }
    });
    for (const SnapshotRoom& room : after.snapshots) {
      const auto old = std::find_if(before.snapshots.begin(), before.snapshots.end(),
                                    [&](const SnapshotRoom& row) { return row.uuid == room.uuid; });
      if (old == before.snapshots.end()) {
        story_.snapshots[room.name] = {played.line, {}};
      } else if (room.used > old->used) {
        story_.snapshots[room.name].by_line.emplace_back(played.line, room.used - old->used);
      }
    }
    if (const auto* upgrade = std::get_if<Upgrade>(&played.step)) {
      story_.upgraded[upgrade->service.str()] = played.line;
    }
  }

  Story story_;
  std::optional<Seen> last_;
};

}  // namespace

std::span<const Hazard> hazards() { return kHazards; }

void Look::tell(std::string_view code, std::string subject, std::string what, std::string remedy,
                std::vector<std::size_t> chain) const {
  std::erase_if(chain, [&](std::size_t line) { return line == 0 || line == played.line; });
  std::sort(chain.begin(), chain.end());
  chain.erase(std::unique(chain.begin(), chain.end()), chain.end());
  findings.push_back({std::string(code), std::move(what), std::move(subject), played.line, std::move(chain),
                      std::move(remedy), false});
}

void Look::tell_once(std::string_view code, const std::string& subject, std::string what, std::string remedy,
                     std::vector<std::size_t> chain) const {
  if (!story.told.insert(std::string(code) + " " + subject).second) return;
  tell(code, subject, std::move(what), std::move(remedy), std::move(chain));
}

}  // namespace judging

std::unique_ptr<Judge> make_judge() { return std::make_unique<judging::TheJudge>(); }

const std::vector<RulePage>& rule_pages() {
  static const std::vector<RulePage> kPages = [] {
    std::vector<RulePage> pages;
    for (const judging::Hazard& hazard : judging::hazards()) {
      std::string_view markdown;
      for (const RuleText& text : rule_texts()) {
        if (text.code == hazard.code) markdown = text.markdown;
      }
      pages.push_back({hazard.code, hazard.name, hazard.kind, markdown});
    }
    return pages;
  }();
  return kPages;
}

}  // namespace rehearse
