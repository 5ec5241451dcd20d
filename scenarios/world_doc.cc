#include "scenarios/world_doc.h"

#include <charconv>

#include "scenarios/phrase.h"

namespace rehearse::shape {

bool get(Reading& in, const Json& json, SizeText& size) {
  if (json.is_number_unsigned()) {
    if (json.get<std::uint64_t>() > kMostBytes) return in.expected("a size of at most 512P", json);
    size.bytes = json.get<std::uint64_t>();
    return true;
  }
  const auto read = json.is_string() ? read_size(json.get_ref<const std::string&>()) : std::nullopt;
  if (!read) return in.expected("a size such as \"512M\"", json);
  if (*read > kMostBytes) return in.expected("a size of at most 512P", json);
  size.bytes = *read;
  return true;
}

Json schema(Schema& to, const SizeText*) {
  to.definitions["size"] = {{"description", "\"512M\" (binary multiples), or a number of bytes"},
                            {"type", {"string", "integer"}},
                            {"pattern", "^[0-9]+([.][0-9]+)?[bkmgtpBKMGTP]$"},
                            {"minimum", 0}};
  return {{"$ref", "#/definitions/size"}};
}

bool get(Reading& in, const Json& json, FormatText& format) {
  const std::string_view text = json.is_string() ? json.get_ref<const std::string&>() : std::string_view();
  const std::size_t space = text.rfind(' ');
  const std::string_view number = space == std::string_view::npos ? "" : text.substr(space + 1);
  const auto [stop, error] = std::from_chars(number.begin(), number.end(), format.format.version);
  if (space == 0 || number.empty() || error != std::errc() || stop != number.end()) {
    return in.expected("a format and its version such as \"mailman 2\"", json);
  }
  format.format.kind = text.substr(0, space);
  return true;
}

Json schema(Schema&, const FormatText*) { return {{"type", "string"}, {"pattern", "^.+ [0-9]+$"}}; }

bool get(Reading& in, const Json& json, FileDoc& file) {
  if (json.is_string()) return get(in, json, file.text.emplace());
  if (!json.is_object()) return in.expected("a text, or an object", json);
  if (!get<FileDoc>(in, json, file)) return false;
  if (file.directory + file.symlink.has_value() + (file.text || file.size || file.format || file.service) >
      1) {
    return in.fail("a file is a directory, a symbolic link, or has contents, expected one of them");
  }
  if (file.text && file.size) return in.fail("expected either \"text\" or \"size\"");
  return true;
}

Json schema(Schema& to, const FileDoc*) {
  return {{"anyOf", {{{"type", "string"}}, schema<FileDoc>(to, nothing<FileDoc>())}}};
}

namespace {

template <class T>
bool get_key(Reading& in, const Json& json, std::string_view name, T& value) {
  const auto at = json.find(name);
  return at == json.end() || get_at(in, std::string(name), *at, value);
}

bool only_keys(Reading& in, const Json& json, const std::vector<std::string_view>& known) {
  for (const auto& [name, held] : json.items()) {
    if (std::find(known.begin(), known.end(), name) == known.end()) return in.unknown_key(name, known);
  }
  return true;
}

// Each block may refer to those before it.
bool get_blocks(Reading& in, const Json& json) {
  if (!json.is_array()) return in.expected("a list", json);
  for (std::size_t i = 0; i < json.size(); ++i) {
    Block block;
    if (!get_at(in, std::to_string(i), json[i], block)) return false;
    in.blocks.emplace_back(std::move(block));
  }
  return true;
}

}  // namespace

bool get(Reading& in, const Json& json, ExactDoc& exact) {
  if (!json.is_object()) return in.expected("an object", json);
  if (!only_keys(in, json, {"blocks", "hosts", "media", "ledger", "links"})) return false;
  in.blocks.clear();
  if (const auto at = json.find("blocks"); at != json.end()) {
    in.path.emplace_back("blocks");
    if (!get_blocks(in, *at)) return false;
    in.path.pop_back();
  }
  return get_key(in, json, "hosts", exact.hosts) && get_key(in, json, "media", exact.media) &&
         get_key(in, json, "ledger", exact.ledger) && get_key(in, json, "links", exact.links);
}

Json schema(Schema& to, const ExactDoc*) {
  Json properties;
  properties["blocks"] = {{"description", "pieces of metadata; runs refer to them by number"},
                          {"type", "array"},
                          {"items", schema(to, nothing<Block>())}};
  properties["hosts"] = schema(to, nothing<Parts<Host>>());
  properties["media"] = schema(to, nothing<Parts<MediumRow>>());
  properties["ledger"] = schema(to, nothing<Parts<WriterLog>>());
  properties["links"] = schema(to, nothing<Parts<net::Link>>());
  return {{"description", "everything as it is, as --save-world writes it"},
          {"type", "object"},
          {"additionalProperties", false},
          {"properties", properties}};
}

bool get(Reading& in, const Json& json, WorldDoc& world) {
  if (!json.is_object()) return in.expected("an object with \"rehearse_world\": 1", json);
  const auto version = json.find("rehearse_world");
  if (version == json.end()) return in.fail("expected a key \"rehearse_world\" with the version, 1");
  if (*version != 1) {
    in.path.emplace_back("rehearse_world");
    return in.expected("version 1", *version);
  }
  if (!only_keys(in, json, {"rehearse_world", "notes", "include", "hosts", "exact"})) return false;
  std::vector<std::string> notes;
  if (!get_key(in, json, "notes", notes)) return false;
  if (const auto at = json.find("include"); at != json.end() && at->is_string()) {
    world.include.push_back(at->get<std::string>());
  } else if (!get_key(in, json, "include", world.include)) {
    return false;
  }
  if (json.contains("exact") && (json.contains("hosts") || json.contains("include"))) {
    return in.fail("expected either \"exact\" or \"hosts\" and \"include\"");
  }
  return get_key(in, json, "hosts", world.hosts) && get_key(in, json, "exact", world.exact);
}

std::string world_schema() {
  Schema to;
  Json properties;
  properties["rehearse_world"] = {{"description", "version of this form"}, {"const", 1}};
  properties["notes"] = {{"description", "for people: what is made up, what is left out"},
                         {"type", "array"},
                         {"items", {{"type", "string"}}}};
  properties["include"] = {
      {"description", "files with more hosts, beside this one"},
      {"anyOf", {{{"type", "string"}}, {{"type", "array"}, {"items", {{"type", "string"}}}}}}};
  properties["hosts"] = schema(to, nothing<Named<HostDoc>>());
  properties["exact"] = schema(to, nothing<ExactDoc>());
  Json json;
  json["$schema"] = "http://json-schema.org/draft-07/schema#";
  json["title"] = "A world of rehearse";
  json["type"] = "object";
  json["additionalProperties"] = false;
  json["required"] = {"rehearse_world"};
  json["properties"] = std::move(properties);
  json["definitions"] = std::move(to.definitions);
  return json.dump(2) + "\n";
}

}  // namespace rehearse::shape
