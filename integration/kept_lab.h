// Labs that are kept: guests under a name, which outlive the command that started them. A keeper, a process
// of its own, holds them and does what it is told over a socket, one thing after the other and each to its
// end, whatever becomes of who asked. So who comes after somebody that was killed finds nothing under way.
#pragma once

#include <memory>

#include "integration/lab/lab_script.h"
#include "model/world.h"

namespace rehearse {

struct KeptHost {
  std::string name;
  bool up = false;
};

class KeptLab : public std::enable_shared_from_this<KeptLab> {
 public:
  using Found = std::variant<std::shared_ptr<KeptLab>, LabFailure>;

  /// One that is up, or will be soon: waits until it answers.
  static Found reach(const std::string& name, const Say& say = {});
  /// Starts one whose hosts are made as the world has them. `program` is this one: it becomes the keeper.
  static Found start(const std::string& name, const World&, const Say& say, LabWith with = LabWith::tools,
                     const std::string& program = "/proc/self/exe");

  const std::string& name() const { return name_; }
  /// As they were when it was reached.
  const std::vector<KeptHost>& hosts() const { return hosts_; }
  bool has(const std::string& host) const;
  /// Reaches a host as long as the lab is kept.
  std::shared_ptr<Shell> shell(const std::string& host);
  Done inflict(const LabFault&, std::string* called = nullptr);

  ShellAnswer run(const std::string& host, const ShellCall&);

 private:
  KeptLab(std::string name, Handle socket) : name_(std::move(name)), socket_(std::move(socket)) {}
  std::optional<std::string> ask(const std::string& question, std::chrono::milliseconds patience);
  Done look(const Say& say);

  std::string name_;
  Handle socket_;
  std::vector<KeptHost> hosts_;
};

/// Letters, digits, dots, dashes and underscores; the lab's own guests are not such names.
bool is_lab_name(const std::string& name);
/// Is there a lab of this name, or one that is just being started?
bool is_kept(const std::string& name);
std::vector<std::string> kept_labs();
/// Ends it with its guests, whatever is under way there.
Done end_kept_lab(const std::string& name);

/// The keeper's life, until it is told to end; the exit status. The world is what `start` left for it.
int keep_lab(const std::string& name, LabWith with);

}  // namespace rehearse
