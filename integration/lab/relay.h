// Stands in the link between two guests when something is wrong with it on the way. Each guest sends its
// packets to a socket that it finds by name; the relay takes that name over and hands on what comes, late, no
// faster than it may, or not at all. Guests notice nothing else, neither when it comes nor when it goes.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <thread>

#include "integration/lab/link_way.h"
#include "integration/lab/process.h"

namespace rehearse {

class LinkRelay {
 public:
  /// `folder` has the guests' ends of the link, NAME.link; `ways` are of what each guest sends, by its name.
  static std::variant<std::unique_ptr<LinkRelay>, LabFailure> start(
      const std::filesystem::path& folder, const std::map<std::string, LinkWay>& ways);
  /// Gives the guests their ends back. What is still on its way is lost, as in a cable that is changed.
  ~LinkRelay();
  LinkRelay(const LinkRelay&) = delete;
  LinkRelay& operator=(const LinkRelay&) = delete;

 private:
  struct Way;  // one direction
  LinkRelay();
  void serve() const;

  std::filesystem::path folder_;
  std::vector<std::unique_ptr<Way>> ways_;
  Handle stop_;  // its other end is read by the thread
  Handle stopped_;
  std::thread thread_;
};

}  // namespace rehearse
