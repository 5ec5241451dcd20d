// What a runbook says must hold at a point (`? vg1/s is valid`): a small sentence about one thing, read off
// the world and never changing it. Without `on HOST` a sentence is about whichever host sees the thing: what
// is said to be so must be so on one of them, what is denied must be so on none.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <variant>

#include "model/lvm/scan.h"
#include "model/world.h"
#include "scenarios/finding.h"

namespace rehearse {

enum class VolumeState : std::uint8_t { present, absent, active, inactive, valid, invalid };

struct VolumeIs {
  lvm::VolumeRef volume;
  VolumeState state = VolumeState::present;
  Name host;
  bool operator==(const VolumeIs&) const = default;
};

/// How much of a snapshot's room is taken.
struct SnapshotUses {
  lvm::VolumeRef volume;
  bool at_most = true;  // otherwise at least
  double percent = 0;
  Name host;
  bool operator==(const SnapshotUses&) const = default;
};

struct GroupHasFree {
  Name group;
  Bytes bytes = 0;
  Name host;
  bool operator==(const GroupHasFree&) const = default;
};

enum class DomainState : std::uint8_t { runs, paused, absent };

struct DomainIs {
  Name domain;
  DomainState state = DomainState::runs;
  Name host;
  bool operator==(const DomainIs&) const = default;
};

struct ServiceRuns {
  Name service;
  Name domain;
  bool negated = false;
  bool operator==(const ServiceRuns&) const = default;
};

/// A file of a host or of a running domain.
struct FileIs {
  Name machine;
  Name path;
  std::optional<std::string> text;  // what it contains; none: it exists
  bool negated = false;
  bool operator==(const FileIs&) const = default;
};

struct MountedAt {
  Name device;  // "/dev/vg1/echelon"
  Name target;  // empty: anywhere
  Name host;
  bool negated = false;
  bool operator==(const MountedAt&) const = default;
};

struct HostIs {
  Name host;
  bool up = true;
  bool operator==(const HostIs&) const = default;
};

/// No finding so far speaks of this writer's acknowledged writes as lost.
struct NothingLost {
  Name writer;
  bool operator==(const NothingLost&) const = default;
};

using Assertion = std::variant<VolumeIs, SnapshotUses, GroupHasFree, DomainIs, ServiceRuns, FileIs, MountedAt,
                               HostIs, NothingLost>;

/// The findings that tell of lost writes have codes of this family.
inline constexpr std::string_view kLostWrites = "RH30";

/// None if it holds; otherwise what is the case instead, as a sentence without a full stop.
std::optional<std::string> why_not(const World&, std::span<const Finding> so_far, const Assertion&);

}  // namespace rehearse
