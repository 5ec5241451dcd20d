// A modelled machine behind a shell: what the model would say, said as a real machine says it, in bytes and
// an exit status. With it everything that talks to real machines is tested without one.
#pragma once

#include <memory>

#include "backends/model_backend.h"
#include "backends/shell.h"

namespace rehearse {

class ModelShell : public Shell {
 public:
  ModelShell(std::shared_ptr<ModelBackend> model, Name host) : model_(std::move(model)), host_(host) {}
  ShellAnswer run(const ShellCall&) override;
  std::string where() const override { return "model:" + host_.str(); }

 private:
  std::shared_ptr<ModelBackend> model_;
  Name host_;
};

/// What a report is on the two streams of a process.
struct Streams {
  std::string out;
  std::string err;
};
Streams streams_of(const Report&);

}  // namespace rehearse
