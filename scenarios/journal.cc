#include "scenarios/journal.h"

#include <algorithm>

#include "scenarios/json_text.h"
#include "scenarios/shape.h"

namespace rehearse {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kEnds[] = {"done", "skipped", "differs", "unknown", "not_run", "found_done"};

Json as_json(const Sights& sights) {
  Json all = Json::object();
  for (const auto& [host, sight] : sights) all[host.str()] = rehearse::as_json(sight);
  return all;
}

std::string line_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

// Reads the members of one line; the first that is wrong is kept.
class Members {
 public:
  explicit Members(const Json& json) : json_(json) {}

  void text(const char* key, std::string& into) {
    if (const Json* at = member(key); at && at->is_string()) {
      into = at->get<std::string>();
    } else {
      wrong(key, "a text");
    }
  }
  template <class Number>
  void number(const char* key, Number& into) {
    const Json* at = member(key);
    if (at && at->is_number_unsigned() && at->get<std::uint64_t>() <= 0x7fffffff) {
      into = static_cast<Number>(at->get<std::uint64_t>());
    } else {
      wrong(key, "a whole number");
    }
  }
  void texts(const char* key, std::vector<std::string>& into) {
    const Json* at = member(key);
    const auto is_text = [](const Json& row) { return row.is_string(); };
    if (at && at->is_array() && std::all_of(at->begin(), at->end(), is_text)) {
      into = at->get<std::vector<std::string>>();
    } else {
      wrong(key, "a list of texts");
    }
  }
  void sights(const char* key, Sights& into) {
    const Json* at = member(key);
    if (!at || !at->is_object()) return wrong(key, "an object");
    for (const auto& [host, sight] : at->items()) {
      if (!from_json(sight, into[host])) wrong(key, "what hosts show");
    }
  }
  void end(const char* key, StepEnd& into) {
    std::string name;
    text(key, name);
    const auto at = std::find(std::begin(kEnds), std::end(kEnds), name);
    if (at == std::end(kEnds)) return wrong(key, "how a step ends");
    into = static_cast<StepEnd>(at - std::begin(kEnds));
  }
  void hex(const char* key, std::uint64_t& into) {
    std::string digits;
    text(key, digits);
    const auto number = shape::read_hex(digits);
    if (!number) return wrong(key, "a number such as \"0x1f\"");
    into = *number;
  }

  void wrong(const std::string& key, const std::string& wanted) {
    if (why.empty()) why = "expected \"" + key + "\" to be " + wanted;
  }
  std::string why;

 private:
  const Json* member(const char* key) const {
    const auto at = json_.find(key);
    return at == json_.end() ? nullptr : &*at;
  }
  const Json& json_;
};

std::string read_entry(const Json& json, JournalEntry& into) {
  Members line(json);
  if (json.contains("begins")) {
    StepBegins row;
    line.number("begins", row.step);
    line.number("line", row.line);
    line.text("host", row.host);
    line.text("text", row.text);
    into = std::move(row);
  } else if (json.contains("ends")) {
    StepEnds row;
    line.number("ends", row.step);
    line.end("how", row.how);
    line.text("refusal", row.refusal);
    line.number("status", row.status);
    line.texts("out", row.out);
    line.texts("err", row.err);
    line.text("why", row.why);
    line.sights("seen", row.seen);
    into = std::move(row);
  } else if (json.contains("closed")) {
    Closed row;
    line.text("closed", row.why);
    into = std::move(row);
  } else {
    return "expected \"begins\", \"ends\" or \"closed\"";
  }
  return line.why;
}

std::string read_head(const Json& json, JournalHead& head) {
  const auto version = json.find("rehearse_journal");
  if (version == json.end() || *version != 1) return "expected \"rehearse_journal\": 1";
  Members line(json);
  line.text("runbook", head.runbook);
  line.hex("digest", head.digest);
  line.text("target", head.target);
  line.sights("seen", head.seen);
  return line.why;
}

}  // namespace

std::string_view name_of(StepEnd end) { return kEnds[static_cast<std::size_t>(end)]; }

std::string write_head(const JournalHead& head) {
  return line_of({{"rehearse_journal", 1},
                  {"runbook", head.runbook},
                  {"digest", shape::write_hex(head.digest)},
                  {"target", head.target},
                  {"seen", as_json(head.seen)}});
}

std::string write_entry(const JournalEntry& entry) {
  if (const auto* row = std::get_if<StepBegins>(&entry)) {
    return line_of({{"begins", row->step}, {"line", row->line}, {"host", row->host}, {"text", row->text}});
  }
  if (const auto* row = std::get_if<StepEnds>(&entry)) {
    return line_of({{"ends", row->step},
                    {"how", name_of(row->how)},
                    {"refusal", row->refusal},
                    {"status", row->status},
                    {"out", row->out},
                    {"err", row->err},
                    {"why", row->why},
                    {"seen", as_json(row->seen)}});
  }
  return line_of({{"closed", std::get<Closed>(entry).why}});
}

Input<JournalText> read_journal(std::string_view text, const std::string& file) {
  JournalText journal;
  std::size_t number = 0;
  for (std::size_t at = 0, end; (end = text.find('\n', at)) != std::string_view::npos; at = end + 1) {
    ++number;
    auto json = read_json(text.substr(at, end - at), file);
    if (auto* error = std::get_if<InputError>(&json)) return InputError{file, number, 0, "", error->what};
    const auto& row = std::get<Json>(json);
    if (!row.is_object()) return InputError{file, number, 0, "", "expected an object"};
    const std::string why =
        number == 1 ? read_head(row, journal.head) : read_entry(row, journal.entries.emplace_back());
    if (!why.empty()) return InputError{file, number, 0, "", why};
    journal.whole = end + 1;
  }
  if (number == 0) return InputError{file, 0, 0, "", "expected the journal of a run"};
  return journal;
}

JournalState state_of(const JournalText& journal) {
  JournalState state;
  state.seen = journal.head.seen;
  for (const JournalEntry& entry : journal.entries) {
    state.finished = false;
    if (const auto* begins = std::get_if<StepBegins>(&entry)) state.under_way = *begins;
    if (const auto* closed = std::get_if<Closed>(&entry)) state.finished = closed->why == "done";
    const auto* ends = std::get_if<StepEnds>(&entry);
    if (!ends) continue;
    for (const auto& [host, sight] : ends->seen) state.seen[host] = sight;
    if (ends->how == StepEnd::unknown) continue;
    if (ends->how != StepEnd::not_run) state.ended[ends->step] = *ends;
    state.under_way.reset();
  }
  return state;
}

}  // namespace rehearse
