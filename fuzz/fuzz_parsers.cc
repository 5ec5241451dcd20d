// The readers of one report of a real tool each: any text is rows or an error that names its source.
#include <cstdlib>

#include "backends/observe/reports.h"
#include "backends/reports/dmsetup.h"
#include "fuzz/reading.h"
#include "fuzz/target.h"

using namespace rehearse;

int FUZZ_TARGET(parsers)(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = text_of(data, size);
  Observation seen;
  DeviceNames names;
  reads_or_says_why(read_pvs(text, seen));
  reads_or_says_why(read_lvs(text, seen));
  reads_or_says_why(read_dm_info(text, seen, names));
  reads_or_says_why(read_dm_table(text, seen));
  reads_or_says_why(read_dm_status(text, seen));
  reads_or_says_why(read_lsblk(text, seen, names));
  reads_or_says_why(read_blkid(text, seen));
  reads_or_says_why(read_proc_mounts(text, seen));
  reads_or_says_why(read_proc_swaps(text, seen));
  name_devices(seen, names);
  const Observing json = read_observation(text);
  if (const auto* bad = std::get_if<Unobserved>(&json)) reads_or_says_why(*bad);
  return 0;
}
