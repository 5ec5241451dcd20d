#include "scenarios/sight.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

namespace rehearse {
namespace {

using Json = nlohmann::ordered_json;
using Verdict = Outcome::Verdict;

constexpr const char* kMounts = "mounts";

struct Question {
  const char* about;
  const char* line;
};

// Extents and sectors, since they are exact.
constexpr Question kQuestions[] = {
    {"groups",
     "vgs --noheadings --nosuffix --units s --separator , "
     "-o vg_name,vg_attr,vg_extent_size,vg_extent_count,vg_free_count,pv_count,lv_count,snap_count"},
    {"physical volumes",
     "pvs --noheadings --nosuffix --units s --separator , "
     "-o pv_name,vg_name,pv_attr,dev_size,pv_pe_count,pv_pe_alloc_count"},
    {"volumes",
     "lvs -a --noheadings --nosuffix --units s --separator , "
     "-o vg_name,lv_name,lv_attr,lv_size,origin,data_percent"},
    {"segments",
     "lvs -a --segments --noheadings --nosuffix --units s --separator , "
     "-o vg_name,lv_name,seg_start_pe,seg_pe_ranges"},
    {"device-mapper", "dmsetup status"},
    {"swap", "swapon --show --noheadings"},
    {kMounts, "cat /proc/mounts"},
};

// Of block devices, but the machine's own root; source, directory and type.
std::vector<std::string> storage_mounts(const std::vector<std::string>& lines) {
  std::vector<std::string> all;
  for (const std::string& line : lines) {
    std::istringstream words(line);
    std::string source;
    std::string target;
    std::string type;
    words >> source >> target >> type;
    if (source.starts_with("/dev/") && target != "/") all.push_back(source + " " + target + " " + type);
  }
  return all;
}

std::string trimmed(const std::string& text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(" \t") + 1 - first);
}

// Lines of one that the other has not; a line may stand in both several times.
void only_in(const std::vector<std::string>& one, std::vector<std::string> other, std::string_view mark,
             const std::string& about, std::vector<std::string>& into) {
  for (const std::string& line : one) {
    const auto at = std::find(other.begin(), other.end(), line);
    if (at == other.end()) {
      into.push_back(fmt::format("{} {}: {}", mark, about, line));
    } else {
      other.erase(at);
    }
  }
}

bool texts(const Json& json, std::vector<std::string>& into) {
  if (!json.is_array()) return false;
  for (const Json& row : json) {
    if (!row.is_string()) return false;
    into.push_back(row.get<std::string>());
  }
  return true;
}

}  // namespace

Sight look(Backend& backend, Name host) {
  Sight sight;
  if (backend.run_line(host, "true").verdict != Verdict::done) {
    sight.answers = false;
    return sight;
  }
  for (const Question& question : kQuestions) {
    const Outcome outcome = backend.run_line(host, question.line);
    if (outcome.verdict != Verdict::done || outcome.report.status != 0) {
      sight.unseen.emplace_back(question.about);
      continue;
    }
    std::vector<std::string>& lines = sight.shows[question.about];
    for (const Line& said : outcome.report.lines) {
      if (!said.error) lines.push_back(trimmed(said.text));
    }
    if (question.about == kMounts) lines = storage_mounts(lines);
    std::sort(lines.begin(), lines.end());
  }
  return sight;
}

std::vector<std::string> difference(const Sight& a, const Sight& b) {
  if (a.answers != b.answers) return {a.answers ? "- it answers" : "+ it answers"};
  std::vector<std::string> all;
  for (const auto& [about, lines] : a.shows) {
    const auto there = b.shows.find(about);
    if (there == b.shows.end()) continue;
    only_in(lines, there->second, "-", about, all);
    only_in(there->second, lines, "+", about, all);
  }
  return all;
}

Sights look(Backend& backend, const std::set<Name>& hosts) {
  Sights all;
  for (Name host : hosts) all[host] = look(backend, host);
  return all;
}

std::map<Name, std::vector<std::string>> differences(const Sights& a, const Sights& b) {
  std::map<Name, std::vector<std::string>> all;
  for (const auto& [host, sight] : a) {
    const auto other = b.find(host);
    if (other == b.end()) continue;
    std::vector<std::string> lines = difference(sight, other->second);
    if (!lines.empty()) all[host] = std::move(lines);
  }
  return all;
}

Json as_json(const Sight& sight) {
  Json shows = Json::object();
  for (const auto& [about, lines] : sight.shows) shows[about] = lines;
  return {{"answers", sight.answers}, {"shows", std::move(shows)}, {"unseen", sight.unseen}};
}

bool from_json(const Json& json, Sight& sight) {
  if (!json.is_object() || json.size() != 3 || !json.contains("answers") || !json.contains("shows") ||
      !json.contains("unseen") || !json["answers"].is_boolean() || !json["shows"].is_object()) {
    return false;
  }
  sight.answers = json["answers"].get<bool>();
  for (const auto& [about, lines] : json["shows"].items()) {
    if (!texts(lines, sight.shows[about])) return false;
  }
  return texts(json["unseen"], sight.unseen);
}

}  // namespace rehearse
