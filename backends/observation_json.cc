// The JSON form of an observation: a key a column, those with their usual value left out.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "backends/observation.h"

namespace rehearse {
namespace {

using Json = nlohmann::ordered_json;

using seen::each_column;

struct Writing {
  Json operator()(const std::string& text) const { return text; }
  Json operator()(const Identity& identity) const { return identity.text; }
  Json operator()(bool value) const { return value; }
  Json operator()(std::uint64_t number) const { return number; }
  Json operator()(std::int64_t number) const { return number; }
  Json operator()(const std::optional<std::uint64_t>& number) const {
    return number ? Json(*number) : Json();
  }
  template <class Item>
  Json operator()(const std::vector<Item>& items) const {
    Json json = Json::array();
    for (const Item& item : items) json.push_back((*this)(item));
    return json;
  }
  template <seen::HasColumns Row>
  Json operator()(const Row& row) const {
    static const Row usual{};
    Json json = Json::object();
    each_column<Row>([&](const auto& column) {
      if (row.*column.member != usual.*column.member)
        json[std::string(column.name)] = (*this)(row.*column.member);
    });
    return json;
  }
};

// Each reader says whether the JSON is of its kind; `where` is the place of the first that is not.
struct Reading {
  std::string where;
  std::string what;

  bool expected(const char* wanted) {
    what = fmt::format("expected {}", wanted);
    return false;
  }
  bool operator()(const Json& json, std::string& text) {
    if (!json.is_string()) return expected("a text");
    text = json.get<std::string>();
    return true;
  }
  bool operator()(const Json& json, Identity& identity) { return (*this)(json, identity.text); }
  bool operator()(const Json& json, bool& value) {
    if (!json.is_boolean()) return expected("true or false");
    value = json.get<bool>();
    return true;
  }
  bool operator()(const Json& json, std::uint64_t& number) {
    if (!json.is_number_unsigned()) return expected("a number from 0 on");
    number = json.get<std::uint64_t>();
    return true;
  }
  bool operator()(const Json& json, std::int64_t& number) {
    if (!json.is_number_integer()) return expected("a whole number");
    number = json.get<std::int64_t>();
    return true;
  }
  bool operator()(const Json& json, std::optional<std::uint64_t>& number) {
    return (*this)(json, number.emplace());
  }
  template <class Item>
  bool operator()(const Json& json, std::vector<Item>& items) {
    if (!json.is_array()) return expected("a list");
    for (const Json& item : json) {
      const std::string place = std::to_string(items.size());
      if (!inside(place, item, items.emplace_back())) return false;
    }
    return true;
  }
  template <seen::HasColumns Row>
  bool operator()(const Json& json, Row& row) {
    if (!json.is_object()) return expected("an object");
    for (const auto& item : json.items()) {
      const std::string key = item.key();
      bool known = false;
      bool good = true;
      each_column<Row>([&](const auto& column) {
        if (column.name != key) return;
        known = true;
        good = inside(key, item.value(), row.*column.member);
      });
      if (!known) {
        where += "/" + key;
        return expected("no such key");
      }
      if (!good) return false;
    }
    return true;
  }

 private:
  template <class Value>
  bool inside(const std::string& key, const Json& json, Value& value) {
    const std::size_t length = where.size();
    where += "/" + key;
    if (!(*this)(json, value)) return false;
    where.resize(length);
    return true;
  }
};

}  // namespace

std::string as_json(const Observation& seen) {
  return Writing()(seen).dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Observing read_observation(std::string_view text) {
  const Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) return Unobserved{"observation", "expected JSON"};
  Observation seen;
  Reading reading;
  if (reading(json, seen)) return seen;
  return Unobserved{"observation",
                    reading.where.empty() ? reading.what : reading.where + ": " + reading.what};
}

}  // namespace rehearse
