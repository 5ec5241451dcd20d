#include "scenarios/capture_read.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "backends/observe/numbers.h"
#include "scenarios/runbook.h"

namespace rehearse {
namespace {

constexpr std::string_view kFiles[] = {"/etc/fstab", "/etc/hosts", "/etc/hostname", "/etc/inittab"};

// The first line's first word, up to its domain.
std::string host_name(std::string_view text) {
  const std::size_t end = text.find_first_of(". \t\r\n");
  return std::string(text.substr(0, end));
}

// "MemTotal:       16303428 kB"
std::uint64_t memory_of(std::string_view meminfo) {
  constexpr std::string_view kTotal = "MemTotal:";
  const std::size_t at = meminfo.find(kTotal);
  if (at == meminfo.npos) return 0;
  meminfo.remove_prefix(std::min(meminfo.find_first_not_of(' ', at + kTotal.size()), meminfo.size()));
  return observing::read_number(meminfo.substr(0, meminfo.find(' '))).value_or(0) / 1024;
}

CapturedHost captured(std::string name, const ReportTexts& texts) {
  CapturedHost host;
  host.name = std::move(name);
  std::vector<Unobserved> problems;
  host.seen = read_what_can_be_read(texts, problems);
  for (const Unobserved& problem : problems) host.unread.push_back("not read: " + problem.text());
  return host;
}

InputError error(const std::string& where, const std::string& what) { return {where, 0, 0, "", what}; }

}  // namespace

Input<CapturedHost> capture_host(Shell& shell, std::chrono::milliseconds deadline) {
  const auto run = [&](std::string line) { return shell.run(line_call(std::move(line), deadline)); };
  const ShellAnswer named = run("uname -n");
  if (named.ended != ShellAnswer::Ended::exited)
    return error(shell.where(), named.why.empty() ? "no answer in time" : named.why);
  const std::string name = host_name(named.out);
  if (name.empty()) return error(shell.where(), "expected a host name from uname -n");
  const ShellAnswer answer = run(observing_line());
  auto texts = split_reports(answer.out);
  if (auto* bad = std::get_if<Unobserved>(&texts)) {
    const bool late = answer.ended != ShellAnswer::Ended::exited;
    return error(shell.where(), late ? fmt::format("{}: no answer in time", bad->source) : bad->text());
  }
  CapturedHost host = captured(name, std::get<ReportTexts>(texts));
  host.memory_mib = memory_of(shell.run({{"cat", "/proc/meminfo"}, "", deadline}).out);
  for (const std::string_view path : kFiles) {
    const ShellAnswer file = shell.run({{"cat", std::string(path)}, "", deadline});
    if (file.status == 0) {
      host.files.push_back({std::string(path), file.out});
    } else if (file.err.find("No such file") == std::string::npos) {
      host.unread.push_back(fmt::format("not read: {}", path));
    }
  }
  return host;
}

Input<CapturedHost> capture_archive(const std::string& directory) {
  const ReportTexts texts = load_reports(directory);
  if (std::none_of(texts.begin(), texts.end(), [](const ReportText& text) { return text.there; })) {
    return error(directory,
                 fmt::format("expected kept outputs such as {}, there are none", report_sources()[0].file));
  }
  const auto name = load_file(directory + "/hostname");
  const auto* text = std::get_if<std::string>(&name);
  const auto path = std::filesystem::absolute(directory).lexically_normal();
  const std::string own =
      path.has_filename() ? path.filename().string() : path.parent_path().filename().string();
  CapturedHost host = captured(text && !host_name(*text).empty() ? host_name(*text) : own, texts);
  const auto memory = load_file(directory + "/meminfo");
  if (const auto* content = std::get_if<std::string>(&memory)) host.memory_mib = memory_of(*content);
  for (const std::string_view file : kFiles) {
    const auto kept = load_file(directory + std::string(file));
    if (const auto* content = std::get_if<std::string>(&kept)) {
      host.files.push_back({std::string(file), *content});
    } else {
      host.unread.push_back(fmt::format("not read: {}", file));
    }
  }
  return host;
}

}  // namespace rehearse
