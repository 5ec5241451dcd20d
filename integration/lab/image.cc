#include "integration/lab/image.h"

#include <poll.h>

#include <cstdlib>
#include <map>
#include <mutex>

namespace rehearse {
namespace files = std::filesystem;

files::path lab_cache() {
  const auto variable = [](const char* name) {
    const char* value = std::getenv(name);
    return files::path(value != nullptr ? value : "");
  };
  if (const files::path own = variable("REHEARSE_LAB"); !own.empty()) return files::absolute(own);
  const files::path cache = variable("XDG_CACHE_HOME");
  return files::absolute((cache.empty() ? variable("HOME") / ".cache" : cache) / "rehearse" / "lab");
}

std::optional<LabWith> lab_with(std::string_view word) {
  for (const LabWith with : {LabWith::tools, LabWith::qemu}) {
    if (word == word_of(with)) return with;
  }
  return std::nullopt;
}

std::string_view word_of(LabWith with) { return with == LabWith::qemu ? "qemu" : ""; }

std::variant<files::path, LabFailure> lab_image(LabWith with, const Say& say) {
  static std::mutex one_at_a_time;
  static std::map<LabWith, files::path> all;
  const std::lock_guard lock(one_at_a_time);
  files::path& found = all[with];
  if (!found.empty()) return found;
  std::string last;
  std::vector<std::string> words{REHEARSE_LAB_BUILDER, lab_cache().string()};
  if (with != LabWith::tools) words.emplace_back(word_of(with));
  auto built = run_program(words, [&](const std::string& line) {
    last = line;
    if (say) say(line);
  });
  if (auto* failed = std::get_if<LabFailure>(&built)) return *failed;
  auto& said = std::get<ProgramSaid>(built);
  if (said.status != 0 || said.out.empty()) {
    return LabFailure{"the lab's image cannot be built: " + (last.empty() ? REHEARSE_LAB_BUILDER : last)};
  }
  found = said.out.substr(0, said.out.find('\n'));
  return found;
}

std::variant<Places, LabFailure> Places::take(std::size_t count, std::size_t all, const Say& say,
                                              const files::path& folder) {
  if (count > all) return LabFailure{"more guests than may run at once"};
  // Who waits stands in line, so that two who want two places each cannot hold one each forever.
  const std::optional<Handle> line = lock_file(folder / "rehearse-lab.line");
  if (!line) return LabFailure{"no lock file can be opened in " + folder.string()};
  Places made;
  bool said = false;
  for (std::size_t round = 0; made.held_.size() < count; ++round) {
    made.held_.clear();
    for (std::size_t i = 0; i < all && made.held_.size() < count; ++i) {
      auto place = try_lock_file(folder / ("rehearse-lab.place-" + std::to_string(i)));
      if (place) made.held_.push_back(std::move(*place));
    }
    if (made.held_.size() == count) break;
    if (!said && round > 20 && say) say("Waiting until other guests have ended");
    said = said || round > 20;
    poll(nullptr, 0, 25);
  }
  return made;
}

}  // namespace rehearse
