// A terminal on the modelled machines: command lines are typed into it as the runbook shows them, and it
// follows logins by ssh from host to host. A line is played whole or not at all: if a part of it is not
// modelled, the world is as it was.
#pragma once

#include "backends/model_backend.h"
#include "scenarios/migrate/modelled.h"
#include "scenarios/player.h"
#include "scenarios/real_shell.h"
#include "scenarios/session.h"

namespace rehearse {

/// One step as it was played, for the judge.
struct Move {
  World before;
  World after;
  Step step;
  Refused refused;
  Report report;
};

class Terminal {
 public:
  Terminal(const World& world, const std::string& standin);
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  /// Plays the line; how it went goes into `result`.
  void type(const CommandLine&, Result& result);
  /// Something that is no command happens.
  void happen(const Step&, Result& result);
  /// The steps of the last line.
  const std::vector<Move>& moves() const { return moves_; }
  const World& world() const { return backend_.world(); }

  /// Where it stands, to come back to when a line was typed only to see what it would do.
  struct Mark {
    World world;
    Session session;
  };
  Mark mark() const { return {backend_.world(), session_}; }
  void back_to(Mark);

 private:
  void run_line(Name host, const std::string& text, int depth, Result&);
  void run_part(Name host, const Pipeline&, int depth, Result&);
  void run_program(Name host, const Words&, Result&);
  void ssh(const SshCall&, int depth, Result&);
  void run_in_shell(Name host, const std::string& text, int depth, Result&);
  std::optional<Report> serve(Name host, const Words&, const std::optional<std::string>& input, int depth,
                              Result&);

  ModelBackend backend_;
  migrate::Modelled programs_{backend_};  // xen-migrate and xen-drbd-auto
  Session session_;
  std::string input_;  // what stands ready to be read: a here-document, an answer
  std::vector<Move> moves_;
  std::optional<RealShell> shell_;  // for lines with more syntax than is read here
};

}  // namespace rehearse
