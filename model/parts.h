// Many parts by name: the hosts of a world, its media. A hash trie whose shape depends on its names alone, so
// copying it is copying a pointer, changing one part copies a handful of small nodes whatever the number of
// parts, and its hash is kept node by node.
#pragma once

#include <algorithm>
#include <bit>
#include <cassert>
#include <vector>

#include "model/part.h"

namespace rehearse {

template <class T>
class Parts {
 public:
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  /// The part of that name, or null.
  const T* find(Name name) const {
    const Part<Node>* node = &root_;
    std::uint64_t rest = name.hash();
    while (*node) {
      const std::uint32_t bit = 1u << (rest & kMask);
      if (!((*node)->used & bit)) return nullptr;
      const Slot& slot = (*node)->slots[(*node)->place(bit)];
      if (!slot.deeper) return slot.name == name ? slot.row.get() : nullptr;
      node = &slot.deeper;
      rest >>= kBits;
    }
    return nullptr;
  }

  bool contains(Name name) const { return find(name) != nullptr; }

  /// The part of that name, which must be there, to be changed. Good until these parts are copied.
  T& edit(Name name) {
    assert(contains(name));
    Part<Node>* node = &root_;
    std::uint64_t rest = name.hash();
    while (true) {
      Node& open = node->edit();
      Slot& slot = open.slots[open.place(1u << (rest & kMask))];
      if (!slot.deeper) return slot.row.edit();
      node = &slot.deeper;
      rest >>= kBits;
    }
  }

  void put(Name name, T value) {
    if (contains(name)) {
      edit(name) = std::move(value);
      return;
    }
    insert(root_, Slot{name, Part<T>(std::move(value)), {}}, 0);
    ++size_;
  }

  void erase(Name name) {
    if (!contains(name)) return;
    remove(root_, name, name.hash());
    --size_;
  }

  /// All names, sorted.
  std::vector<Name> names() const {
    std::vector<Name> all;
    all.reserve(size_);
    visit(root_, [&](Name name, const T&) { all.push_back(name); });
    std::sort(all.begin(), all.end());
    return all;
  }

  /// Calls f(name, part) for each, sorted by name.
  template <class F>
  void for_each(F f) const {
    for (Name name : names()) f(name, *find(name));
  }

  std::uint64_t hash() const { return mix(size_, root_.hash()); }
  bool operator==(const Parts& other) const { return size_ == other.size_ && root_ == other.root_; }

 private:
  static constexpr int kBits = 4;
  static constexpr std::uint64_t kMask = (1u << kBits) - 1;

  struct Node;
  struct Slot {  // a row, or a node further down
    Name name;
    Part<T> row;
    Part<Node> deeper;
    friend auto fields(const Slot& slot) {
      const auto& [name, row, deeper] = slot;
      return std::tie(name, row, deeper);
    }
    bool operator==(const Slot&) const = default;
  };
  struct Node {
    std::uint32_t used = 0;
    std::vector<Slot> slots;  // one per bit of `used`, in its order

    std::size_t place(std::uint32_t bit) const { return std::popcount(used & (bit - 1)); }
    friend auto fields(const Node& node) {
      const auto& [used, slots] = node;
      return std::tie(used, slots);
    }
    bool operator==(const Node&) const = default;
  };

  static void insert(Part<Node>& at, Slot fresh, int depth) {
    const std::uint32_t bit = 1u << ((fresh.name.hash() >> (depth * kBits)) & kMask);
    Node& node = at.edit();
    const std::size_t place = node.place(bit);
    if (!(node.used & bit)) {
      node.used |= bit;
      node.slots.insert(node.slots.begin() + static_cast<std::ptrdiff_t>(place), std::move(fresh));
      return;
    }
    Slot& slot = node.slots[place];
    if (!slot.deeper) {  // two names share this path: both move one level down
      assert(depth < 15 && "two names with one hash");
      Slot held = std::exchange(slot, Slot{});
      insert(slot.deeper, std::move(held), depth + 1);
    }
    insert(slot.deeper, std::move(fresh), depth + 1);
  }

  // Leaves the shape that inserting only the remaining names would have made.
  static void remove(Part<Node>& at, Name name, std::uint64_t rest) {
    const std::uint32_t bit = 1u << (rest & kMask);
    Node& node = at.edit();
    const std::size_t place = node.place(bit);
    Slot& slot = node.slots[place];
    if (slot.deeper) {
      remove(slot.deeper, name, rest >> kBits);
      const Node& below = *slot.deeper;
      if (below.slots.size() == 1 && !below.slots[0].deeper) slot = Slot(below.slots[0]);
      return;
    }
    node.used &= ~bit;
    node.slots.erase(node.slots.begin() + static_cast<std::ptrdiff_t>(place));
    if (node.slots.empty()) at = {};
  }

  template <class F>
  static void visit(const Part<Node>& at, F&& f) {
    if (!at) return;
    for (const Slot& slot : at->slots) {
      if (slot.deeper) {
        visit(slot.deeper, f);
      } else {
        f(slot.name, *slot.row);
      }
    }
  }

  Part<Node> root_;
  std::size_t size_ = 0;
};

}  // namespace rehearse
