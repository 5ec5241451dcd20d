#include "scenarios/inventory.h"

#include <algorithm>

#include "scenarios/json_text.h"
#include "scenarios/runbook.h"
#include "scenarios/shape.h"

namespace rehearse::shape {

struct InventoryHostDoc {
  std::string address;
  std::string user = "root";
  std::uint16_t port = 22;
  bool lab_host = false;
  bool operator==(const InventoryHostDoc&) const = default;
};

struct InventoryDoc {
  std::uint32_t version = 0;
  Named<InventoryHostDoc> hosts;
};

template <>
struct Shape<InventoryHostDoc> {
  static constexpr std::string_view name = "inventory_host";
  static constexpr auto keys() {
    return std::tuple(key("address", &InventoryHostDoc::address), key("user", &InventoryHostDoc::user),
                      key("port", &InventoryHostDoc::port), key("lab_host", &InventoryHostDoc::lab_host));
  }
};

template <>
struct Shape<InventoryDoc> {
  static constexpr std::string_view name = "inventory";
  static constexpr auto keys() {
    return std::tuple(needed("rehearse_inventory", &InventoryDoc::version),
                      needed("hosts", &InventoryDoc::hosts));
  }
};

}  // namespace rehearse::shape

namespace rehearse {
namespace {

// What ssh would take for an option, or the shell between for more than a word.
bool is_plain_word(const std::string& text) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("._-:%").find(c) != std::string_view::npos;
  };
  return !text.empty() && text[0] != '-' && text.size() <= 255 &&
         std::all_of(text.begin(), text.end(), plain);
}

InputError wrong(const std::string& file, const std::vector<std::string>& path, std::string what) {
  return {file, 0, 0, shape::pointer_text(path), std::move(what)};
}

}  // namespace

const InventoryHost* Inventory::find(Name name) const {
  const auto at =
      std::find_if(hosts.begin(), hosts.end(), [&](const auto& host) { return host.name == name; });
  return at == hosts.end() ? nullptr : &*at;
}

Input<Inventory> read_inventory(std::string_view text, const std::string& file) {
  auto json = read_json(text, file);
  if (auto* error = std::get_if<InputError>(&json)) return *error;
  const auto& read = std::get<shape::Json>(json);
  if (!read.is_object() || !read.contains("rehearse_inventory")) {
    return InputError{file, 0, 0, "", "expected an object with \"rehearse_inventory\": 1"};
  }
  if (read.at("rehearse_inventory") != 1) {
    return wrong(file, {"rehearse_inventory"},
                 "expected version 1, found " + shape::found_text(read.at("rehearse_inventory")));
  }
  shape::InventoryDoc doc;
  shape::Reading in;
  if (!get(in, read, doc)) return InputError{file, 0, 0, in.pointer, in.what};
  Inventory inventory;
  for (auto& [name, host] : doc.hosts) {
    if (!is_plain_word(name)) return wrong(file, {"hosts", name}, "expected the name of a host");
    if (host.address.empty()) host.address = name;
    if (!is_plain_word(host.address)) {
      return wrong(file, {"hosts", name, "address"}, "expected a host name or an IP address");
    }
    if (!is_plain_word(host.user)) return wrong(file, {"hosts", name, "user"}, "expected the name of a user");
    if (host.port == 0)
      return wrong(file, {"hosts", name, "port"}, "expected a port from 1 to 65535, found 0");
    inventory.hosts.push_back({name, host.address, host.user, host.port, host.lab_host});
  }
  if (inventory.hosts.empty()) return wrong(file, {"hosts"}, "expected at least one host");
  return inventory;
}

Input<Inventory> load_inventory(const std::string& file) {
  auto text = load_file(file);
  if (auto* error = std::get_if<InputError>(&text)) return *error;
  return read_inventory(std::get<std::string>(text), file);
}

}  // namespace rehearse
