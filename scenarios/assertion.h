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

/// "r0", all its volumes, or "r0/1".
struct ReplicaRef {
  Name resource;
  std::optional<std::uint32_t> volume;
  std::string str() const;
  bool operator==(const ReplicaRef&) const = default;
};

/// A role, the state of a disk or of a connection by DRBD's own word for it, or "suspended".
struct ReplicaIs {
  ReplicaRef replica;
  std::string state;
  bool negated = false;
  Name host;
  bool operator==(const ReplicaIs&) const = default;
};

/// What a host's bitmap counts.
struct OutOfSync {
  ReplicaRef replica;
  bool at_most = true;  // otherwise at least
  Bytes bytes = 0;
  Name host;
  bool operator==(const OutOfSync&) const = default;
};

enum class SidesSay : std::uint8_t { same, parted };

/// Whether the disks of both sides hold the same, or their generation identifiers say split brain.
struct SidesAre {
  ReplicaRef replica;
  SidesSay what = SidesSay::same;
  bool negated = false;
  bool operator==(const SidesAre&) const = default;
};

/// No finding so far speaks of this writer's acknowledged writes as lost.
struct NothingLost {
  Name writer;
  bool operator==(const NothingLost&) const = default;
};

using Assertion = std::variant<VolumeIs, SnapshotUses, GroupHasFree, DomainIs, ServiceRuns, FileIs, MountedAt,
                               HostIs, ReplicaIs, OutOfSync, SidesAre, NothingLost>;

/// The findings that tell of lost writes have codes of this family.
inline constexpr std::string_view kLostWrites = "RH30";

/// None if it holds; otherwise what is the case instead, as a sentence without a full stop.
std::optional<std::string> why_not(const World&, std::span<const Finding> so_far, const Assertion&);

namespace asserting {
std::optional<std::string> judge(const World&, const ReplicaIs&);
std::optional<std::string> judge(const World&, const OutOfSync&);
std::optional<std::string> judge(const World&, const SidesAre&);
}  // namespace asserting

}  // namespace rehearse
