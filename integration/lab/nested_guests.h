// Guests of the lab's guests, as bash on one of these asks after them.
#pragma once

#include <string_view>

namespace rehearse {

/// Succeeds while any process of QEMU there sends or gets a guest, by what its monitor says.
constexpr std::string_view kGuestOnItsWay =
    "for comm in $(grep -l ^qemu /proc/[0-9]*/comm 2>/dev/null); do"
    " tr '\\0' '\\n' < ${comm%comm}cmdline | sed -n 's/^unix:\\([^,]*\\),server.*/\\1/p'; done |"
    " while read -r socket; do printf '{\"execute\":\"qmp_capabilities\"}{\"execute\":\"query-migrate\"}' |"
    " socat - UNIX-CONNECT:$socket 2>/dev/null; done |"
    " grep -q '\"status\": \"\\(setup\\|active\\|device\\|cancelling\\)\"'";

}  // namespace rehearse
