// Which refusal a real tool meant, found by the words it said: the refusal table read backwards. The model
// goes from the code to the words, a real backend from the words to the code, through the same rows.
#pragma once

#include <string_view>
#include <vector>

#include "model/refusal.h"

namespace rehearse {

/// The row with this exit status whose words are said on standard error, other lines before and behind them;
/// of several the one that explains most. The details are the texts that stand in the words.
Refused find_refusal(int status, std::string_view standard_error);

/// All refusals that are said: a command on several objects complains of each. No line is read for two of
/// them.
std::vector<Refusal> refusals_said(int status, std::string_view standard_error);

/// The same to whoever reads the words: a few rows differ in nothing but their names.
bool alike(Refusal, Refusal);

}  // namespace rehearse
