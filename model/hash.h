// One way to hash every value of the world: a struct names its members once, in `fields`, through a
// structured binding, so that a member forgotten there does not compile; everything else follows from that.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <variant>
#include <vector>

#include "model/name.h"

namespace rehearse {

/// Mixes `value` into `seed`; the order of calls matters.
constexpr std::uint64_t mix(std::uint64_t seed, std::uint64_t value) {
  std::uint64_t x = seed ^ (value + 0x9e3779b97f4a7c15ULL + (seed << 6) + (seed >> 2));
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

inline std::uint64_t hash_of(Name name) { return name.hash(); }
std::uint64_t hash_of(std::string_view text);
inline std::uint64_t hash_of(const std::string& text) { return hash_of(std::string_view(text)); }

template <class T>
requires(std::is_integral_v<T> || std::is_enum_v<T>) std::uint64_t hash_of(T value) {
  return mix(0x51ed270b, static_cast<std::uint64_t>(value));
}

template <class T>
concept Fielded = requires(const T& value) {
  fields(value);
};

template <class T>
concept SelfHashing = requires(const T& value) {
  { value.hash() } -> std::same_as<std::uint64_t>;
};

template <Fielded T>
requires(!SelfHashing<T>) std::uint64_t hash_of(const T& value);
template <class T>
std::uint64_t hash_of(const std::vector<T>& values);
template <class T>
std::uint64_t hash_of(const std::optional<T>& value);
template <class... T>
std::uint64_t hash_of(const std::variant<T...>& value);

template <SelfHashing T>
requires(!std::is_same_v<T, Name>) std::uint64_t hash_of(const T& value) { return value.hash(); }

template <Fielded T>
requires(!SelfHashing<T>) std::uint64_t hash_of(const T& value) {
  return std::apply(
      [](const auto&... field) {
        std::uint64_t seed = sizeof...(field);
        ((seed = mix(seed, hash_of(field))), ...);
        return seed;
      },
      fields(value));
}

template <class T>
std::uint64_t hash_of(const std::vector<T>& values) {
  std::uint64_t seed = values.size();
  for (const T& value : values) seed = mix(seed, hash_of(value));
  return seed;
}

template <class T>
std::uint64_t hash_of(const std::optional<T>& value) {
  return value ? mix(1, hash_of(*value)) : 0x2545f491;
}

template <class... T>
std::uint64_t hash_of(const std::variant<T...>& value) {
  return mix(value.index(), std::visit([](const auto& held) { return hash_of(held); }, value));
}

}  // namespace rehearse
