#include "scenarios/runbook.h"

#include <cmark.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>

#include "scenarios/script.h"

namespace rehearse {
namespace {

using Document = std::unique_ptr<cmark_node, decltype(&cmark_node_free)>;
using Walk = std::unique_ptr<cmark_iter, decltype(&cmark_iter_free)>;

// As cmark ends lines: \n, \r\n or \r.
std::vector<std::string_view> markdown_lines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of("\r\n"), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + (text.substr(end).starts_with("\r\n") ? 2 : 1), text.size()));
  }
  return lines;
}

// The first byte that is not UTF-8 (RFC 3629: no overlong forms, no surrogates), or npos.
std::size_t bad_utf8(std::string_view text) {
  std::size_t at = 0;
  const auto byte = [&](std::size_t i) -> unsigned {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0;
  };
  while (at < text.size()) {
    const unsigned first = byte(at);
    const std::size_t more = first < 0x80   ? 0
                             : first < 0xc2 ? 9
                             : first < 0xe0 ? 1
                             : first < 0xf0 ? 2
                             : first < 0xf5 ? 3
                                            : 9;
    if (more == 9) return at;
    const unsigned lowest = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    const unsigned highest = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    for (std::size_t i = 1; i <= more; ++i) {
      if (byte(at + i) < (i == 1 ? lowest : 0x80) || byte(at + i) > (i == 1 ? highest : 0xbf)) return at;
    }
    at += more + 1;
  }
  return std::string_view::npos;
}

std::string_view first_word(std::string_view info) {
  return info.substr(0, std::min(info.find_first_of(" \t{"), info.size()));
}

std::string beside(const std::string& file, std::string_view name) {
  const std::filesystem::path path{std::string(name)};
  return (path.is_absolute() ? path : std::filesystem::path(file).parent_path() / path)
      .lexically_normal()
      .string();
}

class Reader {
 public:
  Reader(const Load& load, Runbook& into) : load_(load), into_(into) {}

  std::optional<InputError> read(std::string_view text, const std::string& file) {
    const std::vector<std::string_view> lines = markdown_lines(text);
    if (auto error = check(lines, file)) return error;
    files_.push_back(std::filesystem::path(file).lexically_normal().string());
    const Document document(cmark_parse_document(text.data(), text.size(), CMARK_OPT_DEFAULT),
                            cmark_node_free);
    const Walk walk(cmark_iter_new(document.get()), cmark_iter_free);
    while (cmark_iter_next(walk.get()) != CMARK_EVENT_DONE) {
      cmark_node* node = cmark_iter_get_node(walk.get());
      if (cmark_node_get_type(node) == CMARK_NODE_HEADING && into_.title.empty()) take_title(node);
      if (cmark_node_get_type(node) != CMARK_NODE_CODE_BLOCK) continue;
      if (auto error = block(node, lines, file)) return error;
    }
    files_.pop_back();
    return std::nullopt;
  }

