// Making and wiping file systems and swap space.
#pragma once

#include "model/fs/form.h"

namespace rehearse::fs {

/// -E of mke2fs, as far as it tells when inode tables are zeroed.
struct ExtendedOptions {
  bool zero_tables_now = false;
  std::string text;
  bool operator==(const ExtendedOptions&) const = default;
};
bool read_value(std::string_view text, ExtendedOptions& value);
std::string show_value(const ExtendedOptions& value);

/// -t, where only ext4 is known.
struct Ext4Type {
  bool operator==(const Ext4Type&) const = default;
};
bool read_value(std::string_view text, Ext4Type&);
std::string show_value(Ext4Type);

struct MakeExt4 {
  Name device;
  Name label;
  std::optional<std::uint32_t> reserved_percent;
  std::optional<std::uint32_t> block_size;
  std::optional<ExtendedOptions> extended;
  bool quiet = false;
  bool yes = false;  // -F
  static constexpr Usage usage() {
    return usage_of("mkfs.ext4", toggle<&MakeExt4::quiet>("-q"), toggle<&MakeExt4::yes>("-F"),
                    maybe<&MakeExt4::label>("-L"), maybe<&MakeExt4::reserved_percent>("-m"),
                    maybe<&MakeExt4::block_size>("-b"), maybe<&MakeExt4::extended>("-E"),
                    operand<&MakeExt4::device>("DEVICE"));
  }
  bool operator==(const MakeExt4&) const = default;
};
Refused run(World&, Name host, const MakeExt4&, Report&);

/// mke2fs -t ext4, mkfs -t ext4: the same under other names.
struct MakeExt4ByType {
  Ext4Type type;
  Name device;
  Name label;
  std::optional<std::uint32_t> reserved_percent;
  std::optional<std::uint32_t> block_size;
  bool quiet = false;
  bool yes = false;  // -F
  static constexpr Usage usage() {
    using Form = MakeExt4ByType;
    return usage_of("mke2fs,mkfs", option<&Form::type>("-t"), toggle<&Form::quiet>("-q"),
                    toggle<&Form::yes>("-F"), maybe<&Form::label>("-L"), maybe<&Form::reserved_percent>("-m"),
                    maybe<&Form::block_size>("-b"), operand<&Form::device>("DEVICE"));
  }
  bool operator==(const MakeExt4ByType&) const = default;
};
Refused run(World&, Name host, const MakeExt4ByType&, Report&);

struct MakeSwap {
  Name device;
  Name label;
  bool quiet = false;
  bool force = false;
  static constexpr Usage usage() {
    return usage_of("mkswap", toggle<&MakeSwap::quiet>("-q,--quiet"), toggle<&MakeSwap::force>("-f,--force"),
                    maybe<&MakeSwap::label>("-L,--label"), operand<&MakeSwap::device>("DEVICE"));
  }
  bool operator==(const MakeSwap&) const = default;
};
Refused run(World&, Name host, const MakeSwap&, Report&);

/// wipefs -a: takes away the magic of whatever is found.
struct WipeSignatures {
  Name device;
  bool force = false;
  static constexpr Usage usage() {
    return usage_of("wipefs", flag("-a,--all"), toggle<&WipeSignatures::force>("-f,--force"),
                    operand<&WipeSignatures::device>("DEVICE"));
  }
  bool operator==(const WipeSignatures&) const = default;
};
Refused run(World&, Name host, const WipeSignatures&, Report&);

}  // namespace rehearse::fs
