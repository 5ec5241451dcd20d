// Stands in the link between two guests when it is to be slow. Each guest sends its packets to a socket that
// it finds by name; the relay takes that name over and hands on what comes, late and no faster than it may.
// Guests notice nothing but the pace, neither when it comes nor when it goes.
#pragma once

#include <chrono>
#include <memory>
#include <thread>

#include "integration/lab/process.h"
#include "model/units.h"

namespace rehearse {

struct LinkPace {
  std::chrono::milliseconds delay{0};
  Bytes rate = 0;  // in a second and in each direction; 0: any
  bool operator==(const LinkPace&) const = default;
};

class LinkRelay {
 public:
  /// `folder` has the guests' ends of the link, NAME.link.
  static std::variant<std::unique_ptr<LinkRelay>, LabFailure> start(const std::filesystem::path& folder,
                                                                    const std::string& one,
                                                                    const std::string& other, LinkPace);
  /// Gives the guests their ends back. What is still on its way is lost, as in a cable that is changed.
  ~LinkRelay();
  LinkRelay(const LinkRelay&) = delete;
  LinkRelay& operator=(const LinkRelay&) = delete;

 private:
  struct Way;  // one direction
  LinkRelay();
  void serve() const;

  std::filesystem::path folder_;
  LinkPace pace_;
  std::vector<std::unique_ptr<Way>> ways_;
  Handle stop_;  // its other end is read by the thread
  Handle stopped_;
  std::thread thread_;
};

}  // namespace rehearse
