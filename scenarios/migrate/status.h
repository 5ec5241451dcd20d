// /etc/xen/migrate-status.txt: what xen-migrate did that is not undone yet. Every guest that is away or under
// way has a row on its own host, and one on the host it is a visitor of, so that either can be asked, and
// that nobody is sent back who did not come.
//
//   # kept by xen-migrate: domain, other host, state, Xen it was started under, its number here
//   echelon  perceval  away  4.17  0
//
// The file is only ever replaced whole: written aside, on the disk, renamed. All of it goes through the
// host's shell, so that a modelled host keeps its file as a real one does.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backends/shell.h"
#include "scenarios/input.h"

namespace rehearse::migrate {

inline constexpr std::string_view kStatusFile = "/etc/xen/migrate-status.txt";

enum class Phase : std::uint8_t {
  leaving,    // its own host sends it
  away,       // it arrived
  coming,     // another host sends it here
  visiting,   // it arrived here
  returning,  // it is sent back from here
};
std::string_view name_of(Phase);

struct StatusRow {
  std::string domain;
  std::string host;  // the other one
  Phase phase = Phase::leaving;
  std::string xen;           // version of the hypervisor that the guest was started under: "4.17"
  std::uint32_t number = 0;  // of a visitor: the number its domain came with; another one was started here
  bool operator==(const StatusRow&) const = default;
};

struct Status {
  std::vector<StatusRow> rows;  // sorted by domain, which stands there once
  const StatusRow* find(std::string_view domain) const;
  void put(StatusRow row);
  void drop(std::string_view domain);
  bool operator==(const Status&) const = default;
};

Input<Status> read_status(std::string_view text, const std::string& file);
std::string write_status(const Status&);

/// The host's file; no file is no rows.
Input<Status> load_status(Shell&);
/// None, or why it is not known to be on the disk.
std::optional<std::string> save_status(Shell&, const Status&);

/// "SHELL: WHAT": why a command did not do what it was to.
std::string why_of(const Shell&, const ShellAnswer&);
inline bool went_well(const ShellAnswer& answer) {
  return answer.ended == ShellAnswer::Ended::exited && answer.status == 0;
}

}  // namespace rehearse::migrate
