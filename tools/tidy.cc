// The house style as a program: reads the tree and names every place that departs from it. It sees what a
// reader's eye tires of (lengths, direction of includes, sources nobody builds, tests that assert nothing);
// taste is left to readers.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <string>
#include <vector>

namespace rehearse {
namespace {

namespace files = std::filesystem;

struct Source {
  std::string path;  // below the top: "model/io.cc"
  std::vector<std::string> lines;
  std::string folder() const { return path.substr(0, path.find('/')); }
  bool ends(std::string_view tail) const { return path.ends_with(tail); }
};

std::vector<std::string> complaints;

void complain(const Source& source, std::size_t line, const std::string& what) {
  complaints.push_back(fmt::format("{}:{}: {}", source.path, line, what));
}

constexpr std::size_t kLongestFile = 400;
constexpr std::size_t kLongestFunction = 60;
constexpr std::size_t kLongestLine = 110;

// Which folders a folder may include: itself and those before it.
const std::map<std::string, std::vector<std::string>> kMayInclude = {
    {"model", {"model"}},
    {"backends", {"model", "backends"}},
    {"scenarios", {"model", "backends", "scenarios"}},
    {"fuzz", {"model", "backends", "scenarios", "integration", "fuzz"}},
    {"integration", {"model", "backends", "scenarios", "integration"}},
    {"tools", {"model", "backends", "scenarios", "fuzz", "integration", "tools"}},
};

// What the model may not know: the outside world, time, chance, threads, exceptions.
const std::regex kForeignToModel(
    R"(#include <(chrono|random|iostream|fstream|filesystem|thread|mutex|atomic|future)>)"
    R"(|\bthrow\b|\bcatch\b|\brand\()");

std::size_t columns(const std::string& line) {
  return static_cast<std::size_t>(std::count_if(
      line.begin(), line.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

void check_lengths(const Source& source) {
  if (source.lines.size() > kLongestFile) {
    complain(source, kLongestFile, fmt::format("{} lines; {} at most", source.lines.size(), kLongestFile));
  }
  for (std::size_t i = 0; i < source.lines.size(); ++i) {
    if (columns(source.lines[i]) > kLongestLine) complain(source, i + 1, "line too long");
    if (source.lines[i].ends_with(' ') || source.lines[i].find('\t') != std::string::npos) {
      complain(source, i + 1, "blank at the end of the line, or a tab");
    }
  }
}

// A function begins with a line that ends in ") {" or the like and ends with a brace at the same depth.
void check_functions(const Source& source) {
  static const std::regex kOpens(R"(^( *)[^ #/].*\)( const)?( override)?( noexcept)?( -> [^{]+)? \{$)");
  static const std::regex kControl(R"(^ *(\} else )?(if|for|while|switch|do|else)\b)");
  for (std::size_t i = 0; i < source.lines.size(); ++i) {
    std::smatch match;
    if (!std::regex_search(source.lines[i], match, kOpens)) continue;
    if (std::regex_search(source.lines[i], kControl)) continue;
    // A line of a constructor's members ends so too.
    if (source.lines[i].find_first_not_of(' ') == source.lines[i].find(':')) continue;
    const std::string close = match[1].str() + "}";
    for (std::size_t j = i + 1; j < source.lines.size(); ++j) {
      if (!source.lines[j].starts_with(close)) continue;
      if (j - i + 1 > kLongestFunction) {
        complain(source, i + 1, fmt::format("function of {} lines; {} at most", j - i + 1, kLongestFunction));
      }
      break;
    }
  }
}

void check_includes(const Source& source) {
  static const std::regex kInclude(R"re(^#include "([a-z]+)/)re");
  const auto& allowed = kMayInclude.at(source.folder());
  for (std::size_t i = 0; i < source.lines.size(); ++i) {
    std::smatch match;
    if (!std::regex_search(source.lines[i], match, kInclude)) continue;
    if (std::find(allowed.begin(), allowed.end(), match[1].str()) == allowed.end()) {
      complain(source, i + 1, fmt::format("{} may not include {}", source.folder(), match[1].str()));
    }
  }
}

void check_model(const Source& source) {
  if (source.folder() != "model" || source.ends("_test.cc") || source.ends("_benchmark.cc")) return;
  for (std::size_t i = 0; i < source.lines.size(); ++i) {
    const std::string code = source.lines[i].substr(0, source.lines[i].find("//"));
    if (std::regex_search(code, kForeignToModel)) complain(source, i + 1, "not for the model: " + code);
  }
}

void check_header(const Source& source) {
  if (!source.ends(".h")) return;
  if (source.lines.empty() || !source.lines[0].starts_with("// ")) {
    complain(source, 1, "a header opens with what it is and the one idea in it");
  }
  if (std::find(source.lines.begin(), source.lines.end(), "#pragma once") == source.lines.end()) {
    complain(source, 1, "#pragma once is missing");
  }
}

void check_test(const Source& source) {
  if (!source.ends("_test.cc")) return;
  static const std::regex kAsserts(R"(\b(EXPECT|ASSERT|RC_ASSERT|RC_FAIL|FAIL|ADD_FAILURE)\w*\()");
  const bool any = std::any_of(source.lines.begin(), source.lines.end(),
                               [](const std::string& line) { return std::regex_search(line, kAsserts); });
  if (!any) complain(source, 1, "a test that asserts nothing");
}

// Every source is named in the CMakeLists.txt of its folder or of one above.
void check_listed(const Source& source, const files::path& top) {
  if (!source.ends(".cc")) return;
  const files::path path(source.path);
  for (files::path folder = path.parent_path(); !folder.empty(); folder = folder.parent_path()) {
    std::ifstream in(top / folder / "CMakeLists.txt");
    const std::string text((std::istreambuf_iterator<char>(in)), {});
    const std::string wanted = path.lexically_relative(folder).generic_string();
    if (text.find(wanted) != std::string::npos) return;
  }
  complain(source, 1, "not named in a CMakeLists.txt");
}

// Words that promise what is not there.
void check_promises(const Source& source) {
  static const std::regex kPromise(R"(\b(TODO|FIXME|XXX|HACK)\b)");
  if (source.path == "tools/tidy.cc") return;
  for (std::size_t i = 0; i < source.lines.size(); ++i) {
    if (std::regex_search(source.lines[i], kPromise))
      complain(source, i + 1, "finish it, or say it in the notes");
  }
}

std::vector<Source> read_tree(const files::path& top) {
  std::vector<Source> sources;
  for (const auto& [folder, allowed] : kMayInclude) {
    for (const auto& entry : files::recursive_directory_iterator(top / folder)) {
      const std::string kind = entry.path().extension();
      if (!entry.is_regular_file() || (kind != ".cc" && kind != ".h" && kind != ".inc")) continue;
      Source source{entry.path().lexically_relative(top).generic_string(), {}};
      std::ifstream in(entry.path());
      for (std::string line; std::getline(in, line);) source.lines.push_back(line);
      sources.push_back(std::move(source));
    }
  }
  return sources;
}

int tidy(const files::path& top) {
  const std::vector<Source> sources = read_tree(top);
  for (const Source& source : sources) {
    if (source.ends(".inc")) {
      continue;  // tables of the tools' own words, as long as these are
    }
    check_lengths(source);
    check_functions(source);
    check_includes(source);
    check_model(source);
    check_header(source);
    check_test(source);
    check_listed(source, top);
    check_promises(source);
  }
  std::sort(complaints.begin(), complaints.end());
  for (const std::string& line : complaints) fmt::print("{}\n", line);
  fmt::print("{} files, {} complaints\n", sources.size(), complaints.size());
  return sources.empty() || !complaints.empty() ? 1 : 0;
}

}  // namespace
}  // namespace rehearse

int main(int argc, char** argv) {
  if (argc != 2) {
    fmt::print(stderr, "usage: tidy TOP\n");
    return 2;
  }
  return rehearse::tidy(argv[1]);
}
