// A shape says once which keys a JSON object has and which member each one is; reading, writing and the JSON
// Schema all follow from it, so that they cannot disagree. A key that is left out has its member's default,
// and is left out when written; a key that is not in the shape is an error.
//
//   template <> struct Shape<Export> {
//     static constexpr std::string_view name = "export";
//     static constexpr auto keys() { return std::tuple(key("shelf", &Export::shelf), ...); }
//   };
#pragma once

#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "model/block.h"
#include "model/parts.h"

namespace rehearse::shape {

using Json = nlohmann::ordered_json;  // as written, in the order of the file

template <class T>
struct Shape;

/// An object whose keys are names of the reader's choice, in the order of the file.
template <class T>
using Named = std::vector<std::pair<std::string, T>>;

template <class Form, class T>
struct Key {
  std::string_view name;
  T Form::*member;
  std::string_view what;  // for the schema
  bool needed = false;
  bool hex = false;  // a number of 64 bits that other programs would round
};
template <class Form, class T>
constexpr Key<Form, T> key(std::string_view name, T Form::*member, std::string_view what = {}) {
  return {name, member, what, false, false};
}
template <class Form, class T>
constexpr Key<Form, T> needed(std::string_view name, T Form::*member, std::string_view what = {}) {
  return {name, member, what, true, false};
}
template <class Form>
constexpr Key<Form, std::uint64_t> hex(std::string_view name, std::uint64_t Form::*member) {
  return {name, member, {}, false, true};
}

template <class T>
concept Shaped = requires {
  Shape<T>::keys();
};
template <class T>  // enums, and variants written as an object with one key: Shape<T>::names
concept Listed = requires {
  Shape<T>::names;
};

/// Reading: where it is, and the first thing that is wrong.
struct Reading {
  std::vector<std::string> path;
  std::string pointer;              // of what is wrong
  std::string what;                 // empty: nothing is
  std::vector<Part<Block>> blocks;  // metadata that runs refer to by number

  bool good() const { return what.empty(); }
  /// Notes what is wrong here, unless something was before. Always false.
  bool fail(std::string text);
  bool expected(std::string_view wanted, const Json& found);
  bool unknown_key(std::string_view key, const std::vector<std::string_view>& known);
};

/// Writing: metadata blocks are listed once and referred to by number.
struct Writing {
  Json blocks = Json::array();
  std::unordered_map<std::uint64_t, std::vector<std::pair<Part<Block>, std::size_t>>> seen;
};

/// Making the schema: definitions by name.
struct Schema {
  Json definitions = Json::object();
};
Json reference_schema(const std::string& name);
/// Of a number of 64 bits as "0x1f".
Json hex_schema();

/// What the schema says of an object's keys, one after the other.
class KeysSchema {
 public:
  void add(std::string_view name, std::string_view what, bool needed, Json entry);
  Json object();

 private:
  Json properties_ = Json::object();
  Json required_ = Json::array();
};

std::string pointer_text(const std::vector<std::string>& path);
/// What was found instead, for messages.
std::string found_text(const Json& json);
std::optional<std::uint64_t> read_hex(const std::string& text);
std::string write_hex(std::uint64_t value);

// Values that are not objects of a fixed shape.
bool get(Reading&, const Json&, bool&);
bool get(Reading&, const Json&, Name&);
bool get(Reading&, const Json&, std::string&);
bool get(Reading&, const Json&, Part<Block>&);
inline Json put(Writing&, bool value) { return value; }
inline Json put(Writing&, Name value) { return value.str(); }
inline Json put(Writing&, const std::string& value) { return value; }
Json put(Writing&, const Part<Block>&);
inline Json schema(Schema&, const bool*) { return {{"type", "boolean"}}; }
inline Json schema(Schema&, const Name*) { return {{"type", "string"}}; }
inline Json schema(Schema&, const std::string*) { return {{"type", "string"}}; }
inline Json schema(Schema&, const Part<Block>*) { return {{"type", "integer"}, {"minimum", 0}}; }

template <class T>
requires(std::is_integral_v<T> && !std::is_same_v<T, bool>) bool get(Reading& in, const Json& json, T& value);
template <Listed T>
requires std::is_enum_v<T>
bool get(Reading& in, const Json& json, T& value);
template <Listed T>
requires(!std::is_enum_v<T>) bool get(Reading& in, const Json& json, T& value);
template <Shaped T>
bool get(Reading& in, const Json& json, T& value);
template <class T>
bool get(Reading& in, const Json& json, std::optional<T>& value);
template <class T>
bool get(Reading& in, const Json& json, std::vector<T>& values);
template <class T>
bool get(Reading& in, const Json& json, Named<T>& values);
template <class T>
bool get(Reading& in, const Json& json, Part<T>& value);
template <class T>
bool get(Reading& in, const Json& json, Parts<T>& values);

template <class T>
requires(std::is_integral_v<T> && !std::is_same_v<T, bool>) Json put(Writing&, T value) { return value; }
template <Listed T>
requires std::is_enum_v<T> Json put(Writing&, T value);
template <Listed T>
requires(!std::is_enum_v<T>) Json put(Writing& out, const T& value);
template <Shaped T>
Json put(Writing& out, const T& value);
template <class T>
Json put(Writing& out, const std::optional<T>& value);
template <class T>
Json put(Writing& out, const std::vector<T>& values);
template <class T>
Json put(Writing& out, const Part<T>& value);
template <class T>
Json put(Writing& out, const Parts<T>& values);

template <class T>
requires(std::is_integral_v<T> && !std::is_same_v<T, bool>) Json schema(Schema&, const T*);
template <Listed T>
Json schema(Schema& to, const T*);
template <Shaped T>
Json schema(Schema& to, const T*);
template <class T>
Json schema(Schema& to, const std::optional<T>*);
template <class T>
Json schema(Schema& to, const std::vector<T>*);
template <class T>
Json schema(Schema& to, const Named<T>*);
template <class T>
Json schema(Schema& to, const Part<T>*);
template <class T>
Json schema(Schema& to, const Parts<T>*);

/// Reads what is below `step`.
template <class T>
bool get_at(Reading& in, std::string step, const Json& json, T& value) {
  in.path.push_back(std::move(step));
  const bool good = get(in, json, value);
  in.path.pop_back();
  return good;
}

}  // namespace rehearse::shape

#include "scenarios/shape_rules.h"
