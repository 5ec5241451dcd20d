// The readers of what drbdsetup shows: any text of `show`, `status` or `events2` gives what reads the same
// once printed, or what is wrong with it. The first byte says which of them it is.
#include <algorithm>
#include <cstdlib>

#include "backends/reports/drbd_show.h"
#include "backends/reports/drbd_view.h"
#include "fuzz/target.h"

using namespace rehearse::reports;

namespace {

// The tool prints names and options as they are; what is not a word of the file does not read again.
bool printable(const std::vector<DrbdShown>& all) {
  const auto plain = [](const rehearse::drbd::Settings& settings) {
    return std::all_of(settings.begin(), settings.end(),
                       [](const auto& one) { return rehearse::drbd::quoted(one.value) == one.value; });
  };
  return std::all_of(all.begin(), all.end(), [&](const DrbdShown& one) {
    return rehearse::drbd::quoted(one.name) == one.name && plain(one.options) && plain(one.net) &&
           std::all_of(one.volumes.begin(), one.volumes.end(),
                       [&](const auto& row) { return plain(row.options); });
  });
}

void check_show(std::string_view text) {
  const auto read = read_drbd_show(text);
  if (!std::holds_alternative<std::vector<DrbdShown>>(read) || !printable(std::get<0>(read))) return;
  const std::string printed = print_drbd_show(std::get<0>(read));
  const auto again = read_drbd_show(printed);
  if (!std::holds_alternative<std::vector<DrbdShown>>(again)) return;  // a name that is a keyword
  if (print_drbd_show(std::get<0>(again)) != printed) std::abort();
}

void check_status(std::string_view text) {
  const DrbdViews read = read_drbd_status(text);
  if (!std::holds_alternative<std::vector<DrbdResourceView>>(read)) return;
  const std::string printed = print_drbd_status(std::get<0>(read));
  const DrbdViews again = read_drbd_status(printed);
  if (!std::holds_alternative<std::vector<DrbdResourceView>>(again)) std::abort();
  if (print_drbd_status(std::get<0>(again)) != printed) std::abort();
}

void check_events(std::string_view text) {
  const DrbdViews read = read_drbd_events(text);
  if (!std::holds_alternative<std::vector<DrbdResourceView>>(read)) return;
  const DrbdViews again = read_drbd_events(print_drbd_events(std::get<0>(read)));
  if (!std::holds_alternative<std::vector<DrbdResourceView>>(again)) std::abort();
  if (print_drbd_events(std::get<0>(again)) != print_drbd_events(std::get<0>(read))) std::abort();
}

}  // namespace

int FUZZ_TARGET(drbd_show)(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text = rehearse::text_of(data + 1, size - 1);
  if (data[0] == 's') check_status(text);
  if (data[0] == 'e') check_events(text);
  if (data[0] != 's' && data[0] != 'e') check_show(text);
  return 0;
}
