// virsh list, dominfo, domstate, domid, domuuid, domblklist and dumpxml: what libvirtd of a host says of its
// domains.
#pragma once

#include <string>

#include "model/report.h"
#include "model/usage.h"
#include "model/world.h"

namespace rehearse::reports {

struct VirshList {
  bool all = false;       // those that are shut off, too
  bool inactive = false;  // those alone
  bool name = false;      // names alone
  bool uuid = false;
  static constexpr Usage usage() {
    return usage_of("virsh list", toggle<&VirshList::all>("--all"),
                    toggle<&VirshList::inactive>("--inactive"), toggle<&VirshList::name>("--name"),
                    toggle<&VirshList::uuid>("--uuid"));
  }
  bool operator==(const VirshList&) const = default;
};
void print(const World&, Name host, const VirshList&, Report&);

struct VirshInfo {
  std::string domain;
  static constexpr Usage usage() { return usage_of("virsh dominfo", operand<&VirshInfo::domain>("DOMAIN")); }
  bool operator==(const VirshInfo&) const = default;
};
void print(const World&, Name host, const VirshInfo&, Report&);

struct VirshState {
  std::string domain;
  static constexpr Usage usage() {
    return usage_of("virsh domstate", operand<&VirshState::domain>("DOMAIN"));
  }
  bool operator==(const VirshState&) const = default;
};
void print(const World&, Name host, const VirshState&, Report&);

struct VirshId {
  std::string domain;
  static constexpr Usage usage() { return usage_of("virsh domid", operand<&VirshId::domain>("DOMAIN")); }
  bool operator==(const VirshId&) const = default;
};
void print(const World&, Name host, const VirshId&, Report&);

struct VirshUuid {
  std::string domain;
  static constexpr Usage usage() { return usage_of("virsh domuuid", operand<&VirshUuid::domain>("DOMAIN")); }
  bool operator==(const VirshUuid&) const = default;
};
void print(const World&, Name host, const VirshUuid&, Report&);

struct VirshDisks {
  std::string domain;
  bool inactive = false;  // as it will be at its next start
  bool details = false;
  static constexpr Usage usage() {
    return usage_of("virsh domblklist", toggle<&VirshDisks::inactive>("--inactive"),
                    toggle<&VirshDisks::details>("--details"), operand<&VirshDisks::domain>("DOMAIN"));
  }
  bool operator==(const VirshDisks&) const = default;
};
void print(const World&, Name host, const VirshDisks&, Report&);

struct VirshDump {
  std::string domain;
  bool inactive = false;
  static constexpr Usage usage() {
    return usage_of("virsh dumpxml", toggle<&VirshDump::inactive>("--inactive"),
                    operand<&VirshDump::domain>("DOMAIN"));
  }
  bool operator==(const VirshDump&) const = default;
};
void print(const World&, Name host, const VirshDump&, Report&);

}  // namespace rehearse::reports
