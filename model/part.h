// A part is one piece of the world, shared between all worlds in which it is the same and copied only when
// one of them changes it. It carries its own hash, worked out once.
#pragma once

#include <memory>
#include <utility>

#include "model/hash.h"

namespace rehearse {

/// A value that is cheap to copy. An empty part stands for "there is none" and equals only another empty one.
template <class T>
class Part {
 public:
  Part() = default;
  Part(T value) : box_(std::make_shared<Box>(Box{std::move(value), 0})) {}

  explicit operator bool() const { return box_ != nullptr; }
  const T& operator*() const { return box_->value; }
  const T* operator->() const { return &box_->value; }
  const T* get() const { return box_ ? &box_->value : nullptr; }

  /// The value, to be changed; copied first if another world shares it. The reference is good until this part
  /// is copied.
  T& edit() {
    if (!box_) {
      box_ = std::make_shared<Box>();
    } else if (box_.use_count() > 1) {
      box_ = std::make_shared<Box>(Box{box_->value, 0});
    }
    box_->hash = 0;
    return box_->value;
  }

  bool same_as(const Part& other) const { return box_ == other.box_; }
  std::uint64_t hash() const {
    if (!box_) return 0x6a09e667;
    if (box_->hash == 0) box_->hash = hash_of(box_->value);
    return box_->hash;
  }

  friend bool operator==(const Part& a, const Part& b) {
    if (a.box_ == b.box_) return true;
    if (!a.box_ || !b.box_) return false;
    return a.hash() == b.hash() && a.box_->value == b.box_->value;
  }

 private:
  struct Box {
    T value{};
    mutable std::uint64_t hash = 0;  // 0: not worked out yet
  };
  std::shared_ptr<Box> box_;
};

}  // namespace rehearse
