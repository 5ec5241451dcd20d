#include "backends/redirect.h"

#include <algorithm>

#include "model/fs/path.h"

namespace rehearse {
namespace {

bool nowhere(const Redirection& one) {
  return one.target == "/dev/null" && one.kind != Redirection::Kind::duplicate;
}

bool joins(const Redirection& one) {
  return one.kind == Redirection::Kind::duplicate && (one.target == "1" || one.target == "2");
}

// A file that can be shown as text: small, and with its data in it.
bool is_text(const fs::File& file) { return file.kind == fs::FileKind::regular && file.text && !file.format; }

void refuse_file(Report& report, const std::string& target, fs::PathError error) {
  report.status = 1;
  report.err("-bash: {}: {}", target, fs::words_of(error));
}

}  // namespace

bool Redirected::open(World& world, Report& report, std::string& odd, std::optional<std::string>& input) {
  for (const Redirection& one : all_) {
    if (joins(one) || nowhere(one)) continue;
    if (one.kind == Redirection::Kind::duplicate || !one.target.starts_with('/') ||
        one.target.starts_with("/dev/")) {
      odd = "a redirection to " + one.target;
      return false;
    }
    const fs::Place place = fs::place_of(world, host_, one.target);
    fs::PathError error = place.error;
    const fs::File* file = error == fs::PathError::none ? fs::file_at(world, place) : nullptr;
    const bool reading = one.kind == Redirection::Kind::input;
    if (error == fs::PathError::none && fs::directory_at(world, place)) error = fs::PathError::is_a_directory;
    if (error == fs::PathError::none && reading && !file) error = fs::PathError::not_found;
    if (error == fs::PathError::none && file && (reading || one.kind == Redirection::Kind::append) &&
        !is_text(*file)) {
      odd = "the contents of " + one.target;
      return false;
    }
    if (error == fs::PathError::none && reading) {
      input = *file->text;
      continue;
    }
    if (error == fs::PathError::none && (!file || one.kind == Redirection::Kind::output)) {
      error = fs::put_file(world, host_, fs::text_file(one.target, ""));
    }
    if (error == fs::PathError::none) continue;
    refuse_file(report, one.target, error);
    return false;
  }
  return true;
}

void Redirected::close(World& world, Report& report) const {
  // Where each stream goes: a file's place in the list, or one of these.
  constexpr std::size_t kOut = ~std::size_t{0};
  constexpr std::size_t kError = kOut - 1;
  std::size_t sinks[3] = {kOut, kOut, kError};
  for (std::size_t i = 0; i < all_.size(); ++i) {
    if (all_[i].kind == Redirection::Kind::input) continue;
    sinks[all_[i].stream] = joins(all_[i]) ? sinks[all_[i].target[0] - '0'] : i;
  }
  std::vector<Line> kept;
  std::vector<std::string> texts(all_.size());
  for (Line& line : report.lines) {
    const std::size_t to = sinks[line.error ? 2 : 1];
    if (to < all_.size()) {
      texts[to] += line.text + "\n";
    } else {
      kept.push_back({to == kError, std::move(line.text)});
    }
  }
  report.lines = std::move(kept);
  for (std::size_t i = 0; i < all_.size(); ++i) {
    if (texts[i].empty() || nowhere(all_[i])) continue;
    const std::string text = fs::text_at(world, host_, all_[i].target).value_or("") + texts[i];
    const fs::PathError error = fs::put_file(world, host_, fs::text_file(all_[i].target, text));
    if (error != fs::PathError::none) refuse_file(report, all_[i].target, error);
  }
}

const Redirection* Redirected::written() const {
  const auto file = std::find_if(all_.rbegin(), all_.rend(), [](const Redirection& one) {
    return !joins(one) && !nowhere(one) && one.kind != Redirection::Kind::input;
  });
  return file != all_.rend() ? &*file : nullptr;
}

}  // namespace rehearse
