// The journal of a real run: any text is one error, or a journal that survives being written and read again.
#include <cstdlib>

#include "fuzz/target.h"
#include "scenarios/journal.h"

using namespace rehearse;

int FUZZ_TARGET(journal)(const std::uint8_t* data, std::size_t size) {
  const Input<JournalText> read = read_journal(text_of(data, size), "fuzz.journal");
  if (const auto* error = std::get_if<InputError>(&read)) {
    if (error->what.empty() || error->file.empty()) std::abort();
    return 0;
  }
  const auto& journal = std::get<JournalText>(read);
  if (journal.whole > size) std::abort();
  state_of(journal);
  std::string text = write_head(journal.head);
  for (const JournalEntry& entry : journal.entries) text += write_entry(entry);
  const Input<JournalText> again = read_journal(text, "again.journal");
  const auto* same = std::get_if<JournalText>(&again);
  if (!same || !(same->head == journal.head) || same->entries != journal.entries) std::abort();
  return 0;
}
