// One value of a long list of types, as the operations of a layer are. It stands in for std::variant where a
// list has dozens of entries and many readers: a variant's copies, moves and comparisons are compiled anew in
// every source that touches one, at a price that grows with the square of the list. Here each entry costs
// where it is made. The value never changes, so copies share it; one that was moved from can be assigned to.
#pragma once

#include <cstddef>
#include <memory>
#include <tuple>
#include <type_traits>
#include <utility>

namespace rehearse {

template <class... Types>
class OneOf {
 public:
  static constexpr std::size_t kTypes = sizeof...(Types);
  template <std::size_t I>
  using Type = std::tuple_element_t<I, std::tuple<Types...>>;

  /// The first of the list, as it is by default.
  OneOf() : OneOf(Type<0>{}) {}
  template <class T>
  requires(std::is_same_v<T, Types> || ...)
      OneOf(T value)  // NOLINT(google-explicit-constructor): as a variant
      : value_(std::make_shared<const T>(std::move(value))), same_(&same<T>), index_(index_of<T>()) {}

  template <class T>
  requires(std::is_same_v<T, Types> || ...) const T* get_if() const {
    return index_ == index_of<T>() ? static_cast<const T*>(value_.get()) : nullptr;
  }

  /// What `act` returns for the value; the same type for all of them.
  template <class Act>
  decltype(auto) visit(Act&& act) const {
    using Result = decltype(act(std::declval<const Type<0>&>()));
    using Call = Result (*)(Act&, const void*);
    static constexpr Call kCalls[] = {
        [](Act& to, const void* value) -> Result { return to(*static_cast<const Types*>(value)); }...};
    return kCalls[index_](act, value_.get());
  }

  bool operator==(const OneOf& other) const {
    return index_ == other.index_ && same_(value_.get(), other.value_.get());
  }

 private:
  template <class T>
  static bool same(const void* one, const void* other) {
    return *static_cast<const T*>(one) == *static_cast<const T*>(other);
  }
  template <class T>
  static constexpr std::size_t index_of() {
    std::size_t at = 0;
    bool found = false;
    ((found = found || std::is_same_v<T, Types>, at += found ? 0 : 1), ...);
    return at;
  }

  std::shared_ptr<const void> value_;
  bool (*same_)(const void*, const void*);
  std::size_t index_;
};

}  // namespace rehearse
