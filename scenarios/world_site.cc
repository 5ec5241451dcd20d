#include "scenarios/world_site.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "model/op.h"
#include "scenarios/phrase.h"

namespace rehearse {
namespace {

// What a tool says, on one line.
std::string said(const Report& report) {
  std::string text;
  for (const Line& line : report.lines) {
    if (!line.error) continue;
    std::string plain = line.text;
    std::replace(plain.begin(), plain.end(), '\n', ' ');
    const std::size_t first = plain.find_first_not_of(' ');
    if (first != std::string::npos) text += (text.empty() ? "" : "; ") + plain.substr(first);
  }
  return text.empty() ? "it failed" : text;
}

bool plain_path(std::string_view path) {
  return path.size() > 1 && path.front() == '/' && path.back() != '/' &&
         path.find("//") == std::string_view::npos && path.size() < 4096;
}

}  // namespace

fs::File file_of(std::string_view path, const shape::FileDoc& doc) {
  fs::File file = fs::text_file(path, doc.text.value_or(""));
  if (doc.directory || doc.symlink) {
    file.kind = doc.directory ? fs::FileKind::directory : fs::FileKind::symlink;
    file.text = doc.symlink ? Part<std::string>(*doc.symlink) : Part<std::string>();
    file.size = doc.symlink ? doc.symlink->size() : 0;
  } else if (!doc.text) {
    file.text = {};
    file.size = doc.size ? doc.size->bytes : 0;
  }
  if (doc.format) file.format = doc.format->format;
  if (doc.service) {
    fs::Service service;
    service.name = doc.service->name;
    service.data = doc.service->data;
    if (doc.service->needs) service.needs = doc.service->needs->format;
    file.service = service;
  }
  return file;
}

bool Site::fail(const Keys& keys, std::string what) {
  error = InputError{file, 0, 0, shape::pointer_text(keys), std::move(what)};
  return false;
}

bool Site::run(const Keys& keys, const Words& words) {
  Op op;
  const std::string line = fmt::format("{}", fmt::join(words, " "));
  if (parse(words, op).kind != Mismatch::Kind::none) return fail(keys, "not understood: " + quote_word(line));
  Report report;
  const Refused refused = perform(world, host, op, report);
  if (!refused && report.status == 0) return true;
  return fail(keys, "`" + line + "` says: " + said(report));
}

bool Site::put_files(fs::Tree& tree, const shape::Named<shape::FileDoc>& files, const Keys& keys) {
  for (const auto& [name, doc] : files) {
    if (!plain_path(name)) return fail(keys / name, "expected an absolute path such as \"/etc/hosts\"");
    for (std::size_t slash = name.find('/', 1); slash != std::string::npos;
         slash = name.find('/', slash + 1)) {
      const fs::File* above = tree.find(name.substr(0, slash));
      if (above && above->kind != fs::FileKind::directory) {
        return fail(keys / name, quote_word(above->path.str()) + " is not a directory");
      }
    }
    if (doc.directory && tree.find(name)) continue;
    tree.put(file_of(name, doc));
  }
  return true;
}

}  // namespace rehearse
