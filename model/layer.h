// What follows for every layer from its list of operations: parsing, rendering, refusing and applying any of
// them. Included by each layer's ops.cc alone; everyone else sees the four functions declared in its ops.h.
#pragma once

#include "model/refusal.h"
#include "model/report.h"
#include "model/usage.h"
#include "model/world.h"

namespace rehearse::layer {

template <class Op, std::size_t I>
using FormOf = typename Op::template Type<I>;

/// Where a mismatch stands among those of several forms: the further a form got, the better it explains.
inline int closeness(const Mismatch& bad) { return static_cast<int>(bad.kind); }

/// The first word of the line that is the option of a mismatch.
inline std::size_t place_of(const Mismatch& bad, std::span<const std::string> words) {
  std::size_t at = 0;
  while (at < words.size() && !words[at].starts_with(bad.word)) ++at;
  return at;
}

template <class Op, std::size_t I = 0>
Mismatch parse(std::span<const std::string> words, Op& op) {
  if constexpr (I == Op::kTypes) {
    return {Mismatch::Kind::other_command, words.empty() ? "" : words[0]};
  } else {
    using Form = FormOf<Op, I>;
    Form form{};
    static constexpr Usage usage = Form::usage();
    const Mismatch bad = rehearse::parse(usage, words, &form);
    if (bad.kind == Mismatch::Kind::none) {
      op = std::move(form);
      return bad;
    }
    const Mismatch later = parse<Op, I + 1>(words, op);
    if (later.kind == Mismatch::Kind::none || bad.kind == Mismatch::Kind::other_command) return later;
    if (later.kind == Mismatch::Kind::other_command) return bad;
    // An option unknown to one form only says that another form is meant.
    const bool bad_unknown = bad.kind == Mismatch::Kind::unknown_option;
    const bool later_unknown = later.kind == Mismatch::Kind::unknown_option;
    if (bad_unknown != later_unknown) return bad_unknown ? later : bad;
    // So does an option that comes before the one that the other form does not know.
    if (bad_unknown) return place_of(bad, words) >= place_of(later, words) ? bad : later;
    return closeness(bad) >= closeness(later) ? bad : later;
  }
}

/// How many forms claim the line; the laws ask for exactly one.
template <class Op>
int claims(std::span<const std::string> words) {
  return []<std::size_t... I>(std::span<const std::string> line, std::index_sequence<I...>) {
    const auto claims_it = [&]<class Form>(Form form) {
      static constexpr Usage usage = Form::usage();
      return rehearse::parse(usage, line, &form).kind == Mismatch::Kind::none ? 1 : 0;
    };
    return (claims_it(FormOf<Op, I>{}) + ... + 0);
  }
  (words, std::make_index_sequence<Op::kTypes>());
}

template <class Op>
Words render(const Op& op) {
  return op.visit([]<class Form>(const Form& form) {
    static constexpr Usage usage = Form::usage();
    return rehearse::render(usage, &form);
  });
}

template <class Op>
std::vector<Usage> usages() {
  return []<std::size_t... I>(std::index_sequence<I...>) {
    return std::vector<Usage>{FormOf<Op, I>::usage()...};
  }
  (std::make_index_sequence<Op::kTypes>());
}

}  // namespace rehearse::layer
