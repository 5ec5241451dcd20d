// swapon and swapoff.
#pragma once

#include "model/fs/form.h"

namespace rehearse::fs {

struct SwapOn {
  Name device;
  static constexpr Usage usage() { return usage_of("swapon", operand<&SwapOn::device>("DEVICE")); }
  bool operator==(const SwapOn&) const = default;
};
Refused run(World&, Name host, const SwapOn&, Report&);

struct SwapOnLabel {
  Name label;
  static constexpr Usage usage() { return usage_of("swapon", option<&SwapOnLabel::label>("-L")); }
  bool operator==(const SwapOnLabel&) const = default;
};
Refused run(World&, Name host, const SwapOnLabel&, Report&);

/// swapon -a: all swap space in /etc/fstab.
struct SwapOnAll {
  static constexpr Usage usage() { return usage_of("swapon", flag("-a,--all")); }
  bool operator==(const SwapOnAll&) const = default;
};
Refused run(World&, Name host, const SwapOnAll&, Report&);

struct SwapOff {
  Name device;
  static constexpr Usage usage() { return usage_of("swapoff", operand<&SwapOff::device>("DEVICE")); }
  bool operator==(const SwapOff&) const = default;
};
Refused run(World&, Name host, const SwapOff&, Report&);

struct SwapOffLabel {
  Name label;
  static constexpr Usage usage() { return usage_of("swapoff", option<&SwapOffLabel::label>("-L")); }
  bool operator==(const SwapOffLabel&) const = default;
};
Refused run(World&, Name host, const SwapOffLabel&, Report&);

struct SwapOffAll {
  static constexpr Usage usage() { return usage_of("swapoff", flag("-a,--all")); }
  bool operator==(const SwapOffAll&) const = default;
};
Refused run(World&, Name host, const SwapOffAll&, Report&);

}  // namespace rehearse::fs
