// The verbs of drbdadm 8.4 and what each needs before it does anything (drbdadm_main.c cmds).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace rehearse::drbd {

enum class AdmVerb : std::uint8_t {
  attach,
  detach,
  connect,
  disconnect,
  up,
  down,
  primary,
  secondary,
  invalidate,
  invalidate_remote,
  outdate,
  resize,
  verify,
  pause_sync,
  resume_sync,
  suspend_io,
  resume_io,
  new_current_uuid,
  adjust,
  wait_connect,
  create_md,
  wipe_md,
  apply_al,
  set_gi,
  new_resource,
  new_minor,
  disk_options,
  net_options,
  resource_options,
  // Those that only show something.
  role,
  cstate,
  dstate,
  get_gi,
  show_gi,
  dump_md,
  status,
  dump,
  sh_resources,
  sh_resource,
  sh_dev,
  sh_minor,
  sh_ll_dev,
  sh_md_dev,
  sh_md_idx,
  sh_ip,
};

struct AdmVerbRow {
  AdmVerb verb;
  std::string_view name;
  bool each_volume = false;    // works on volumes, one after the other
  bool needs_address = false;  // insists on having the resource's address
  bool needs_volume = false;   // a resource of several will not do
  bool without_resource = false;
};

inline constexpr std::array kAdmVerbs = {
    AdmVerbRow{AdmVerb::attach, "attach", true},
    AdmVerbRow{AdmVerb::detach, "detach", true},
    AdmVerbRow{AdmVerb::connect, "connect", false, true},
    AdmVerbRow{AdmVerb::disconnect, "disconnect"},
    AdmVerbRow{AdmVerb::up, "up", true, true},
    AdmVerbRow{AdmVerb::down, "down"},
    AdmVerbRow{AdmVerb::primary, "primary", true},
    AdmVerbRow{AdmVerb::secondary, "secondary", true},
    AdmVerbRow{AdmVerb::invalidate, "invalidate", true},
    AdmVerbRow{AdmVerb::invalidate_remote, "invalidate-remote", true, true},
    AdmVerbRow{AdmVerb::outdate, "outdate", true},
    AdmVerbRow{AdmVerb::resize, "resize", true, true},
    AdmVerbRow{AdmVerb::verify, "verify", true, true},
    AdmVerbRow{AdmVerb::pause_sync, "pause-sync", true, true},
    AdmVerbRow{AdmVerb::resume_sync, "resume-sync", true, true},
    AdmVerbRow{AdmVerb::suspend_io, "suspend-io", true},
    AdmVerbRow{AdmVerb::resume_io, "resume-io", true},
    AdmVerbRow{AdmVerb::new_current_uuid, "new-current-uuid", true, false, true},
    AdmVerbRow{AdmVerb::adjust, "adjust", false, true},
    AdmVerbRow{AdmVerb::wait_connect, "wait-connect", true, true},
    AdmVerbRow{AdmVerb::create_md, "create-md", true},
    AdmVerbRow{AdmVerb::wipe_md, "wipe-md", true},
    AdmVerbRow{AdmVerb::apply_al, "apply-al", true},
    AdmVerbRow{AdmVerb::set_gi, "set-gi", true, false, true},
    AdmVerbRow{AdmVerb::new_resource, "new-resource"},
    AdmVerbRow{AdmVerb::new_minor, "new-minor", true},
    AdmVerbRow{AdmVerb::disk_options, "disk-options", true},
    AdmVerbRow{AdmVerb::net_options, "net-options", false, true},
    AdmVerbRow{AdmVerb::resource_options, "resource-options"},
    AdmVerbRow{AdmVerb::role, "role", true},
    AdmVerbRow{AdmVerb::cstate, "cstate", true},
    AdmVerbRow{AdmVerb::dstate, "dstate", true},
    AdmVerbRow{AdmVerb::get_gi, "get-gi", true},
    AdmVerbRow{AdmVerb::show_gi, "show-gi", true},
    AdmVerbRow{AdmVerb::dump_md, "dump-md", true},
    AdmVerbRow{AdmVerb::status, "status"},
    AdmVerbRow{AdmVerb::dump, "dump", false, true},
    AdmVerbRow{AdmVerb::sh_resources, "sh-resources", false, false, false, true},
    AdmVerbRow{AdmVerb::sh_resource, "sh-resource"},
    AdmVerbRow{AdmVerb::sh_dev, "sh-dev", true},
    AdmVerbRow{AdmVerb::sh_minor, "sh-minor", true},
    AdmVerbRow{AdmVerb::sh_ll_dev, "sh-ll-dev", true},
    AdmVerbRow{AdmVerb::sh_md_dev, "sh-md-dev", true},
    AdmVerbRow{AdmVerb::sh_md_idx, "sh-md-idx", true},
    AdmVerbRow{AdmVerb::sh_ip, "sh-ip", true},
};

constexpr const AdmVerbRow& row_of(AdmVerb verb) { return kAdmVerbs[static_cast<std::size_t>(verb)]; }
static_assert([] {
  for (const AdmVerbRow& row : kAdmVerbs) {
    if (row_of(row.verb).name != row.name) return false;
  }
  return true;
}());

}  // namespace rehearse::drbd
