// cat, ls, test, md5sum and cmp: what is in the files and on the devices of a host. Contents are compared by
// the stamps that are found there, so that equal contents are equal and nothing else is.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "model/report.h"
#include "model/usage.h"
#include "model/world.h"

namespace rehearse::reports {

struct Cat {
  std::vector<std::string> files;
  static constexpr Usage usage() { return usage_of("cat", some<&Cat::files>("FILE")); }
  bool operator==(const Cat&) const = default;
};
void print(const World&, Name host, const Cat&, Report&);

struct ListFiles {
  bool all = false;
  bool one_a_line = false;  // as it is anyway where no terminal is
  bool directory = false;
  std::vector<std::string> paths;
  static constexpr Usage usage() {
    return usage_of("ls", toggle<&ListFiles::all>("-a,--all"), toggle<&ListFiles::one_a_line>("-1"),
                    toggle<&ListFiles::directory>("-d,--directory"), any<&ListFiles::paths>("PATH"));
  }
  bool operator==(const ListFiles&) const = default;
};
void print(const World&, Name host, const ListFiles&, Report&);

struct TestFile {
  bool exists = false;
  bool regular = false;
  bool directory = false;
  bool block = false;
  std::string path;
  static constexpr Usage usage() {
    return usage_of("test", toggle<&TestFile::exists>("-e"), toggle<&TestFile::regular>("-f"),
                    toggle<&TestFile::directory>("-d"), toggle<&TestFile::block>("-b"),
                    operand<&TestFile::path>("PATH"));
  }
  bool operator==(const TestFile&) const = default;
};
void print(const World&, Name host, const TestFile&, Report&);

struct Md5sum {
  std::vector<std::string> files;
  static constexpr Usage usage() { return usage_of("md5sum", some<&Md5sum::files>("FILE")); }
  bool operator==(const Md5sum&) const = default;
};
void print(const World&, Name host, const Md5sum&, Report&);
/// `dd if=FILE ... | md5sum`: the words of dd. None: it does not write to the pipe, or not what is read here.
std::optional<Report> sum_of_part(const World&, Name host, std::span<const std::string> dd);

struct Compare {
  bool silent = false;
  std::optional<std::uint64_t> bytes;
  std::string first;
  std::string second;
  static constexpr Usage usage() {
    return usage_of("cmp", toggle<&Compare::silent>("-s,--silent,--quiet"),
                    maybe<&Compare::bytes>("-n,--bytes"), operand<&Compare::first>("FILE1"),
                    operand<&Compare::second>("FILE2"));
  }
  bool operator==(const Compare&) const = default;
};
void print(const World&, Name host, const Compare&, Report&);

}  // namespace rehearse::reports
