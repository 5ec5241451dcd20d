#include "backends/reports/drbd_proc.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "backends/filters.h"
#include "model/drbd/kernel.h"

namespace rehearse::reports {
namespace {

constexpr std::string_view kModuleVersion = "version: 8.4.11 (api:1/proto:86-101)";
// Of the module in Debian's 6.1; padded as the kernel pads it.
constexpr std::string_view kSource = "srcversion: F73C670A7EC572DB9CF3E5B ";
constexpr std::array<std::string_view, kDrbdCounters> kCounters = {"ns", "nr", "dw", "dr", "al", "bm",
                                                                   "lo", "pe", "ua", "ap", "ep"};
constexpr std::uint64_t kBitKib = 4;
constexpr std::uint64_t kMegabytesFrom = std::uint64_t{1} << 20;  // bits: 4 GiB

std::string grouped(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, ",");
  return text;
}

// drbd_proc.c drbd_syncer_progress, as far as no clock is needed.
std::optional<DrbdProgress> progress_of(const drbd::Device& device) {
  using drbd::Connection;
  const Connection conn = device.state.conn;
  const bool verify = conn == Connection::verify_s || conn == Connection::verify_t;
  if (!verify && conn != Connection::sync_source && conn != Connection::sync_target) return std::nullopt;
  const std::uint64_t total = device.sync.total;
  const std::uint64_t left = verify
                                 ? total - std::min(total, device.sync.position)
                                 : device.out_of_sync() - std::min(device.out_of_sync(), device.sync.failed);
  DrbdProgress progress;
  progress.verify = verify;
  const unsigned shift = total > (std::uint64_t{1} << 32) ? 16 : 10;
  progress.permille = 1000 - (left >> shift) * 1000 / (1 + (total >> shift));
  progress.megabytes = total > kMegabytesFrom;
  progress.left = progress.megabytes ? left >> 8 : left * kBitKib;
  progress.total = progress.megabytes ? total >> 8 : total * kBitKib;
  if (conn == Connection::sync_target || conn == Connection::verify_s) progress.wanted = 0;
  return progress;
}

DrbdProcRow row_of(const drbd::Resource& resource, const drbd::Device& device) {
  using drbd::Connection;
  const drbd::State& state = device.state;
  DrbdProcRow row;
  row.minor = device.minor;
  if (state.conn == Connection::stand_alone && state.disk == drbd::Disk::diskless &&
      state.role == drbd::Role::secondary) {
    row.connection = "Unconfigured";
    return row;
  }
  row.connection = name_of(state.conn);
  row.role = name_of(state.role);
  row.peer_role = name_of(state.peer);
  row.disk = name_of(state.disk);
  row.peer_disk = name_of(state.pdsk);
  if (resource.net)
    row.protocol = static_cast<char>('A' + static_cast<int>(resource.net->options.protocol) - 1);
  row.flags = flag_letters(state, device.flags.al_suspended);
  const drbd::Counters& counters = device.counters;
  row.counters = {counters.sent,
                  counters.received,
                  counters.written / 2,
                  counters.read / 2,
                  counters.log_writes,
                  counters.bitmap_writes,
                  0,
                  0,
                  0,
                  counters.waiting,
                  counters.epochs};
  row.out_of_sync = device.out_of_sync() * kBitKib;
  row.progress = progress_of(device);
  return row;
}

std::string show(const DrbdProgress& progress) {
  const std::size_t done = std::min<std::size_t>(progress.permille / 50, 20);
  std::string text = "\t[";
  for (std::size_t i = 1; i < done; ++i) text += '=';
  text += '>';
  text.append(20 - done, '.');
  const char* unit = progress.megabytes ? "M" : "K";
  text += fmt::format("] {}:{:3}.{}% ({}/{}){}\n", progress.verify ? "verified" : "sync'ed",
                      progress.permille / 10, progress.permille % 10, progress.left, progress.total, unit);
  text += fmt::format("\tfinish: {} speed: {} ({})", progress.finish, grouped(progress.speed),
                      grouped(progress.average));
  if (progress.wanted) text += fmt::format(" want: {}", grouped(*progress.wanted));
  text += fmt::format(" K/sec{}\n", progress.stalled ? " (stalled)" : "");
  return text;
}

// Takes pieces of a line one after the other.
class Scan {
 public:
  explicit Scan(std::string_view text) : text_(text) {}
  bool skip(std::string_view literal) {
    if (!text_.starts_with(literal)) return false;
    text_.remove_prefix(literal.size());
    return true;
  }
  void blanks() { text_.remove_prefix(std::min(text_.find_first_not_of(" \t"), text_.size())); }
  std::string until(std::string_view ends) {
    const std::size_t end = std::min(text_.find_first_of(ends), text_.size());
    std::string piece(text_.substr(0, end));
    text_.remove_prefix(end);
    return piece;
  }
  bool number(std::uint64_t& value, bool grouped_digits = false) {
    std::string digits;
    while (!text_.empty() &&
           (std::isdigit(static_cast<unsigned char>(text_[0])) || (grouped_digits && text_[0] == ','))) {
      if (text_[0] != ',') digits += text_[0];
      text_.remove_prefix(1);
    }
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return error == std::errc() && end == digits.data() + digits.size();
  }
  bool letter(char& value) {
    if (text_.empty()) return false;
    value = text_[0];
    text_.remove_prefix(1);
    return true;
  }
  bool at_end() const { return text_.empty(); }
  std::string_view rest() const { return text_; }

