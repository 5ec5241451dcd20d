// How each kind of value is read, written and described in the schema; the other half of scenarios/shape.h,
// which alone includes it.
#pragma once

namespace rehearse::shape {

template <class T>
requires(std::is_integral_v<T> && !std::is_same_v<T, bool>) bool get(Reading& in, const Json& json,
                                                                     T& value) {
  using Limits = std::numeric_limits<T>;
  const bool fits = json.is_number_unsigned()
                        ? json.get<std::uint64_t>() <= static_cast<std::uint64_t>(Limits::max())
                        : json.is_number_integer() && Limits::is_signed &&
                              json.get<std::int64_t>() >= std::int64_t(Limits::min());
  if (!fits) {
    return in.expected(
        Limits::is_signed ? "a whole number" : "a whole number from 0 to " + std::to_string(Limits::max()),
        json);
  }
  value = json.get<T>();
  return true;
}

template <Listed T>
requires std::is_enum_v<T>
bool get(Reading& in, const Json& json, T& value) {
  std::string all;
  for (const auto& [name, listed] : Shape<T>::names) {
    if (json.is_string() && json.get_ref<const std::string&>() == name) {
      value = listed;
      return true;
    }
    all += (all.empty() ? "\"" : ", \"") + std::string(name) + "\"";
  }
  return in.expected("one of " + all, json);
}

template <class T, std::size_t I>
bool get_alternative(Reading& in, const std::string& name, const Json& json, T& value) {
  if (name != Shape<T>::names[I]) return false;
  std::variant_alternative_t<I, T> held{};
  if (get_at(in, name, json, held)) value = std::move(held);
  return true;
}

template <Listed T>
requires(!std::is_enum_v<T>) bool get(Reading& in, const Json& json, T& value) {
  constexpr auto& names = Shape<T>::names;
  if (!json.is_object() || json.size() != 1)
    return in.expected("an object with one key that says its kind", json);
  const std::string& name = json.begin().key();
  const bool known = [&]<std::size_t... I>(std::index_sequence<I...>) {
    return (get_alternative<T, I>(in, name, json.front(), value) || ...);
  }
  (std::make_index_sequence<std::variant_size_v<T>>());
  if (!known) return in.unknown_key(name, {std::begin(names), std::end(names)});
  return in.good();
}

template <class T>
std::vector<std::string_view> known_keys() {
  return std::apply([](const auto&... row) { return std::vector<std::string_view>{row.name...}; },
                    Shape<T>::keys());
}

template <class Form, class T>
bool get_member(Reading& in, const Key<Form, T>& row, const Json& json, Form& form) {
  if constexpr (std::is_same_v<T, std::uint64_t>) {
    if (row.hex) {
      const auto number = json.is_string() ? read_hex(json.get_ref<const std::string&>()) : std::nullopt;
      in.path.emplace_back(row.name);
      const bool good = number || in.expected("a number such as \"0x1f\"", json);
      in.path.pop_back();
      form.*row.member = number.value_or(0);
      return good;
    }
  }
  return get_at(in, std::string(row.name), json, form.*row.member);
}

template <Shaped T>
bool get(Reading& in, const Json& json, T& value) {
  if (!json.is_object()) return in.expected("an object", json);
  static constexpr auto keys = Shape<T>::keys();
  for (const auto& [name, held] : json.items()) {
    bool known = false;
    std::apply(
        [&, &name = name, &held = held](const auto&... row) {
          ((!known && row.name == name ? (known = true, void(get_member(in, row, held, value))) : void()),
           ...);
        },
        keys);
    if (!known) return in.unknown_key(name, known_keys<T>());
    if (!in.good()) return false;
  }
  std::apply(
      [&](const auto&... row) {
        ((row.needed && !json.contains(row.name)
              ? void(in.fail("expected a key \"" + std::string(row.name) + "\""))
              : void()),
         ...);
      },
      keys);
  return in.good();
}

template <class T>
bool get(Reading& in, const Json& json, std::optional<T>& value) {
  return get(in, json, value.emplace());
}

template <class T>
bool get(Reading& in, const Json& json, std::vector<T>& values) {
  if (!json.is_array()) return in.expected("a list", json);
  values.clear();
  values.reserve(json.size());
  for (std::size_t i = 0; i < json.size(); ++i) {
    if (!get_at(in, std::to_string(i), json[i], values.emplace_back())) return false;
  }
  return true;
}

template <class T>
bool get(Reading& in, const Json& json, Named<T>& values) {
  if (!json.is_object()) return in.expected("an object", json);
  values.clear();
  for (const auto& [name, held] : json.items()) {
    values.emplace_back(name, T{});
    if (!get_at(in, name, held, values.back().second)) return false;
  }
  return true;
}

template <class T>
bool get(Reading& in, const Json& json, Part<T>& value) {
  T held{};
  if (!get(in, json, held)) return false;
  value = Part<T>(std::move(held));
  return true;
}

template <class T>
bool get(Reading& in, const Json& json, Parts<T>& values) {
  Named<T> rows;
  if (!get(in, json, rows)) return false;
  for (auto& [name, row] : rows) values.put(name, std::move(row));
  return true;
}

template <Listed T>
requires std::is_enum_v<T> Json put(Writing&, T value) {
  for (const auto& [name, listed] : Shape<T>::names) {
    if (listed == value) return name;
  }
  return nullptr;
}

template <Listed T>
requires(!std::is_enum_v<T>) Json put(Writing& out, const T& value) {
  Json json = Json::object();
  json[std::string(Shape<T>::names[value.index()])] =
      std::visit([&](const auto& held) -> Json { return put(out, held); }, value);
  return json;
}

template <Shaped T>
Json put(Writing& out, const T& value) {
  Json json = Json::object();
  const T usual{};
  const auto add = [&]<class M>(const Key<T, M>& row) {
    if (!row.needed && value.*row.member == usual.*row.member) return;
    if constexpr (std::is_same_v<M, std::uint64_t>) {
      if (row.hex) {
        json[std::string(row.name)] = write_hex(value.*row.member);
        return;
      }
    }
    json[std::string(row.name)] = put(out, value.*row.member);
  };
  std::apply([&](const auto&... row) { (add(row), ...); }, Shape<T>::keys());
  return json;
}

template <class T>
Json put(Writing& out, const std::optional<T>& value) {
  return value ? put(out, *value) : Json();
}

template <class T>
Json put(Writing& out, const std::vector<T>& values) {
  Json json = Json::array();
  for (const T& value : values) json.push_back(put(out, value));
  return json;
}

template <class T>
Json put(Writing& out, const Part<T>& value) {
  return value ? put(out, *value) : Json();
}

template <class T>
Json put(Writing& out, const Parts<T>& values) {
  Json json = Json::object();
  values.for_each([&](Name name, const T& value) { json[name.str()] = put(out, value); });
  return json;
}

template <class T>
requires(std::is_integral_v<T> && !std::is_same_v<T, bool>) Json schema(Schema&, const T*) {
  Json json{{"type", "integer"}};
  if (!std::is_signed_v<T>) json["minimum"] = 0;
  return json;
}

template <class T>
const T* nothing() {
  return nullptr;
}

template <Listed T>
Json schema(Schema& to, const T*) {
  if constexpr (std::is_enum_v<T>) {
    Json all = Json::array();
    for (const auto& row : Shape<T>::names) all.push_back(row.first);
    return {{"enum", all}};
  } else {
    Json object{
        {"type", "object"}, {"additionalProperties", false}, {"minProperties", 1}, {"maxProperties", 1}};
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      ((object["properties"][std::string(Shape<T>::names[I])] =
            schema(to, nothing<std::variant_alternative_t<I, T>>())),
       ...);
    }
    (std::make_index_sequence<std::variant_size_v<T>>());
    return object;
  }
}

