// The command line parser: any words are understood or answered by a mismatch that names one of them, and
// what is understood renders to a line that means the same.
#include <cstdlib>
#include <utility>

#include "fuzz/target.h"
#include "model/op.h"

using namespace rehearse;

int FUZZ_TARGET(command)(const std::uint8_t* data, std::size_t size) {
  Words words;
  std::string word;
  for (const char c : text_of(data, size)) {
    if (c == ' ' || c == '\n') {
      words.push_back(std::exchange(word, {}));
    } else {
      word += c;
    }
  }
  words.push_back(word);
  Op op;
  if (parse(words, op).kind != Mismatch::Kind::none) return 0;
  Op again;
  const Words canonical = render(op);
  if (parse(canonical, again).kind != Mismatch::Kind::none || !(again == op)) std::abort();
  return 0;
}
