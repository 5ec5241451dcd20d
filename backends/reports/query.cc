#include "backends/reports/query.h"

#include "model/layer.h"
#include "model/libvirt/ops.h"

namespace rehearse::reports {
namespace {

Words put_in_order(std::span<const std::string> words) {
  return libvirt::without_connection(drbd::verb_first(words));
}

}  // namespace

Mismatch parse(std::span<const std::string> words, Query& query) {
  return layer::parse(put_in_order(words), query);
}
int claims(std::span<const std::string> words) { return layer::claims<Query>(put_in_order(words)); }
Words render(const Query& query) { return layer::render(query); }
std::vector<Usage> query_usages() { return layer::usages<Query>(); }

void print(const World& world, Name host, const Query& query, Report& report) {
  query.visit([&](const auto& form) { print(world, host, form, report); });
}

}  // namespace rehearse::reports
