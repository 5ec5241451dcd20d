#include "model/op.h"

#include <algorithm>

namespace rehearse {
namespace {

template <class Layer>
bool try_layer(std::span<const std::string> line, Op& op, Mismatch& best) {
  Layer found;
  const Mismatch bad = parse(line, found);
  if (bad.kind == Mismatch::Kind::none) {
    op = std::move(found);
    best = bad;
    return true;
  }
  if (best.kind == Mismatch::Kind::other_command) best = bad;
  return false;
}

}  // namespace

Words plain_words(std::span<const std::string> words) {
  std::size_t first = 0;
  while (first + 1 < words.size() && (words[first] == "sudo" || words[first] == "lvm")) ++first;
  Words line(words.begin() + static_cast<std::ptrdiff_t>(std::min(first, words.size())), words.end());
  if (line.empty()) return line;
  for (const std::string_view folder : {"/usr/sbin/", "/usr/bin/", "/sbin/", "/bin/"}) {
    if (line[0].starts_with(folder)) {
      line[0].erase(0, folder.size());
      break;
    }
  }
  return line;
}

Mismatch parse(std::span<const std::string> words, Op& op) {
  const Words line = plain_words(words);
  Mismatch best{Mismatch::Kind::other_command, line.empty() ? "" : line[0]};
  try_layer<lvm::Op>(line, op, best) || try_layer<fs::Op>(line, op, best) ||
      try_layer<domain::Op>(line, op, best) || try_layer<net::Op>(line, op, best) ||
      try_layer<drbd::Op>(line, op, best) || try_layer<libvirt::Op>(line, op, best) ||
      try_layer<qemu::Op>(line, op, best);
  return best;
}

int claims(std::span<const std::string> words) {
  const Words line = plain_words(words);
  return lvm::claims(line) + fs::claims(line) + domain::claims(line) + net::claims(line) +
         drbd::claims(line) + libvirt::claims(line) + qemu::claims(line);
}

Words render(const Op& op) {
  return std::visit([](const auto& layer) { return render(layer); }, op);
}

std::vector<Usage> all_usages() {
  std::vector<Usage> all;
  for (const auto& some : {lvm::usages(), fs::usages(), domain::usages(), net::usages(), drbd::usages(),
                           libvirt::usages(), qemu::usages()}) {
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

Refused refuse(const World& world, Name host, const Op& op, Report& report) {
  return std::visit([&](const auto& layer) { return refuse(world, host, layer, report); }, op);
}

void apply(World& world, Name host, const Op& op, Report& report) {
  std::visit([&](const auto& layer) { apply(world, host, layer, report); }, op);
}

Op answered_yes(const Op& op) {
  return std::visit(
      []<class Layer>(const Layer& layer) -> Op {
        return layer.visit([&]<class Form>(const Form& form) {
          if constexpr (requires(Form any) { any.yes = true; }) {
            Form answered = form;
            answered.yes = true;
            return Layer(std::move(answered));
          } else {
            return layer;
          }
        });
      },
      op);
}

Refused perform(World& world, Name host, const Op& op, Report& report) {
  const Refused refused = refuse(world, host, op, report);
  if (!refused) {
    apply(world, host, op, report);
    return refused;
  }
  report.status = row_of(refused.why).status;
  report.err("{}", refused.words());
  return refused;
}

}  // namespace rehearse
