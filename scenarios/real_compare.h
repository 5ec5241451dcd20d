// A prediction held against what came: when the two count as the same, and how they are shown side by side.
#pragma once

#include "backends/backend.h"
#include "scenarios/real_player.h"
#include "scenarios/typed.h"

namespace rehearse {

Ending ending_of(const Result&);
Ending ending_of(const Outcome&);

/// Status, refusal and what a monitor answered are those that were predicted. Of a line with several parts
/// only the status is one.
bool agree(const Ending& predicted, const Ending& real, bool single);

/// Can the backend run this line? One with more in it than one command that is understood shows by itself.
bool can_run(const Backend&, const Typed&);
/// What the target does not have of that which a sentence tells of; empty: it has it all.
std::string why_unseen(const Assertion&, const World&, const Backend&, const std::set<Name>& hosts,
                       const std::string& target);

/// Both, with what they printed.
std::vector<std::string> side_by_side(const Ending& predicted, const Ending& real);
/// What differs on a host, under a heading.
std::vector<std::string> headed(const std::string& about, std::vector<std::string> difference);

/// What the runbook said of this item and is not so.
std::vector<Complaint> complaints_of(const Item&, const Ending& real);

}  // namespace rehearse
