#include "backends/observation.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

namespace rehearse {
namespace {

using seen::each_column;

std::string shown(const std::string& text) { return fmt::format("\"{}\"", text); }
std::string shown(const Identity& identity) { return fmt::format("\"{}\"", identity.text); }
std::string shown(bool value) { return value ? "yes" : "no"; }
std::string shown(std::uint64_t number) { return std::to_string(number); }
std::string shown(std::int64_t number) { return std::to_string(number); }
std::string shown(const std::optional<std::uint64_t>& number) {
  return number ? std::to_string(*number) : "none";
}
std::string shown(const std::vector<std::string>& texts) {
  return fmt::format("\"{}\"", fmt::join(texts, ", "));
}

// Collects sentences about two observations.
class Differing {
 public:
  Differing(std::string_view in_a, std::string_view in_b) : in_a_(in_a), in_b_(in_b) {}

  // Rows are matched by their keys; of several with one key the first with the first.
  template <class Row>
  void rows(const std::vector<Row>& a, const std::vector<Row>& b, const std::string& where) {
    const std::size_t before = sentences.size();
    std::vector<bool> matched(b.size(), false);
    for (const Row& row : a) {
      const std::string name = fmt::format("{}{} {}", where, Row::kind, row.key());
      std::size_t at = 0;
      while (at < b.size() && (matched[at] || b[at].key() != row.key())) ++at;
      if (at == b.size()) {
        sentences.push_back(fmt::format("{}: only {}", name, in_a_));
        continue;
      }
      matched[at] = true;
      columns(row, b[at], name);
    }
    for (std::size_t at = 0; at < b.size(); ++at) {
      if (!matched[at])
        sentences.push_back(fmt::format("{}{} {}: only {}", where, Row::kind, b[at].key(), in_b_));
    }
    if (sentences.size() == before && a != b) {
      sentences.push_back(fmt::format("{}{}s stand in another order", where, Row::kind));
    }
  }

  std::vector<std::string> sentences;

 private:
  template <class Row>
  void columns(const Row& a, const Row& b, const std::string& name) {
    each_column<Row>(
        [&](const auto& column) { value(a.*column.member, b.*column.member, name, column.name); });
  }

  template <class Value>
  void value(const Value& a, const Value& b, const std::string& name, std::string_view column) {
    if (a == b) return;
    if constexpr (requires { Value::value_type::columns(); }) {
      rows(a, b, name + ", ");
    } else {
      sentences.push_back(fmt::format("{}: {} {} {}, {} {}", name, column, shown(a), in_a_, shown(b), in_b_));
    }
  }

  std::string_view in_a_;
  std::string_view in_b_;
};

class Renaming {
 public:
  template <class Row>
  void operator()(std::vector<Row>& rows) {
    for (Row& row : rows) {
      each_column<Row>([&](const auto& column) { rename(row.*column.member); });
    }
  }

 private:
  void rename(Identity& identity) {
    if (identity.text.empty()) return;
    const auto [at, fresh] = names_.try_emplace(identity.text, std::to_string(names_.size() + 1));
    identity.text = at->second;
  }
  template <class Other>
  void rename(Other&) {}

  std::map<std::string, std::string> names_;
};

template <class Row>
void sort_by_key(std::vector<Row>& rows) {
  std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.key() < b.key(); });
}

}  // namespace

// Several physical volumes may be missing.
std::string seen::Pv::key() const {
  return path.starts_with('/') ? path : fmt::format("{} {} of {}", path, place, group);
}

void sort_rows(Observation& seen) {
  sort_by_key(seen.pvs);
  sort_by_key(seen.groups);
  sort_by_key(seen.volumes);
  sort_by_key(seen.mapped);
  sort_by_key(seen.devices);
  sort_by_key(seen.signatures);
  sort_by_key(seen.replicas);
}

Observation normalised(Observation seen) {
  sort_rows(seen);
  Renaming rename;
  each_column<Observation>([&](const auto& column) { rename(seen.*column.member); });
  for (seen::MappedDevice& device : seen.mapped) device.minor.reset();
  return seen;
}

std::vector<std::string> difference(const Observation& a, const Observation& b, std::string_view in_a,
                                    std::string_view in_b) {
  Differing differing(in_a, in_b);
  each_column<Observation>(
      [&](const auto& column) { differing.rows(a.*column.member, b.*column.member, ""); });
  return std::move(differing.sentences);
}

}  // namespace rehearse