 private:
  static std::optional<InputError> check(const std::vector<std::string_view>& lines,
                                         const std::string& file) {
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (lines[i].size() > kLongestLine) {
        return InputError{file, i + 1, kLongestLine + 1, "",
                          fmt::format("the line is longer than {} bytes", kLongestLine)};
      }
      if (const std::size_t at = lines[i].find('\0'); at != std::string_view::npos) {
        return InputError{file, i + 1, at + 1, "", "expected text, found a NUL byte"};
      }
      if (const std::size_t at = bad_utf8(lines[i]); at != std::string_view::npos) {
        return InputError{
            file, i + 1, at + 1, "",
            fmt::format("expected UTF-8, found the byte 0x{:02x}", static_cast<unsigned char>(lines[i][at]))};
      }
    }
    return std::nullopt;
  }

  void take_title(cmark_node* heading) {
    for (cmark_node* child = cmark_node_first_child(heading); child; child = cmark_node_next(child)) {
      const char* text = cmark_node_get_literal(child);
      if (text) into_.title += text;
    }
  }

  std::optional<InputError> block(cmark_node* node, const std::vector<std::string_view>& lines,
                                  const std::string& file) {
    const char* info = cmark_node_get_fence_info(node);
    const std::string_view kind = first_word(info ? info : "");
    static constexpr std::string_view kKinds[] = {"console", "world", "include"};
    const auto line = static_cast<std::size_t>(cmark_node_get_start_line(node));
    if (std::find(std::begin(kKinds), std::end(kKinds), kind) == std::end(kKinds)) {
      const std::string_view meant = nearest(kind, kKinds);
      if (kind.empty() || meant.empty()) return std::nullopt;
      return InputError{
          file, line, 1, "",
          fmt::format("a block of kind {} is not played; did you mean \"{}\"?", quote_word(kind), meant)};
    }
    const char* literal = cmark_node_get_literal(node);
    std::vector<BlockLine> body;
    for (std::string_view text : markdown_lines(literal ? literal : "")) {
      const std::size_t row = line + 1 + body.size();
      const std::size_t whole = row <= lines.size() ? lines[row - 1].size() : 0;
      body.push_back({text, row, whole > text.size() ? whole - text.size() : 0});
    }
    const auto last = static_cast<std::size_t>(cmark_node_get_end_line(node));
    if (last != line + body.size() + 1) {
      return InputError{file, line, 1, "",
                        fmt::format("expected a line \"```\" that closes this {} block, found none", kind)};
    }
    if (kind == "console") return read_script(body, file, into_);
    if (kind == "include") return include(body, file);
    return world(body, file, line);
  }

  std::optional<InputError> include(const std::vector<BlockLine>& body, const std::string& file) {
    for (const BlockLine& row : body) {
      if (row.text.find_first_not_of(" \t") == std::string_view::npos) continue;
      const std::string name = beside(file, row.text);
      const InputError here{file, row.line, row.indent + 1, "", ""};
      const auto fail = [&](std::string what) {
        InputError error = here;
        error.what = std::move(what);
        return error;
      };
      if (std::find(files_.begin(), files_.end(), name) != files_.end()) {
        std::string chain;
        for (const std::string& each : files_) chain += each + " -> ";
        return fail(fmt::format("the file includes itself: {}{}", chain, name));
      }
      if (++includes_ > kMostIncludes)
        return fail(fmt::format("more than {} files are included", kMostIncludes));
      const Input<std::string> text = load_(name);
      if (const auto* bad = std::get_if<InputError>(&text)) {
        return fail(fmt::format("cannot include {}: {}", name, bad->what));
      }
      if (auto error = read(std::get<std::string>(text), name)) return error;
    }
    return std::nullopt;
  }

  std::optional<InputError> world(const std::vector<BlockLine>& body, const std::string& file,
                                  std::size_t line) {
    if (into_.world) {
      return InputError{file, line, 1, "",
                        fmt::format("a second world; the first is in {}, line {}", into_.world->place.file,
                                    into_.world->place.line - 1)};
    }
    WorldSource source{{file, line + 1, 1}, "", ""};
    std::string text;
    for (const BlockLine& row : body) text.append(row.text).append("\n");
    const std::size_t first = text.find_first_not_of(" \t\n");
    if (first == std::string::npos) {
      return InputError{file, line + 1, 1, "", "expected the name of a world file, or a world as JSON"};
    }
    const std::size_t end = text.find_last_not_of(" \t\n");
    if (text[first] == '{') {
      source.json = text;
    } else if (text.find('\n', first) < end) {
      return InputError{file, line + 1, 1, "",
                        "expected one file name, or a world as JSON that opens with {"};
    } else {
      source.file = beside(file, std::string_view(text).substr(first, end - first + 1));
    }
    into_.world = std::move(source);
    return std::nullopt;
  }

  const Load& load_;
  Runbook& into_;
  std::vector<std::string> files_;  // being read, outermost first
  std::size_t includes_ = 0;
};

}  // namespace

Input<std::string> load_file(const std::string& file) {
  constexpr std::uintmax_t kLargest = 64 * kMiB;
  std::error_code error;
  const auto status = std::filesystem::status(file, error);
  if (!std::filesystem::exists(status)) return InputError{file, 0, 0, "", "there is no such file"};
  if (!std::filesystem::is_regular_file(status)) return InputError{file, 0, 0, "", "this is not a file"};
  if (std::filesystem::file_size(file, error) > kLargest)
    return InputError{file, 0, 0, "", "the file is larger than 64 MiB"};
  std::ifstream stream(file, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(stream), {}};
  if (!stream) return InputError{file, 0, 0, "", std::string("it cannot be read: ") + std::strerror(errno)};
  return text;
}

Input<Runbook> read_runbook(std::string_view text, const std::string& file, const Load& load) {
  Runbook runbook;
  runbook.file = file;
  if (auto error = Reader(load, runbook).read(text, file)) return *error;
  return runbook;
}

Input<Runbook> load_runbook(const std::string& file) {
  const Input<std::string> text = load_file(file);
  if (const auto* bad = std::get_if<InputError>(&text)) return *bad;
  return read_runbook(std::get<std::string>(text), file, load_file);
}

}  // namespace rehearse
