#include "model/fs/swap_ops.h"

#include <algorithm>

#include "model/fs/fstab.h"
#include "model/fs/path.h"
#include "model/fs/probe.h"

namespace rehearse::fs {
namespace {

bool in_use(const Host& host, Name device) {
  return std::any_of(host.swaps->begin(), host.swaps->end(),
                     [&](const SwapSpace& swap) { return swap.device == device; });
}

// LABEL=swap and the like are looked for among all devices.
bool tagged(Name what) { return what.str().find('=') != std::string::npos; }

Refused start(World& world, Name host, Name what) {
  const Name device = device_at(world, host, what);
  if (device.empty()) return {tagged(what) ? Refusal::swapon_no_label : Refusal::swapon_no_device, what};
  const std::string path = "/dev/" + device.str();
  const Part<SwapHeader> header = swap_on(world, host, device);
  if (!header) return {Refusal::swapon_no_header, path};
  if (in_use(*world.hosts.find(host), device)) return {Refusal::swapon_busy, path};
  world.hosts.edit(host).swaps.edit().push_back({what, device, header->size});
  return {};
}

Refused stop(World& world, Name host, Name what) {
  const Name device = device_at(world, host, what);
  if (device.empty()) return {tagged(what) ? Refusal::swapoff_no_label : Refusal::swapoff_no_device, what};
  if (!in_use(*world.hosts.find(host), device)) return {Refusal::swapoff_not_on, what};
  std::erase_if(world.hosts.edit(host).swaps.edit(),
                [&](const SwapSpace& swap) { return swap.device == device; });
  return {};
}

}  // namespace

Refused run(World& world, Name host, const SwapOn& form, Report&) { return start(world, host, form.device); }

Refused run(World& world, Name host, const SwapOnLabel& form, Report&) {
  const Name device = device_at(world, host, "LABEL=" + form.label.str());
  if (device.empty()) return {Refusal::swapon_no_label, form.label};
  return start(world, host, "/dev/" + device.str());
}

Refused run(World& world, Name host, const SwapOnAll&, Report& report) {
  for (const FstabLine& line : read_fstab(text_at(world, host, "/etc/fstab").value_or(""))) {
    if (line.type != Name("swap") || line.has("noauto")) continue;
    const Name device = device_at(world, host, line.source);
    if (!device.empty() && in_use(*world.hosts.find(host), device)) continue;
    const Refused refused = start(world, host, line.source);
    if (!refused) continue;
    report.err("{}", refused.words());
    report.status = row_of(refused.why).status;
  }
  return {};
}

Refused run(World& world, Name host, const SwapOff& form, Report&) { return stop(world, host, form.device); }

Refused run(World& world, Name host, const SwapOffLabel& form, Report&) {
  const Name device = device_at(world, host, "LABEL=" + form.label.str());
  if (device.empty()) return {Refusal::swapoff_no_label, form.label};
  return stop(world, host, "/dev/" + device.str());
}

Refused run(World& world, Name host, const SwapOffAll&, Report&) {
  world.hosts.edit(host).swaps.edit().clear();
  return {};
}

}  // namespace rehearse::fs
