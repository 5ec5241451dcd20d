// What `>`, `>>`, `<` and `2>&1` do to a command on a modelled host: streams joined, dropped, and small files
// written and read, with the shell's own words where they cannot be.
#pragma once

#include "backends/shell_line.h"
#include "model/report.h"
#include "model/world.h"

namespace rehearse {

class Redirected {
 public:
  Redirected(Name host, const std::vector<Redirection>& redirections) : host_(host), all_(redirections) {}

  /// Opens the files, as the shell does before it runs the command. `input` becomes what `<` names. False if
  /// the command is not run: `report` says why, or `odd` names what is not modelled.
  bool open(World&, Report& report, std::string& odd, std::optional<std::string>& input);
  /// Sends what the command said where it belongs.
  void close(World&, Report& report) const;
  /// The last one that names a file to be written, or null.
  const Redirection* written() const;

 private:
  Name host_;
  const std::vector<Redirection>& all_;
};

}  // namespace rehearse
