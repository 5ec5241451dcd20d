#include "backends/reports/files.h"

#include <algorithm>

#include "backends/filters.h"
#include "backends/reports/readable.h"
#include "model/fs/dd_ops.h"

namespace rehearse::reports {
namespace {

constexpr int kSerious = 2;

// The first `size` bytes of a device or file.
Readable start_of(Readable what, Bytes size) {
  if (what.size <= size && !what.endless) return what;
  what.size = size;
  if (what.text) what.text = what.text->substr(0, size);
  what.data = cut(what.data, {0, sectors_of(size)}, 0);
  return what;
}

}  // namespace

void print(const World& world, Name host, const Cat& form, Report& report) {
  for (const std::string& path : form.files) {
    const Readable file = read_path(world, host, path);
    if (!file.error.empty()) {
      report.err("cat: {}: {}", path, file.error);
      report.status = 1;
    } else if (file.text) {
      for (const std::string& line : lines_of(*file.text)) report.out("{}", line);
    }
  }
}

void print(const World& world, Name host, const ListFiles& form, Report& report) {
  std::vector<std::string> paths = form.paths;
  if (paths.empty()) paths.emplace_back("/root");  // where a command by root begins
  std::vector<std::string> files;
  std::vector<std::string> directories;
  for (const std::string& path : paths) {
    if (!exists(world, host, path)) {
      report.err("ls: cannot access '{}': No such file or directory", path);
      report.status = kSerious;
    } else {
      (is_directory(world, host, path) && !form.directory ? directories : files).push_back(path);
    }
  }
  std::sort(files.begin(), files.end());
  std::sort(directories.begin(), directories.end());
  for (const std::string& path : files) report.out("{}", path);
  bool gap = !files.empty();
  for (const std::string& path : directories) {
    if (gap) report.out("");
    gap = true;
    if (paths.size() > 1) report.out("{}:", path);
    if (form.all) {
      report.out(".");
      report.out("..");
    }
    for (const std::string& name : names_in(world, host, path)) {
      if (form.all || name[0] != '.') report.out("{}", name);
    }
  }
}

void print(const World& world, Name host, const TestFile& form, Report& report) {
  bool holds = exists(world, host, form.path);
  if (form.directory) holds = is_directory(world, host, form.path);
  if (form.block) holds = is_block_device(world, host, form.path);
  if (form.regular) {
    holds = holds && !is_directory(world, host, form.path) && !is_block_device(world, host, form.path);
  }
  report.status = holds ? 0 : 1;
}

void print(const World& world, Name host, const Md5sum& form, Report& report) {
  for (const std::string& path : form.files) {
    const Readable file = read_path(world, host, path);
    if (file.error.empty()) {
      report.out("{}  {}", digest(file), path);
      continue;
    }
    report.err("md5sum: {}: {}", path, file.error);
    report.status = 1;
  }
}

std::optional<Report> sum_of_part(const World& world, Name host, std::span<const std::string> dd) {
  std::vector<std::string> words(dd.begin(), dd.end());
  words.emplace_back("of=/dev/null");
  fs::Dd form;
  if (parse(fs::Dd::usage(), words, &form).kind != Mismatch::Kind::none || !form.input) return std::nullopt;
  if (form.status != fs::DdStatus::none || !form.block_size || !form.count) return std::nullopt;
  Readable read = read_path(world, host, form.input->str());
  if (read.endless || read.text || !read.error.empty()) return std::nullopt;
  const Bytes skipped = form.block_size->value * (form.skip ? form.skip->value : 0);
  if (skipped > read.size) return std::nullopt;  // dd cannot go there, and says so
  read.size -= skipped;
  read.data = cut(read.data, {skipped / kSector, sectors_of(read.size)}, 0);
  Report report;
  report.out("{}  -", digest(start_of(std::move(read), form.block_size->value * form.count->value)));
  return report;
}

void print(const World& world, Name host, const Compare& form, Report& report) {
  const std::pair<const std::string&, Readable> sides[] = {
      {form.first, read_path(world, host, form.first)}, {form.second, read_path(world, host, form.second)}};
  for (const auto& [path, file] : sides) {
    if (file.error.empty()) continue;
    if (!form.silent) report.err("cmp: {}: {}", path, file.error);
    report.status = kSerious;
    return;
  }
  constexpr Bytes kAll = ~Bytes{0};
  const Bytes limit = form.bytes.value_or(kAll);
  const auto length = [&](const Readable& file) { return std::min(limit, file.endless ? kAll : file.size); };
  const Bytes common = std::min(length(sides[0].second), length(sides[1].second));
  const auto digest_of = [&](const Readable& file) { return digest(start_of(file, common)); };
  const auto as_data = [](const Readable& file) { return file.text ? Readable{} : file; };
  const bool same = sides[0].second.text && sides[1].second.text
                        ? digest_of(sides[0].second) == digest_of(sides[1].second)
                        : digest_of(as_data(sides[0].second)) == digest_of(as_data(sides[1].second));
  if (same && length(sides[0].second) == length(sides[1].second)) return;
  report.status = 1;
  if (form.silent) return;
  if (!same) {
    report.out("{} {} differ", form.first, form.second);
  } else {
    const bool first_is_shorter = length(sides[0].second) < length(sides[1].second);
    report.err("cmp: EOF on {}", first_is_shorter ? form.first : form.second);
  }
}

}  // namespace rehearse::reports
