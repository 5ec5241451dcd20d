// The reader of recordings and of the list of known disagreements: any text is read, or answered by one error
// that names the file.
#include <cstdlib>

#include "fuzz/target.h"
#include "integration/recording.h"

using namespace rehearse;

namespace {

template <class Value>
void reads_or_says_where(const Input<Value>& read) {
  const auto* error = std::get_if<InputError>(&read);
  if (error && (error->what.empty() || error->file.empty())) std::abort();
}

}  // namespace

int FUZZ_TARGET(recording)(const std::uint8_t* data, std::size_t size) {
  reads_or_says_where(read_recording(text_of(data, size), "fuzz.rec"));
  reads_or_says_where(read_disagreements(text_of(data, size), "fuzz.txt"));
  return 0;
}
