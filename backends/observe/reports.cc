#include "backends/observe/reports.h"

#include <fmt/format.h>

#include <fstream>
#include <iterator>

#include "backends/observe/numbers.h"

namespace rehearse {
namespace {

using observing::read_number;

constexpr std::array<ReportSource, kReportCount> kSources = {{
    // Sorted by what all of a group have in common, its rows come in the order of its description.
    {ReportOf::pvs, "pvs.json",
     "pvs --reportformat json --units b --nosuffix -O vg_name -o "
     "pv_name,pv_uuid,pv_attr,dev_size,pv_size,pv_free,pe_start,pv_pe_count,pv_pe_alloc_count,pv_tags,"
     "vg_name,vg_uuid,vg_attr,vg_seqno,vg_extent_size,vg_extent_count,vg_free_count,max_lv,max_pv,vg_tags"},
    {ReportOf::lvs, "lvs.json",
     "lvs -a --segments --reportformat json --units b --nosuffix -O vg_name -o "
     "vg_name,lv_name,lv_uuid,lv_attr,lv_size,origin,origin_size,chunk_size,data_percent,lv_tags,"
     "segtype,seg_start_pe,seg_size_pe,seg_pe_ranges"},
    {ReportOf::dm_info, "dmsetup-info.txt",
     "dmsetup info -c --noheadings --separator '|' -o name,major,minor,attr,open"},
    {ReportOf::dm_table, "dmsetup-table.txt", "dmsetup table"},
    {ReportOf::dm_status, "dmsetup-status.txt", "dmsetup status"},
    {ReportOf::lsblk, "lsblk.json",
     "lsblk -J -b -o KNAME,PATH,MAJ:MIN,SIZE,RO,TYPE,MOUNTPOINT,PKNAME,START,PARTTYPE"},
    // Its cache might tell of what was there before, and would be written to.
    {ReportOf::blkid, "blkid.txt", "blkid -c /dev/null -o export"},
    {ReportOf::mounts, "mounts.txt", "cat /proc/mounts"},
    {ReportOf::swaps, "swaps.txt", "cat /proc/swaps"},
    // There is none unless the module is loaded, which looking must not do.
    {ReportOf::drbd, "drbd.txt", "cat /proc/drbd"},
    {ReportOf::drbd_gi, "drbd-gi.txt", "cat /proc/drbd > /dev/null && drbdadm -v get-gi all"},
}};

constexpr std::string_view kBegin = "=== report ";
constexpr std::string_view kEnd = "=== end ";
constexpr int kNothingFound = 2;  // blkid
constexpr int kNoSuchFile = 1;    // cat
constexpr int kSomeFailed = 5;    // LVM, which goes on with the others
constexpr int kCannotRun = 126;   // and 127: there is no such program

ReadProblem ended_badly(const ReportSource& source, const ReportText& said) {
  const int status = said.status.value_or(0);
  if (status == 0) return std::nullopt;
  if (source.of == ReportOf::blkid && status == kNothingFound) return std::nullopt;
  if (source.of == ReportOf::drbd && status == kNoSuchFile) return std::nullopt;
  if (source.of == ReportOf::drbd_gi) return std::nullopt;  // one resource without metadata, or no drbd.conf
  const bool lvm = source.of == ReportOf::pvs || source.of == ReportOf::lvs;
  if (lvm && status == kSomeFailed && !said.text.empty()) return std::nullopt;
  const std::string command(source.command.substr(0, source.command.find(' ')));
  if (status == kCannotRun || status == kCannotRun + 1) {
    return Unobserved{std::string(source.command), fmt::format("there is no program {}", command)};
  }
  return Unobserved{std::string(source.command), fmt::format("expected exit status 0, it is {}", status)};
}

std::string last_line(std::string_view text) {
  const auto lines = line_views(text);
  for (std::size_t i = lines.size(); i > 0; --i) {
    if (!lines[i - 1].empty()) return std::string(lines[i - 1]);
  }
  return "";
}

}  // namespace

std::span<const ReportSource, kReportCount> report_sources() { return kSources; }

Observation read_what_can_be_read(const ReportTexts& texts, std::vector<Unobserved>& problems) {
  Observation seen;
  DeviceNames names;
  const auto read = [&](ReportOf of, const std::string& text) {
    switch (of) {
      case ReportOf::pvs:
        return read_pvs(text, seen);
      case ReportOf::lvs:
        return read_lvs(text, seen);
      case ReportOf::dm_info:
        return read_dm_info(text, seen, names);
      case ReportOf::dm_table:
        return read_dm_table(text, seen);
      case ReportOf::dm_status:
        return read_dm_status(text, seen);
      case ReportOf::lsblk:
        return read_lsblk(text, seen, names);
      case ReportOf::blkid:
        return read_blkid(text, seen);
      case ReportOf::mounts:
        return read_proc_mounts(text, seen);
      case ReportOf::swaps:
        return read_proc_swaps(text, seen);
      case ReportOf::drbd:
        return text.empty() ? ReadProblem() : read_proc_drbd(text, seen);
      case ReportOf::drbd_gi:
        return read_drbd_identifiers(text, seen);
    }
    return ReadProblem();
  };
  for (const ReportSource& source : kSources) {
    const ReportText& said = texts[static_cast<std::size_t>(source.of)];
    if (!said.there && (source.of == ReportOf::drbd || source.of == ReportOf::drbd_gi)) continue;
    if (!said.there) {
      problems.push_back({std::string(source.command), "expected its output, there is none"});
      continue;
    }
    if (auto bad = ended_badly(source, said)) {
      problems.push_back(std::move(*bad));
    } else if (auto odd = read(source.of, said.text)) {
      problems.push_back(std::move(*odd));
    }
  }
  name_devices(seen, names);
  sort_rows(seen);
  return seen;
}

Observing read_reports(const ReportTexts& texts) {
  std::vector<Unobserved> problems;
  Observation seen = read_what_can_be_read(texts, problems);
  if (!problems.empty()) return problems.front();
  return seen;
}

std::string observing_line() {
  std::string line = "export LC_ALL=C PATH=\"$PATH:/usr/sbin:/sbin\"";
  for (const ReportSource& source : kSources) {
    line +=
        fmt::format("; echo '{}{}'; {}; printf '\\n{}%d\\n' $?", kBegin, source.file, source.command, kEnd);
  }
  return line;
}

std::string report_frame(const ReportSource& source, std::string_view output, int status) {
  return fmt::format("{}{}\n{}\n{}{}\n", kBegin, source.file, output, kEnd, status);
}

std::variant<ReportTexts, Unobserved> split_reports(std::string_view output) {
  ReportTexts texts;
  for (const ReportSource& source : kSources) {
    const std::string begin = fmt::format("{}{}\n", kBegin, source.file);
    const std::string end = fmt::format("\n{}", kEnd);
    const std::string command(source.command);
    if (!output.starts_with(begin)) return Unobserved{command, "expected its output, there is none"};
    output.remove_prefix(begin.size());
    // Without any output the mark follows at once.
    const std::size_t stop = output.find(end);
    const std::size_t line = stop == output.npos ? stop : output.find('\n', stop + end.size());
    if (line == output.npos) return Unobserved{command, "expected the end of its output, it is cut off"};
    const auto status = read_number(output.substr(stop + end.size(), line - stop - end.size()));
    if (!status) return Unobserved{command, "expected its exit status behind its output"};
    texts[static_cast<std::size_t>(source.of)] = {true, static_cast<int>(*status),
                                                  std::string(output.substr(0, stop))};
    output.remove_prefix(line + 1);
  }
  return texts;
}

ReportTexts load_reports(const std::string& directory) {
  ReportTexts texts;
  for (const ReportSource& source : kSources) {
    std::ifstream file(directory + "/" + std::string(source.file), std::ios::binary);
    if (!file) continue;
    ReportText& said = texts[static_cast<std::size_t>(source.of)];
    said.there = true;
    said.text.assign(std::istreambuf_iterator<char>(file), {});
  }
  return texts;
}

Observing observe(Shell& shell, std::chrono::milliseconds deadline) {
  const ShellAnswer answer = shell.run(line_call(observing_line(), deadline));
  const auto failed = [&](const std::string& what) { return Unobserved{shell.where(), what}; };
  switch (answer.ended) {
    case ShellAnswer::Ended::lost:
      return failed(answer.why);
    case ShellAnswer::Ended::timed_out:
    case ShellAnswer::Ended::stuck:
      if (auto texts = split_reports(answer.out); auto* bad = std::get_if<Unobserved>(&texts)) {
        return failed(fmt::format("{}: did not end within {} s", bad->source, deadline.count() / 1000));
      }
      return failed("did not end in time");
    case ShellAnswer::Ended::exited:
      break;
  }
  auto texts = split_reports(answer.out);
  if (auto* bad = std::get_if<Unobserved>(&texts)) return failed(bad->text());
  Observing seen = read_reports(std::get<ReportTexts>(texts));
  if (auto* bad = std::get_if<Unobserved>(&seen)) {
    const std::string error = last_line(answer.err);
    bad->source = shell.where() + ": " + bad->source;
    if (!error.empty()) bad->what += " (" + error + ")";
  }
  return seen;
}

}  // namespace rehearse
