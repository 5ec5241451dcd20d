// Where steps are played. The model is one place, real hosts another; a script cannot tell them apart except
// by what they answer, and on the same script they must answer the same. The whole contract is in
// backends/README.md, and backends/conformance_suite.h holds every backend to it.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "backends/observation.h"
#include "model/step.h"

namespace rehearse {

/// How a step ended.
struct Outcome {
  enum class Verdict : std::uint8_t {
    done,
    refused,
    unknown,         // the connection broke half way: the effect may be there
    not_understood,  // nothing was played: this backend does not know the command, or not this option of it
  };
  Verdict verdict = Verdict::done;
  Refused why;       // of refused, where the words are in the table
  std::string what;  // of not_understood: the word or the syntax in question; of unknown: what broke
  Report report;
  bool operator==(const Outcome&) const = default;
  /// Nothing was played, for the sake of that word.
  static Outcome misses(std::string what) {
    Outcome outcome;
    outcome.verdict = Verdict::not_understood;
    outcome.what = std::move(what);
    return outcome;
  }
};

class Backend {
 public:
  virtual ~Backend() = default;
  /// Is the step of a kind that this backend can bring about?
  virtual bool can(const Step&) const = 0;
  /// Brings it about. A step that it cannot is not understood.
  virtual Outcome play(const Step&) = 0;
  /// What that host shows, or why it cannot be seen.
  virtual Observing observe(Name host) = 0;
  /// A command's words, with the lines that stand ready on its standard input: a question it asks is answered
  /// by them, and by what the end of the input means to it when they are used up.
  virtual Outcome run(Name host, std::span<const std::string> words, std::string_view input) = 0;
  /// A line as typed: words, quotes, pipes, redirections. `input` stands ready as for `run`.
  virtual Outcome run_line(Name host, std::string_view line, std::string_view input) = 0;
  Outcome run_line(Name host, std::string_view line) { return run_line(host, line, {}); }
};

}  // namespace rehearse
