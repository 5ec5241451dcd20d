// The few programs that shorten a report: grep, head, tail, wc, sort, cut. They work on text alone, so that
// `lvs | grep vg1` and `grep cs: /proc/drbd` are played without a shell.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rehearse {

struct Report;

struct Filtered {
  std::string text;
  int status = 0;
  bool failed = false;  // the text is on standard error
  bool operator==(const Filtered&) const = default;

  void report_to(Report&) const;
};

/// What the filter makes of `input`, or none if it is no such filter or an option of it is not known here.
std::optional<Filtered> filter(std::span<const std::string> words, const std::string& input);

/// A filter that reads one file, named last, instead of what is piped into it.
struct FileFilter {
  std::span<const std::string> filter;
  std::string path;

  /// What it says of a file that cannot be read for that reason, in its own words, and its status; none where
  /// they are not known.
  std::optional<Filtered> complaint(std::string_view reason) const;
  /// What it makes of the file.
  Filtered of(const std::string& contents) const;
};
std::optional<FileFilter> file_filter(std::span<const std::string> words);

/// Lines without their ends; a last line without an end counts.
std::vector<std::string> lines_of(std::string_view text);

}  // namespace rehearse
