// What a lab consists of; seen by the two files that are its inside.
#pragma once

#include "integration/lab/guest.h"
#include "integration/lab/lab.h"
#include "integration/lab/relay.h"
#include "integration/lab/template.h"

namespace rehearse {

// The guests end before their folder goes, and before others may have their places.
struct Lab::Parts {
  Parts(Places taken, RunFolder made) : places(std::move(taken)), folder(std::move(made)) {}

  LabGuest& guest(const std::string& name);
  /// The guest's disk; the guest may be down.
  std::variant<LabDisk*, LabFailure> disk(const std::string& guest, const std::string& name);
  /// Builds the nodes below the disk's raw node anew, after its faults have changed.
  static Done rebuild(LabGuest&, const LabDisk& before, LabDisk& disk);
  /// Makes the disk's raw node use what now stands below it; whatever waits in the disk goes on.
  static Done reopen(LabGuest&, const LabDisk&);
  /// Puts a relay into the link if anything is wrong on its way, and takes it out if not.
  Done join();
  /// Gives both ends their carrier back, with whatever is wrong on the way.
  Done mend_cable();

  Places places;
  RunFolder folder;
  std::vector<std::unique_ptr<LabGuest>> guests;
  bool link_is_cut = false;
  std::map<std::string, LinkWay> ways;  // of what each guest sends, by its name
  std::unique_ptr<LinkRelay> relay;
};

}  // namespace rehearse
