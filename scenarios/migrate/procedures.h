// What xen-migrate does: the procedures behind its words. What they say goes into the report, and how they
// ended is the exit status.
#pragma once

#include "scenarios/migrate/move.h"
#include "scenarios/migrate/request.h"

namespace rehearse::migrate {

inline constexpr std::string_view kKeyFile = "/etc/xen/migrate-key";
inline constexpr std::string_view kProgram = "/usr/sbin/xen-migrate";

/// Where each guest is that the tab or the records know, or each of those named. No name, or ALL: all.
Ended show_status(Reach&, const std::vector<std::string>& domains, Report&);
/// Sends guests away, as the tab says. ALL: every one that runs here.
Ended migrate(Reach&, const std::vector<std::string>& domains, bool check, Report&);
/// Asks other hosts to send guests back. ALL: every one that the records have as away, wherever it is.
Ended reverse(Reach&, const std::vector<std::string>& domains, Report&);
/// Does the way of `reverse` work?
Ended ping(Reach&, const std::string& host, Report&);
/// Prints the line for authorized_keys of root on that host. `address` is this host's, "" to look for it.
Ended setup(Reach&, const std::string& peer, std::string address, Report&);
/// The forced command: serves one request of the host of that name.
Ended serve(Reach&, const std::string& requester, std::string_view request, Report&);

/// The host's tab.
Input<Tab> load_tab(Shell&);
/// A key's public half, "TYPE BASE64 [COMMENT]", on a line: without the comment, or nothing.
std::string plain_key(std::string_view text);
/// Sends a request with the key that is for nothing else, by the ssh of this machine.
ShellAnswer send_request(Shell& here, const std::string& host, const std::string& request,
                         std::chrono::milliseconds deadline);

}  // namespace rehearse::migrate
