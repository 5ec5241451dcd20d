#include "backends/reports/query.h"

#include "model/layer.h"

namespace rehearse::reports {

Mismatch parse(std::span<const std::string> words, Query& query) {
  return layer::parse(drbd::verb_first(words), query);
}
int claims(std::span<const std::string> words) { return layer::claims<Query>(drbd::verb_first(words)); }
Words render(const Query& query) { return layer::render(query); }
std::vector<Usage> query_usages() { return layer::usages<Query>(); }

void print(const World& world, Name host, const Query& query, Report& report) {
  query.visit([&](const auto& form) { print(world, host, form, report); });
}

}  // namespace rehearse::reports
