// Changing an ext4's own settings and its size: tune2fs, e2label, resize2fs.
#pragma once

#include "model/fs/form.h"

namespace rehearse::fs {

/// -i: "180", "180d", "2w", "6m"; 0: never.
struct CheckInterval {
  std::uint32_t days = 0;
  std::string text = "0";
  bool operator==(const CheckInterval&) const = default;
};
bool read_value(std::string_view text, CheckInterval& value);
std::string show_value(const CheckInterval& value);

struct Tune {
  Name device;
  std::optional<std::int32_t> max_mount_count;
  std::optional<std::uint32_t> mount_count;
  std::optional<CheckInterval> interval;
  std::optional<Name> label;
  std::optional<std::uint32_t> reserved_percent;
  bool changes() const { return max_mount_count || mount_count || interval || label || reserved_percent; }
  static constexpr Usage usage() {
    return usage_of("tune2fs", maybe<&Tune::max_mount_count>("-c"), maybe<&Tune::mount_count>("-C"),
                    maybe<&Tune::interval>("-i"), maybe<&Tune::label>("-L"),
                    maybe<&Tune::reserved_percent>("-m"), operand<&Tune::device>("DEVICE"));
  }
  bool operator==(const Tune&) const = default;
};
Refused run(World&, Name host, const Tune&, Report&);

/// e2label DEVICE LABEL, or DEVICE alone: prints the label.
struct LabelExt4 {
  Name device;
  std::optional<Name> label;
  static constexpr Usage usage() {
    return usage_of("e2label", operand<&LabelExt4::device>("DEVICE"), last<&LabelExt4::label>("LABEL"));
  }
  bool operator==(const LabelExt4&) const = default;
};
Refused run(World&, Name host, const LabelExt4&, Report&);

struct ResizeExt4 {
  Name device;
  std::optional<Name> size;
  bool force = false;
  bool smallest = false;
  bool print_smallest = false;
  bool progress = false;
  static constexpr Usage usage() {
    return usage_of("resize2fs", toggle<&ResizeExt4::force>("-f"), toggle<&ResizeExt4::smallest>("-M"),
                    toggle<&ResizeExt4::print_smallest>("-P"), toggle<&ResizeExt4::progress>("-p"),
                    operand<&ResizeExt4::device>("DEVICE"), last<&ResizeExt4::size>("SIZE"));
  }
  bool operator==(const ResizeExt4&) const = default;
};
Refused run(World&, Name host, const ResizeExt4&, Report&);

}  // namespace rehearse::fs
