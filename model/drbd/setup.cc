#include "model/drbd/setup.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

#include "model/drbd/config_token.h"
#include "model/drbd/option_table.h"
#include "model/drbd/values.h"
#include "model/fs/path.h"
#include "model/io.h"

namespace rehearse::drbd {
namespace {

// The place of the detail that ends the words; none if they end otherwise.
std::optional<std::size_t> last_detail(std::string_view words) {
  if (words.size() < 3 || words.back() != '}' || words[words.size() - 3] != '{') return std::nullopt;
  return static_cast<std::size_t>(words[words.size() - 2] - '0');
}

using Details = std::array<std::string, 5>;

// Reads a message by a row's words: each detail is the shortest text with which all of it fits.
bool fits(std::string_view words, std::string_view message, Details& details) {
  while (!words.empty() && (words[0] != '{' || words.starts_with("{{"))) {
    if (message.empty() || message[0] != words[0]) return false;
    words.remove_prefix(words.starts_with("{{") || words.starts_with("}}") ? 2 : 1);
    message.remove_prefix(1);
  }
  if (words.empty()) return message.empty();
  const auto detail = static_cast<std::size_t>(words[1] - '0');
  for (std::size_t length = 0; length <= message.size(); ++length) {
    Details tried = details;
    tried[detail] = std::string(message.substr(0, length));
    if (!fits(words.substr(3), message.substr(length), tried)) continue;
    details = std::move(tried);
    return true;
  }
  return false;
}

// The number behind an option, which was seen to be one.
std::optional<std::uint32_t> number_of(const Words& words, std::string_view option) {
  const auto value = option_value(words, option);
  std::uint64_t number = 0;
  if (!value || read_number(*value, '1', number) != NumberError::none) return std::nullopt;
  return static_cast<std::uint32_t>(number);
}

// What is asked for, over what there is.
template <class Options>
Options changed(const Options& there, const Words& words) {
  Options options = option_given(words, "--set-defaults") ? Options{} : there;
  set_words(options, words);
  return options;
}

}  // namespace

Refusal refusal_of(Code code) {
  const auto number = static_cast<int>(code);
  const std::string state = fmt::format("{{0}}: State change failed: ({}) ", number);
  const std::string failure = fmt::format("{{0}}: Failure: ({}) ", number);
  for (const RefusalRow& row : refusal_table()) {
    if (row.words.starts_with(state) || row.words.starts_with(failure)) return row.code;
  }
  assert(!"a number of the kernel's that drbdsetup has no words for");
  return Refusal::drbd_invalid_request;
}

Refused no_disk_to_attach(const World& world, Name host, const std::string& disk,
                          const std::string& meta_disk) {
  const Host& at = *world.hosts.find(host);
  for (const std::string& path : {disk, meta_disk}) {
    if (at.device(device_name(at, Name(path)))) continue;
    const bool file = fs::file_at(world, host, Name(path)) != nullptr;
    return {file ? Refusal::drbd_setup_no_block_device : Refusal::drbd_setup_no_such_device, path};
  }
  return {};
}

ResizeWith resize_with(const Words& words) {
  ResizeWith with;
  with.size = option_sectors(words, "--size");
  with.assume_clean = option_given(words, "--assume-clean");
  with.assume_peer_has_space = option_given(words, "--assume-peer-has-space");
  with.al_stripes = number_of(words, "--al-stripes");
  with.al_stripe_kib = number_of(words, "--al-stripe-size-kB");
  return with;
}

Answer change_disk_options(World& world, Name host, std::uint32_t minor, const Words& words, Report& report) {
  const Kernel::Found found = world.hosts.find(host)->drbd->minor(minor);
  const bool has_disk = found && found.device->backing;
  return disk_options(world, host, minor,
                      changed(has_disk ? found.device->backing->options : DiskOptions{}, words), report);
}

Answer change_net_options(World& world, Name host, Name local, Name peer, const Words& words,
                          Report& report) {
  NetOptions there;
  for (const Resource& row : world.hosts.find(host)->drbd->resources) {
    if (row.net && row.net->local == local && row.net->peer == peer) there = row.net->options;
  }
  return net_options(world, host, local, peer, changed(there, words), report);
}

Answer change_resource_options(World& world, Name host, Name resource, const Words& words, Report& report) {
  const Resource* there = world.hosts.find(host)->drbd->resource(resource);
  return resource_options(world, host, resource, changed(there ? there->options : ResourceOptions{}, words),
                          report);
}

WaitLimits wait_limits(const Words& words) {
  WaitLimits limits;
  limits.wfc = number_of(words, "--wfc-timeout").value_or(0);
  limits.degraded = number_of(words, "--degr-wfc-timeout").value_or(0);
  limits.outdated = number_of(words, "--outdated-wfc-timeout").value_or(0);
  limits.after_sb = option_given(words, "--wait-after-sb");
  return limits;
}

// drbdsetup.c choose_timeout: the shorter ones follow the longer ones.
Ending wait_by_setup(const World& world, Name host, std::uint32_t minor, Wait what, WaitLimits limits,
                     Report& report) {
  if (limits.wfc > 0 && (limits.wfc < limits.degraded || limits.degraded == 0)) {
    limits.degraded = limits.wfc;
    report.err("degr-wfc-timeout has to be shorter than wfc-timeout");
    report.err("degr-wfc-timeout implicitly set to wfc-timeout ({}s)", limits.degraded);
  }
  if (limits.degraded > 0 && (limits.degraded < limits.outdated || limits.outdated == 0)) {
    limits.outdated = limits.wfc;
    report.err("outdated-wfc-timeout has to be shorter than degr-wfc-timeout");
    report.err("outdated-wfc-timeout implicitly set to degr-wfc-timeout ({}s)", limits.degraded);
  }
  const Part<Kernel>& kernel = world.hosts.find(host)->drbd;
  const Kernel::Found found = kernel ? kernel->minor(minor) : Kernel::Found{};
  if (!found) return refused({Refusal::drbd_setup_no_timeout});
  const std::uint32_t limit = found.device->flags.use_degr_wfc             ? limits.degraded
                              : found.device->state.pdsk == Disk::outdated ? limits.outdated
                                                                           : limits.wfc;
  if (const auto status = wait_for(world, host, minor, what, limit > 0, limits.after_sb))
    return {*status, {}};
  const std::string_view verb = what == Wait::connect ? "wait-connect" : "wait-sync";
  return refused({Refusal::drbd_does_not_end, fmt::format("drbdsetup {} {}", verb, minor)});
}

Ending refused(Refused why) { return {row_of(why.why).status, why}; }

Ending ended(const Answer& answer, std::string_view object) {
  if (answer.ok()) return {};
  Refused why(refusal_of(answer.code), Argument(std::string(object)));
  if (!answer.info.empty()) append(why, "\nadditional info from kernel:\n" + answer.info);
  return refused(why);
}

void append(Refused& refused, std::string_view more) {
  const auto detail = last_detail(row_of(refused.why).words);
  assert(detail);
  if (detail) refused.details[*detail] = Argument(refused.details[*detail].text() + std::string(more));
}

Refused fitting(Refusal first, Refusal last, std::string_view message) {
  for (auto code = first; code <= last; code = static_cast<Refusal>(static_cast<int>(code) + 1)) {
    Details details;
    if (!fits(row_of(code).words, message, details)) continue;
    Refused found(code);
    for (std::size_t i = 0; i < details.size(); ++i) found.details[i] = Argument(details[i]);
    return found;
  }
  return {};
}

}  // namespace rehearse::drbd
