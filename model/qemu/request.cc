#include "model/qemu/request.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

namespace rehearse::qemu {
namespace {

using Json = nlohmann::json;

constexpr std::pair<Verb, std::string_view> kVerbs[] = {
    {Verb::qmp_capabilities, "qmp_capabilities"},
    {Verb::query_status, "query-status"},
    {Verb::query_name, "query-name"},
    {Verb::query_block, "query-block"},
    {Verb::query_migrate, "query-migrate"},
    {Verb::stop, "stop"},
    {Verb::cont, "cont"},
    {Verb::quit, "quit"},
    {Verb::system_powerdown, "system_powerdown"},
    {Verb::block_resize, "block_resize"},
    {Verb::migrate, "migrate"},
    {Verb::migrate_cancel, "migrate_cancel"},
    {Verb::migrate_incoming, "migrate-incoming"},
    {Verb::migrate_set_capabilities, "migrate-set-capabilities"},
    {Verb::migrate_set_parameters, "migrate-set-parameters"},
};

// Capabilities that change nothing the model shows, and the one that does.
constexpr std::string_view kCapabilities[] = {"events", "auto-converge", "xbzrle", "zero-blocks"};

std::string missing(std::string_view name) { return fmt::format("Parameter '{}' is missing", name); }
std::string mistyped(std::string_view name, std::string_view wanted) {
  return fmt::format("Invalid parameter type for '{}', expected: {}", name, wanted);
}

// The members of one command's "arguments", in the order in which QEMU reads them.
class Arguments {
 public:
  Arguments(const Json& members, Request& request, std::string& unknown)
      : members_(members), request_(request), unknown_(unknown) {}

  void text(const char* name, std::string& value, bool needed) {
    const Json* member = take(name, needed);
    if (!member) return;
    if (!member->is_string()) return complain(mistyped(name, "string"));
    value = member->get<std::string>();
  }

  void integer(const char* name, std::int64_t& value) {
    const Json* member = take(name, true);
    if (!member) return;
    if (!member->is_number_integer()) return complain(mistyped(name, "integer"));
    value = member->get<std::int64_t>();
  }

  void bandwidth() {
    const Json* member = take("max-bandwidth", false);
    if (!member) return;
    if (!member->is_number_integer()) return complain("Parameter 'max-bandwidth' expects uint64");
    request_.bandwidth = member->get<std::uint64_t>();
  }

  // Known, without a meaning here.
  void ignored(const char* name) { take(name, false); }

  // A member that would change what the command does.
  void unmodelled(const char* name) {
    if (const Json* member = take(name, false); member && *member != Json(false))
      unknown_ = fmt::format("the argument {} of the QMP command {}", name, name_of(request_.verb));
  }

  void capabilities() {
    const Json* member = take("capabilities", true);
    if (!member) return;
    if (!member->is_array()) return complain(mistyped("capabilities", "array"));
    for (const Json& row : *member) capability(row);
  }

  void done() {
    for (const auto& [name, value] : members_.items()) {
      if (std::find(known_.begin(), known_.end(), name) == known_.end())
        complain(fmt::format("Parameter '{}' is unexpected", name));
    }
  }
  // There are more than are known here.
  void done_with_more() {
    for (const auto& [name, value] : members_.items()) {
      if (std::find(known_.begin(), known_.end(), name) == known_.end())
        unknown_ = fmt::format("the argument {} of the QMP command {}", name, name_of(request_.verb));
    }
  }

 private:
  const Json* take(const char* name, bool needed) {
    known_.emplace_back(name);
    const auto at = members_.find(name);
    if (at != members_.end()) return &*at;
    if (needed) complain(missing(name));
    return nullptr;
  }

  void complain(std::string what) {
    if (request_.complaint.empty()) request_.complaint = std::move(what);
  }

