// What is typed into a monitor's socket (QMP): JSON objects one behind the other, each a command with its
// arguments. Whatever QEMU itself would complain about is its answer; what the model does not know of it is
// named, and then nothing of the line is played.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rehearse::qemu {

enum class Verb : std::uint8_t {
  none,
  qmp_capabilities,
  query_status,
  query_name,
  query_block,
  query_migrate,
  stop,
  cont,
  quit,
  system_powerdown,
  block_resize,
  migrate,
  migrate_cancel,
  migrate_incoming,
  migrate_set_capabilities,
  migrate_set_parameters,
};
std::string_view name_of(Verb);

struct Request {
  Verb verb = Verb::none;
  std::string id;         // JSON, as it comes back; empty: none
  std::string complaint;  // QEMU's, about the command itself
  std::string uri;
  std::string device;
  std::string node;
  std::int64_t size = 0;
  std::optional<std::uint64_t> bandwidth;
  std::vector<std::pair<std::string, bool>> capabilities;
  bool operator==(const Request&) const = default;
};

struct Requests {
  std::vector<Request> all;
  std::string unknown;  // what of them is not modelled: "the QMP command device_add"
};

/// An object that does not end is not answered.
Requests read_requests(std::string_view text);

}  // namespace rehearse::qemu
