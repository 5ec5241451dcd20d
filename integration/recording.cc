#include "integration/recording.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "backends/filters.h"

namespace rehearse {
namespace {

template <class T>
bool read_number(std::string_view text, T& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

bool read_size(std::string_view text, Bytes& value) {
  Bytes unit = 1;
  if (text.ends_with('K')) unit = kKiB;
  if (text.ends_with('M')) unit = kMiB;
  if (text.ends_with('G')) unit = kGiB;
  if (unit > 1) text.remove_suffix(1);
  if (!read_number(text, value)) return false;
  value *= unit;
  return true;
}

class RecordingReader {
 public:
  RecordingReader(std::string_view text, const std::string& file) : lines_(lines_of(text)) {
    made_.file = file;
  }

  Input<Recording> operator()() {
    for (at_ = 0; at_ < lines_.size() && error_.what.empty() && made_.stops_here.empty(); ++at_)
      top(lines_[at_]);
    if (error_.what.empty() && !lab_)
      fail(lines_.size(), "no `lab: disks=N size=SIZE` line; expected one at the top");
    if (!error_.what.empty()) return error_;
    return std::move(made_);
  }

 private:
  void fail(std::size_t line, std::string what) {
    error_.file = made_.file;
    error_.line = line;
    error_.what = std::move(what);
  }

  void top(const std::string& line) {
    static constexpr std::string_view kStops = "# stops here: ";
    if (line.empty() || line == "#") return;
    if (line.starts_with(kStops)) {
      made_.stops_here = line.substr(kStops.size());
    } else if (line.starts_with("# ")) {
      if (made_.steps.empty()) made_.about += (made_.about.empty() ? "" : " ") + line.substr(2);
    } else if (line.starts_with("lab: ")) {
      lab(line.substr(5));
    } else if (!lab_) {
      fail(at_ + 1, "expected `lab: disks=N size=SIZE` before the first step");
    } else if (line.starts_with("! ")) {
      made_.steps.push_back(event(RecordedStep::Kind::fault, line));
      if (at_ + 1 < lines_.size() && lines_[at_ + 1].starts_with("[it is now ")) ++at_;
    } else if (line.starts_with("~ ")) {
      made_.steps.push_back(event(RecordedStep::Kind::time, line));
      while (at_ + 1 < lines_.size() && decided(lines_[at_ + 1], made_.steps.back())) ++at_;
    } else if (const std::size_t prompt = line.find("# ");
               prompt != std::string::npos && prompt > 0 && line.find(' ') == prompt + 1) {
      command(line, prompt);
    } else {
      fail(at_ + 1, "expected `HOST# COMMAND`, `! FAULT`, `~ TIME` or a comment");
    }
  }

  static bool decided(const std::string& line, RecordedStep& step) {
    const std::string waiting = host_that("waits", line);
    const std::string source = host_that("is source", line);
    if (!waiting.empty()) step.waits.push_back(waiting);
    if (!source.empty()) step.source = source;
    return !waiting.empty() || !source.empty();
  }

  RecordedStep event(RecordedStep::Kind kind, const std::string& line) const {
    RecordedStep step;
    step.kind = kind;
    step.line = at_ + 1;
    step.text = line.substr(2);
    return step;
  }

  void lab(const std::string& settings) {
    lab_ = true;
    std::string_view rest = settings;
    while (!rest.empty()) {
      const std::string_view word = rest.substr(0, rest.find(' '));
      rest.remove_prefix(std::min(word.size() + 1, rest.size()));
      const bool disks = word.starts_with("disks=") && read_number(word.substr(6), made_.disks);
      const bool size = word.starts_with("size=") && read_size(word.substr(5), made_.disk_size);
      const bool guests = word.starts_with("guests=") && read_number(word.substr(7), made_.guests) &&
                          (made_.guests == 1 || made_.guests == 2);
      const bool with = word == "with=libvirt" || word == "with=qemu";
      if (with) (word == "with=qemu" ? made_.qemu : made_.libvirt) = true;
      if (!disks && !size && !guests && !with)
        return fail(at_ + 1, "expected disks=N, size=SIZE, guests=1|2 or with=libvirt|qemu, not `" +
                                 std::string(word) + "`");
    }
    if (made_.disks > 26) fail(at_ + 1, "expected at most 26 disks");
  }

  void command(const std::string& line, std::size_t prompt) {
    RecordedStep step;
    step.line = at_ + 1;
    step.number = ++commands_;
    step.host = line.substr(0, prompt);
    step.text = line.substr(prompt + 2);
    while (step.text.ends_with('\\') && at_ + 1 < lines_.size()) {
      step.text.pop_back();
      step.text += lines_[++at_];
    }
    for (++at_; at_ < lines_.size(); ++at_) {
      const std::string& said = lines_[at_];
      if (said.starts_with("[timed out")) break;
      int status = 0;
      if (said.size() > 2 && said[0] == '[' && said.back() == ']' &&
          read_number(std::string_view(said).substr(1, said.size() - 2), status)) {
        step.status = status;
        break;
      }
      const bool error = said == "2>" || said.starts_with("2> ");
      step.said.push_back({error, error ? said.substr(std::min<std::size_t>(3, said.size())) : said});
    }
    if (at_ >= lines_.size()) {
      fail(step.line,
           "the output of this command does not end; expected `[STATUS]` or `[timed out]` below it");
    }
    made_.steps.push_back(std::move(step));
  }

  std::vector<std::string> lines_;
  std::size_t at_ = 0;
  std::size_t commands_ = 0;
  bool lab_ = false;
  Recording made_;
  InputError error_;
};

Input<std::string> text_of(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return InputError{file, 0, 0, "", "cannot be opened"};
  return std::string{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

}  // namespace

std::string host_that(std::string_view what, const std::string& line) {
  const std::size_t space = line.find(' ');
  if (!line.starts_with('[') || space == std::string::npos) return "";
  return line.substr(space + 1) == std::string(what) + "]" ? line.substr(1, space - 1) : "";
}

Input<Recording> read_recording(std::string_view text, const std::string& file) {
  return RecordingReader(text, file)();
}

Input<Recording> load_recording(const std::string& file) {
  const auto text = text_of(file);
  if (const auto* bad = std::get_if<InputError>(&text)) return *bad;
  return read_recording(std::get<std::string>(text), file);
}

std::vector<std::string> recordings_below(const std::string& folder) {
  std::vector<std::string> found;
  std::error_code error;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder, error)) {
    if (entry.path().extension() != ".rec") continue;
    found.push_back(std::filesystem::relative(entry.path(), folder, error).generic_string());
  }
  std::sort(found.begin(), found.end());
  return found;
}

Input<std::vector<KnownDisagreement>> load_disagreements(const std::string& file) {
  const auto text = text_of(file);
  if (const auto* bad = std::get_if<InputError>(&text)) return *bad;
  return read_disagreements(std::get<std::string>(text), file);
}

Input<std::vector<KnownDisagreement>> read_disagreements(std::string_view text, const std::string& file) {
  std::vector<KnownDisagreement> known;
  std::size_t number = 0;
  for (const std::string& line : lines_of(text)) {
    ++number;
    if (line.empty() || line[0] == '#') continue;
    KnownDisagreement one;
    const std::size_t space = std::min(line.find(' '), line.size());
    const std::size_t colon = line.rfind(':', space);
    if (colon == std::string::npos ||
        !read_number(std::string_view(line).substr(colon + 1, space - colon - 1), one.number) ||
        space + 1 >= line.size()) {
      return InputError{file, number, 0, "", "expected `FILE:COMMAND-NUMBER REASON`"};
    }
    one.recording = line.substr(0, colon);
    one.reason = line.substr(space + 1);
    known.push_back(std::move(one));
  }
  return known;
}

}  // namespace rehearse
