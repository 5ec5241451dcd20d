// xen-migrate and xen-drbd-auto on modelled hosts: the procedures with shells that play every inner command
// on the model, so that it is watched and judged like one that a person types. A host reaches another as ssh
// would: by the names it knows, over the network as it is. Background tasks are files below /run, which a
// boot empties; they look again when time passes.
#pragma once

#include <functional>
#include <memory>

#include "backends/model_backend.h"
#include "scenarios/migrate/drbd_auto.h"
#include "scenarios/migrate/procedures.h"

namespace rehearse::migrate {

class Modelled {
 public:
  /// Puts a shell around one that a program on the host `from` has, to disturb it.
  using Around = std::function<std::shared_ptr<Shell>(Name from, std::shared_ptr<Shell>)>;
  explicit Modelled(ModelBackend& model, Around around = {}) : model_(&model), around_(std::move(around)) {}

  /// Is this one of the two programs?
  static bool knows(std::span<const std::string> words);
  /// Runs it on that host. What in it is not modelled is named by `odd`.
  Report run(Name host, std::span<const std::string> words, std::string& odd);
  /// After a step: what a boot starts, and what the time that passed lets look again.
  void after(const Step&, Report&);

  Reach reach(Name host);
  Tasks tasks(Name host);
  /// A shell on the host that `name` means to `from`.
  std::shared_ptr<Shell> shell(Name from, const std::string& name);

 private:
  void look(Name host, const std::string& name, Report*);
  ShellAnswer ask(Name from, const std::string& host, const std::string& request);

  ModelBackend* model_;
  Around around_;
  std::string odd_;
};

}  // namespace rehearse::migrate