 private:
  std::string_view text_;
};

bool read_states(Scan& scan, DrbdProcRow& row) {
  row.connection = scan.until(" ");
  if (row.unconfigured()) return scan.at_end();
  if (!scan.skip(" ro:")) return false;
  row.role = scan.until("/");
  if (!scan.skip("/")) return false;
  row.peer_role = scan.until(" ");
  if (!scan.skip(" ds:")) return false;
  row.disk = scan.until("/");
  if (!scan.skip("/")) return false;
  row.peer_disk = scan.until(" ");
  if (!scan.skip(" ") || !scan.letter(row.protocol) || !scan.skip(" ")) return false;
  row.flags = std::string(scan.rest());
  return !row.flags.empty() && row.flags.find(' ') == std::string::npos;
}

bool read_counters(std::string_view line, DrbdProcRow& row) {
  Scan scan(line);
  scan.blanks();
  for (std::size_t i = 0; i < kDrbdCounters; ++i) {
    if (!scan.skip(kCounters[i]) || !scan.skip(":") || !scan.number(row.counters[i]) || !scan.skip(" "))
      return false;
  }
  return scan.skip("wo:") && scan.letter(row.write_order) && scan.skip(" oos:") &&
         scan.number(row.out_of_sync) && scan.at_end();
}

bool read_progress(std::string_view first, std::string_view second, DrbdProgress& progress) {
  Scan scan(first);
  scan.blanks();
  if (!scan.skip("[")) return false;
  scan.until("]");
  if (!scan.skip("] ")) return false;
  progress.verify = scan.skip("verified:");
  if (!progress.verify && !scan.skip("sync'ed:")) return false;
  scan.blanks();
  std::uint64_t tenth = 0;
  if (!scan.number(progress.permille) || progress.permille > 100 || !scan.skip(".") || !scan.number(tenth) ||
      tenth > 9) {
    return false;
  }
  progress.permille = progress.permille * 10 + tenth;
  if (!scan.skip("% (") || !scan.number(progress.left) || !scan.skip("/") || !scan.number(progress.total))
    return false;
  progress.megabytes = scan.skip(")M");
  if ((!progress.megabytes && !scan.skip(")K")) || !scan.at_end()) return false;

  Scan pace(second);
  pace.blanks();
  if (!pace.skip("finish: ")) return false;
  progress.finish = pace.until(" ");
  if (!pace.skip(" speed: ") || !pace.number(progress.speed, true) || !pace.skip(" (") ||
      !pace.number(progress.average, true) || !pace.skip(")")) {
    return false;
  }
  if (pace.skip(" want: ")) {
    std::uint64_t wanted = 0;
    if (!pace.number(wanted, true)) return false;
    progress.wanted = wanted;
  }
  if (!pace.skip(" K/sec")) return false;
  progress.stalled = pace.skip(" (stalled)");
  return pace.at_end();
}

}  // namespace

std::string_view drbd_counter_name(std::size_t counter) { return kCounters[counter]; }

std::vector<DrbdProcRow> drbd_rows(const World& world, Name host) {
  const Host* at = world.hosts.find(host);
  std::vector<DrbdProcRow> rows;
  if (!at || !at->drbd) return rows;
  for (const drbd::Resource& resource : at->drbd->resources) {
    for (const drbd::Device& device : resource.devices) rows.push_back(row_of(resource, device));
  }
  std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.minor < b.minor; });
  return rows;
}

std::string print_drbd_proc(const std::vector<DrbdProcRow>& rows) {
  std::string text = fmt::format("{}\n{}\n", kModuleVersion, kSource);
  std::uint32_t expected = 0;
  for (const DrbdProcRow& row : rows) {
    if (row.minor != expected) text += '\n';
    expected = row.minor + 1;
    text += fmt::format("{:2}: cs:{}", row.minor, row.connection);
    if (row.unconfigured()) {
      text += '\n';
      continue;
    }
    text += fmt::format(" ro:{}/{} ds:{}/{} {} {}\n   ", row.role, row.peer_role, row.disk, row.peer_disk,
                        row.protocol, row.flags);
    for (std::size_t i = 0; i < kDrbdCounters; ++i)
      text += fmt::format(" {}:{}", kCounters[i], row.counters[i]);
    text += fmt::format(" wo:{} oos:{}\n", row.write_order, row.out_of_sync);
    if (row.progress) text += show(*row.progress);
  }
  return text;
}

std::variant<std::vector<DrbdProcRow>, std::string> read_drbd_proc(std::string_view text) {
  std::vector<DrbdProcRow> rows;
  const std::vector<std::string> lines = lines_of(text);
  if (lines.empty() || !lines[0].starts_with("version: 8.")) return std::string("expected `version: 8...`");
  for (std::size_t i = 1; i < lines.size(); ++i) {
    if (lines[i].empty() || lines[i].starts_with("srcversion:") || lines[i].starts_with("GIT-hash:"))
      continue;
    const auto wrong = [&](std::string_view what) {
      return fmt::format("expected {}: \"{}\"", what, lines[i]);
    };
    Scan scan(lines[i]);
    scan.blanks();
    DrbdProcRow row;
    std::uint64_t minor = 0;
    if (!scan.number(minor) || minor > 1048575 || !scan.skip(": cs:")) return wrong("MINOR: cs:STATE");
    row.minor = static_cast<std::uint32_t>(minor);
    if (!read_states(scan, row)) return wrong("cs:.. ro:../.. ds:../.. PROTOCOL FLAGS");
    if (!row.unconfigured()) {
      if (++i >= lines.size()) return std::string("expected the counters of the last device");
      if (!read_counters(lines[i], row)) return wrong("ns: nr: dw: .. oos:");
    }
    const bool more = !row.unconfigured() && i + 2 < lines.size() && lines[i + 1].starts_with("\t[");
    if (more) {
      DrbdProgress progress;
      if (!read_progress(lines[i + 1], lines[i + 2], progress)) return wrong("how far it is behind it");
      row.progress = std::move(progress);
      i += 2;
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace rehearse::reports
