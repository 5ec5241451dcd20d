// What a rehearsal comes to, for people and for programs: plain text as it is played, JSON with all there is,
// JUnit for test reports, SARIF 2.1.0 for whoever shows findings beside the text they are about.
#pragma once

#include <iosfwd>
#include <span>

#include "scenarios/player.h"

namespace rehearse {

struct TextStyle {
  bool colour = false;
  bool terminal = false;  // a line that says nothing is overwritten by the next
  bool verbose = false;   // with what the commands print and the kernels log
};

/// Prints a rehearsal while it is played.
class TextReport {
 public:
  TextReport(std::ostream& out, TextStyle style) : out_(out), style_(style) {}
  void begin(const Runbook&);
  void step(const Result&);
  void end(const Rehearsal&);

 private:
  void clear_progress();
  void finding(const PlacedFinding&);
  void complaint(const Complaint&);
  void not_modelled(const Rehearsal&);
  void last_line(const Rehearsal&);
  std::string painted(const char* code, const std::string& text) const;

  std::ostream& out_;
  TextStyle style_;
  std::size_t steps_ = 0;
  std::size_t played_ = 0;
  std::string file_;
  bool progress_ = false;
};

std::string as_json(std::span<const Rehearsal>, std::string_view version);
std::string as_junit(std::span<const Rehearsal>);
std::string as_sarif(std::span<const Rehearsal>, std::span<const RulePage>, std::string_view version);

/// "trolls# lvs" of a command, the sentence of anything else; control characters shown as '?'.
std::string headline(const Result&);
std::string printable(std::string_view text);

}  // namespace rehearse
