// e2fsck and fsck.
#pragma once

#include "model/fs/form.h"

namespace rehearse::fs {

struct E2fsck {
  Name device;
  bool force = false;
  bool preen = false;
  bool yes = false;
  bool no = false;
  static constexpr Usage usage() {
    return usage_of("e2fsck", toggle<&E2fsck::force>("-f"), toggle<&E2fsck::preen>("-p,-a"),
                    toggle<&E2fsck::yes>("-y"), toggle<&E2fsck::no>("-n"),
                    operand<&E2fsck::device>("DEVICE"));
  }
  bool operator==(const E2fsck&) const = default;
};
Refused run(World&, Name host, const E2fsck&, Report&);

/// The same program under another name, by which it speaks of itself.
struct FsckExt4 {
  Name device;
  bool force = false;
  bool preen = false;
  bool yes = false;
  bool no = false;
  static constexpr Usage usage() {
    return usage_of("fsck.ext4", toggle<&FsckExt4::force>("-f"), toggle<&FsckExt4::preen>("-p,-a"),
                    toggle<&FsckExt4::yes>("-y"), toggle<&FsckExt4::no>("-n"),
                    operand<&FsckExt4::device>("DEVICE"));
  }
  bool operator==(const FsckExt4&) const = default;
};
Refused run(World&, Name host, const FsckExt4&, Report&);

/// fsck of util-linux: looks what is there and calls its checker.
struct Fsck {
  Name device;
  Name type;
  bool force = false;
  bool preen = false;
  bool yes = false;
  bool no = false;
  static constexpr Usage usage() {
    return usage_of("fsck", maybe<&Fsck::type>("-t"), toggle<&Fsck::force>("-f"),
                    toggle<&Fsck::preen>("-p,-a"), toggle<&Fsck::yes>("-y"), toggle<&Fsck::no>("-n"),
                    operand<&Fsck::device>("DEVICE"));
  }
  bool operator==(const Fsck&) const = default;
};
Refused run(World&, Name host, const Fsck&, Report&);

}  // namespace rehearse::fs
