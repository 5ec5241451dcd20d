// A world's hosts on guests of the lab, while these run: their shells, and what can be done to them without a
// command. The root of a host lies on a disk, that of a guest in its memory, so it is handed on over a loss
// of power. One stage belongs to one thread.
#pragma once

#include <map>

#include "integration/lab/lab_script.h"
#include "integration/making.h"

namespace rehearse {

class LabStage {
 public:
  /// Makes the world on clean guests, as far as it can be. `say` hears what takes time.
  static std::variant<std::shared_ptr<LabStage>, LabFailure> start(const Making&, const Say& say,
                                                                   LabWith with = LabWith::tools);

  std::vector<std::string> hosts() const;
  bool has(const std::string& host) const { return guests_.contains(host); }
  Shell& shell(const std::string& host) { return lab_->shell(guests_.at(host)); }
  bool is_up(const std::string& host) { return lab_->is_up(guests_.at(host)); }
  /// The fault names a host where those of scripts name a guest. `called` is what a plugged disk is now
  /// called.
  Done inflict(const LabFault&, std::string* called = nullptr);

 private:
  LabStage(std::unique_ptr<Lab> lab, const Making&);
  Done make(const HostMaking&);
  Done must(const std::string& host, const std::string& line);
  Done take_addresses(const std::string& host);
  Done power_off(const std::string& host);
  Done power_on(const std::string& host);

  std::unique_ptr<Lab> lab_;
  std::map<std::string, std::string> guests_;  // by host
  std::map<std::string, std::string> kept_;    // the roots of hosts without power
  std::map<std::string, std::vector<Name>> addresses_;
};

}  // namespace rehearse