  void capability(const Json& row) {
    const bool whole = row.is_object() && row.size() == 2 && row.contains("capability") &&
                       row.contains("state") && row["capability"].is_string() && row["state"].is_boolean();
    if (!whole) {
      unknown_ = "a capability that is no name and state";
      return;
    }
    const std::string name = row["capability"].get<std::string>();
    if (std::find(std::begin(kCapabilities), std::end(kCapabilities), name) == std::end(kCapabilities)) {
      unknown_ = "the capability " + name;
      return;
    }
    request_.capabilities.emplace_back(name, row["state"].get<bool>());
  }

  const Json& members_;
  Request& request_;
  std::string& unknown_;
  std::vector<std::string> known_;
};

void read_arguments(const Json& members, Request& request, std::string& unknown) {
  Arguments arguments(members, request, unknown);
  switch (request.verb) {
    case Verb::qmp_capabilities:
      arguments.unmodelled("enable");
      break;
    case Verb::block_resize:
      arguments.text("device", request.device, false);
      arguments.text("node-name", request.node, false);
      arguments.integer("size", request.size);
      break;
    case Verb::migrate:
      arguments.text("uri", request.uri, true);
      for (const char* name : {"blk", "inc", "resume"}) arguments.unmodelled(name);
      arguments.ignored("detach");
      break;
    case Verb::migrate_incoming:
      arguments.text("uri", request.uri, true);
      break;
    case Verb::migrate_set_capabilities:
      arguments.capabilities();
      break;
    case Verb::migrate_set_parameters:
      arguments.bandwidth();
      arguments.ignored("downtime-limit");
      return arguments.done_with_more();
    default:
      break;
  }
  arguments.done();
}

Request read_request(const Json& object, std::string& unknown) {
  Request request;
  for (const auto& [name, value] : object.items()) {
    if (name == "id") {
      request.id = value.dump();
    } else if (name != "execute" && name != "arguments" && request.complaint.empty()) {
      request.complaint = fmt::format("QMP input member '{}' is unexpected", name);
    }
  }
  if (!request.complaint.empty()) return request;
  const auto execute = object.find("execute");
  if (execute == object.end()) {
    request.complaint = "QMP input lacks member 'execute'";
    return request;
  }
  if (!execute->is_string()) {
    request.complaint = "QMP input member 'execute' must be a string";
    return request;
  }
  const std::string name = execute->get<std::string>();
  const auto known =
      std::find_if(std::begin(kVerbs), std::end(kVerbs), [&](const auto& row) { return row.second == name; });
  if (known == std::end(kVerbs)) {
    unknown = "the QMP command " + name;
    return request;
  }
  request.verb = known->first;
  const auto arguments = object.find("arguments");
  if (arguments != object.end() && !arguments->is_object()) {
    request.complaint = "QMP input member 'arguments' must be an object";
    return request;
  }
  read_arguments(arguments == object.end() ? Json::object() : *arguments, request, unknown);
  return request;
}

// Where the object ends that begins with the text; npos: it does not.
std::size_t end_of_object(std::string_view text) {
  std::size_t depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c == '\\') ++i;
      quoted = c != '"';
    } else if (c == '"') {
      quoted = true;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if ((c == '}' || c == ']') && --depth == 0) {
      return i + 1;
    }
  }
  return text.npos;
}

}  // namespace

std::string_view name_of(Verb verb) {
  for (const auto& [known, name] : kVerbs) {
    if (known == verb) return name;
  }
  return "";
}

Requests read_requests(std::string_view text) {
  Requests made;
  while (made.unknown.empty()) {
    const std::size_t begin = text.find_first_not_of(" \t\r\n");
    if (begin == text.npos) break;
    text.remove_prefix(begin);
    const std::size_t end = text[0] == '{' ? end_of_object(text) : 0;
    if (end == text.npos) break;
    const Json object = Json::parse(text.substr(0, end), nullptr, false);
    if (!object.is_object()) {
      made.unknown = "a QMP line that is no JSON object";
      break;
    }
    text.remove_prefix(end);
    made.all.push_back(read_request(object, made.unknown));
  }
  return made;
}

}  // namespace rehearse::qemu
