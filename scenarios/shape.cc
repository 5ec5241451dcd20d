#include "scenarios/shape.h"

#include <charconv>

#include "scenarios/phrase.h"
#include "scenarios/world_shapes.h"

namespace rehearse::shape {
namespace {

std::string escaped(std::string_view token) {  // of a JSON pointer (RFC 6901)
  std::string text;
  for (const char c : token) {
    if (c == '~')
      text += "~0";
    else if (c == '/')
      text += "~1";
    else
      text += c;
  }
  return text;
}

}  // namespace

std::string pointer_text(const std::vector<std::string>& path) {
  std::string pointer;
  for (const std::string& step : path) {
    const std::string plain = quote_word(step);
    pointer += "/" + escaped(std::string_view(plain).substr(1, plain.size() - 2));
  }
  return pointer;
}

bool Reading::fail(std::string text) {
  if (!good()) return false;
  what = std::move(text);
  pointer = pointer_text(path);
  return false;
}

bool Reading::expected(std::string_view wanted, const Json& found) {
  return fail("expected " + std::string(wanted) + ", found " + found_text(found));
}

bool Reading::unknown_key(std::string_view name, const std::vector<std::string_view>& known) {
  std::string text = "unknown key " + quote_word(name);
  if (const std::string_view meant = nearest(name, known); !meant.empty()) {
    text += ", did you mean \"" + std::string(meant) + "\"?";
  } else {
    text += ", expected";
    for (std::size_t i = 0; i < known.size(); ++i) {
      text += (i == 0 ? " \"" : i + 1 == known.size() ? " or \"" : ", \"") + std::string(known[i]) + "\"";
    }
    if (known.empty()) text += " none";
  }
  return fail(std::move(text));
}

std::string found_text(const Json& json) {
  if (json.is_string()) return quote_word(json.get_ref<const std::string&>());
  if (json.is_number() || json.is_boolean()) return json.dump();
  if (json.is_object()) return "an object";
  return json.is_array() ? "a list" : "null";
}

std::optional<std::uint64_t> read_hex(const std::string& text) {
  if (!text.starts_with("0x") || text.size() < 3 || text.size() > 18) return std::nullopt;
  std::uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data() + 2, end, value, 16);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

Json reference_schema(const std::string& name) { return {{"$ref", "#/definitions/" + name}}; }

Json hex_schema() { return {{"type", "string"}, {"pattern", "^0x[0-9a-f]{1,16}$"}}; }

void KeysSchema::add(std::string_view name, std::string_view what, bool needed, Json entry) {
  if (!what.empty() && !entry.contains("$ref")) entry["description"] = what;
  properties_[std::string(name)] = std::move(entry);
  if (needed) required_.push_back(name);
}

Json KeysSchema::object() {
  Json made{{"type", "object"}, {"additionalProperties", false}};
  if (!properties_.empty()) made["properties"] = std::move(properties_);
  if (!required_.empty()) made["required"] = std::move(required_);
  return made;
}

std::string write_hex(std::uint64_t value) { return fmt::format("0x{:x}", value); }

bool get(Reading& in, const Json& json, bool& value) {
  if (!json.is_boolean()) return in.expected("true or false", json);
  value = json.get<bool>();
  return true;
}

bool get(Reading& in, const Json& json, std::string& value) {
  if (!json.is_string()) return in.expected("a text", json);
  value = json.get_ref<const std::string&>();
  return true;
}

bool get(Reading& in, const Json& json, Name& value) {
  std::string text;
  if (!get(in, json, text)) return false;
  value = text;
  return true;
}

bool get(Reading& in, const Json& json, Part<Block>& value) {
  std::size_t number = 0;
  if (!get(in, json, number)) return false;
  if (number >= in.blocks.size()) {
    return in.fail(fmt::format("there is no block {} before this, only {}", number, in.blocks.size()));
  }
  value = in.blocks[number];
  return true;
}

Json put(Writing& out, const Part<Block>& block) {
  auto& alike = out.seen[block.hash()];
  for (const auto& [known, number] : alike) {
    if (known == block) return number;
  }
  Json written = put(out, *block);  // may list blocks of its own first
  const std::size_t number = out.blocks.size();
  out.blocks.push_back(std::move(written));
  out.seen[block.hash()].emplace_back(block, number);
  return number;
}

}  // namespace rehearse::shape