template <Shaped T>
Json schema(Schema& to, const T*) {
  const std::string name(Shape<T>::name);
  const Json reference = reference_schema(name);
  if (to.definitions.contains(name)) return reference;
  to.definitions[name] = Json::object();  // holds the place, should it contain itself
  KeysSchema keys;
  const auto add = [&]<class M>(const Key<T, M>& row) {
    keys.add(row.name, row.what, row.needed, row.hex ? hex_schema() : schema(to, nothing<M>()));
  };
  std::apply([&](const auto&... row) { (add(row), ...); }, Shape<T>::keys());
  to.definitions[name] = keys.object();
  return reference;
}

template <class T>
Json schema(Schema& to, const std::optional<T>*) {
  return schema(to, nothing<T>());
}
template <class T>
Json schema(Schema& to, const std::vector<T>*) {
  return {{"type", "array"}, {"items", schema(to, nothing<T>())}};
}
template <class T>
Json schema(Schema& to, const Named<T>*) {
  return {{"type", "object"}, {"additionalProperties", schema(to, nothing<T>())}};
}
template <class T>
Json schema(Schema& to, const Part<T>*) {
  return schema(to, nothing<T>());
}
template <class T>
Json schema(Schema& to, const Parts<T>*) {
  return {{"type", "object"}, {"additionalProperties", schema(to, nothing<T>())}};
}

}  // namespace rehearse::shape
