#include "model/usage.h"

#include <algorithm>
#include <charconv>

#include "model/text.h"

namespace rehearse {
namespace {

using Kind = Mismatch::Kind;

bool is_option(PartKind kind) {
  return kind == PartKind::flag || kind == PartKind::toggle || kind == PartKind::option ||
         kind == PartKind::maybe;
}
// What is not told by its place among the operands.
bool stands_apart(PartKind kind) {
  return is_option(kind) || kind == PartKind::keyed || kind == PartKind::others;
}
bool takes_value(PartKind kind) { return kind == PartKind::option || kind == PartKind::maybe; }
bool required(PartKind kind) {
  return kind == PartKind::flag || kind == PartKind::option || kind == PartKind::operand ||
         kind == PartKind::some;
}

bool spelled(const UsagePart& part, std::string_view word) {
  const auto spellings = split(part.spellings, ',');
  return std::find(spellings.begin(), spellings.end(), word) != spellings.end();
}

// How many words of the line name this command; 0 if they name another.
std::size_t command_words(const Usage& usage, std::span<const std::string> words) {
  for (std::string_view spelling : split(usage.command, ',')) {
    const auto names = split(spelling, ' ');
    if (words.size() >= names.size() && std::equal(names.begin(), names.end(), words.begin()))
      return names.size();
  }
  return 0;
}

class LineParser {
 public:
  LineParser(const Usage& usage, void* form) : usage_(usage), form_(form) {}

  Mismatch operator()(std::span<const std::string> words) {
    bool options_over = false;
    for (at_ = 0; at_ < words.size() && bad_.kind == Kind::none; ++at_) {
      const std::string& word = words[at_];
      if (options_over || word.size() < 2 || word[0] != '-') {
        operand(word);
      } else if (word == "--") {
        options_over = true;
      } else if (usage_.whole_words) {
        whole_option(word, words);
      } else if (word[1] == '-') {
        long_option(word, words);
      } else {
        short_options(word, words);
      }
    }
    if (bad_.kind == Kind::none) assign_operands();
    for (std::size_t i = 0; i < usage_.count && bad_.kind == Kind::none; ++i) {
      const UsagePart& part = usage_.parts[i];
      if (required(part.kind) && !seen_[i]) bad_ = {Kind::missing, std::string(part.spellings)};
    }
    return bad_;
  }

 private:
  const UsagePart* find(std::string_view spelling) const {
    for (const UsagePart& part : usage_.all()) {
      if (is_option(part.kind) && spelled(part, spelling)) return &part;
    }
    return nullptr;
  }

  void put(const UsagePart& part, std::string_view text, std::string_view word) {
    seen_[static_cast<std::size_t>(&part - usage_.parts.data())] = true;
    if (part.set && !part.set(form_, text)) bad_ = {Kind::bad_value, std::string(word)};
  }

  void long_option(const std::string& word, std::span<const std::string> words) {
    const std::size_t equals = word.find('=');
    const std::string name = word.substr(0, equals);
    const UsagePart* part = find(name);
    if (!part) {
      other_option(word, words);
    } else if (!takes_value(part->kind)) {
      if (equals != std::string::npos) {
        bad_ = {Kind::extra, word};
      } else {
        put(*part, "", word);
      }
    } else if (equals != std::string::npos) {
      put(*part, std::string_view(word).substr(equals + 1), word);
    } else {
      value_from_next(*part, name, words);
    }
  }

  void whole_option(const std::string& word, std::span<const std::string> words) {
    const UsagePart* part = find(word.starts_with("--") ? word.substr(1) : word);
    if (!part) {
      bad_ = {Kind::unknown_option, word};
    } else if (takes_value(part->kind)) {
      value_from_next(*part, word, words);
    } else {
      put(*part, "", word);
    }
  }

  // An option whose value is the next word is joined with it, which is how it is kept.
  void other_option(const std::string& word, std::span<const std::string> words) {
    for (const UsagePart& part : usage_.all()) {
      if (part.kind != PartKind::others) continue;
      if (part.set(form_, word)) return;
      const bool may_join = word.find('=') == std::string::npos && at_ + 1 < words.size();
      if (may_join && part.set(form_, word + "=" + words[at_ + 1])) {
        ++at_;
        return;
      }
    }
    bad_ = {Kind::unknown_option, word.substr(0, word.find('='))};
  }

  // "-fy", "-L10G", "-an": letters up to the first that takes a value, which is the rest or the next word. A
  // tool with one-dash words (swapon -show) has them as spellings of their own.
  void short_options(const std::string& word, std::span<const std::string> words) {
    if (const UsagePart* whole = find(word)) {
      if (takes_value(whole->kind)) {
        value_from_next(*whole, word, words);
      } else {
        put(*whole, "", word);
      }
      return;
    }
    for (std::size_t i = 1; i < word.size() && bad_.kind == Kind::none; ++i) {
      const std::string name = {'-', word[i]};
      const UsagePart* part = find(name);
      if (!part) {
        bad_ = {Kind::unknown_option, name};
      } else if (!takes_value(part->kind)) {
        put(*part, "", name);
      } else if (i + 1 < word.size()) {
        put(*part, std::string_view(word).substr(i + 1), word);
        return;
      } else {
        value_from_next(*part, name, words);
      }
    }
  }

  void value_from_next(const UsagePart& part, const std::string& name, std::span<const std::string> words) {
    if (at_ + 1 >= words.size()) {
      bad_ = {Kind::no_value, name};
    } else {
      ++at_;
      put(part, words[at_], name);
    }
  }

  void operand(const std::string& word) {
    const std::size_t equals = word.find('=');
    if (equals != std::string::npos) {
      for (const UsagePart& part : usage_.all()) {
        if (part.kind != PartKind::keyed || !spelled(part, std::string_view(word).substr(0, equals)))
          continue;
        put(part, std::string_view(word).substr(equals + 1), word);
        return;
      }
    }
    operands_.push_back(&word);
  }

  void assign_operands() {
    std::size_t needed = 0;  // by the parts still to come
    for (const UsagePart& part : usage_.all()) needed += part.kind == PartKind::operand;
    std::size_t next = 0;
    const auto left = [&] { return operands_.size() - next; };
    for (const UsagePart& part : usage_.all()) {
      if (stands_apart(part.kind)) continue;
      if (part.kind == PartKind::operand && needed > 0) --needed;
      const bool many = part.kind == PartKind::any || part.kind == PartKind::some;
      while (left() > 0 && (part.kind == PartKind::operand || left() > needed)) {
        put(part, *operands_[next], *operands_[next]);
        ++next;
        if (!many || bad_.kind != Kind::none) break;
      }
    }
    if (bad_.kind == Kind::none && left() > 0) bad_ = {Kind::extra, *operands_[next]};
  }

  const Usage& usage_;
  void* form_;
  std::size_t at_ = 0;
  Mismatch bad_;
  std::vector<const std::string*> operands_;
  std::array<bool, std::tuple_size_v<decltype(Usage::parts)>> seen_{};
};

template <class T>
bool read_number(std::string_view text, T& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

}  // namespace

bool read_value(std::string_view text, Name& value) {
  value = Name(text);
  return true;
}
bool read_value(std::string_view text, std::string& value) {
  value = text;
  return true;
}
bool read_value(std::string_view text, std::uint32_t& value) { return read_number(text, value); }
bool read_value(std::string_view text, std::uint64_t& value) { return read_number(text, value); }
bool read_value(std::string_view text, std::int32_t& value) { return read_number(text, value); }
std::string show_value(Name value) { return value.str(); }
std::string show_value(const std::string& value) { return value; }
std::string show_value(std::uint32_t value) { return std::to_string(value); }
std::string show_value(std::uint64_t value) { return std::to_string(value); }
std::string show_value(std::int32_t value) { return std::to_string(value); }

Mismatch parse(const Usage& usage, std::span<const std::string> words, void* form) {
  const std::size_t names = command_words(usage, words);
  if (names == 0) return {Kind::other_command, words.empty() ? "" : words[0]};
  return LineParser(usage, form)(words.subspan(names));
}

Words render(const Usage& usage, const void* form) {
  Words words;
  for (std::string_view name : split(split(usage.command, ',')[0], ' ')) words.emplace_back(name);
  const auto emit = [&](const UsagePart& part) {
    const std::string canonical(split(part.spellings, ',')[0]);
    if (part.kind == PartKind::flag) words.push_back(canonical);
    if (!part.get) return;
    std::vector<std::string> values;
    part.get(form, values);
    for (std::string& value : values) {
      if (part.kind == PartKind::keyed) {
        words.push_back(canonical + "=" + value);
        continue;
      }
      if (is_option(part.kind)) words.push_back(canonical);
      if (!is_option(part.kind) || takes_value(part.kind)) words.push_back(std::move(value));
    }
  };
  for (const UsagePart& part : usage.all()) {
    if (stands_apart(part.kind)) emit(part);
  }
  const std::size_t options = words.size();
  for (const UsagePart& part : usage.all()) {
    if (!stands_apart(part.kind)) emit(part);
  }
  // An operand that looks like an option is told apart as getopt has it.
  const bool odd = std::any_of(words.begin() + static_cast<std::ptrdiff_t>(options), words.end(),
                               [](const std::string& word) { return word.size() > 1 && word[0] == '-'; });
  if (odd) words.insert(words.begin() + static_cast<std::ptrdiff_t>(options), "--");
  return words;
}

std::string synopsis(const Usage& usage) {
  std::string text(split(usage.command, ',')[0]);
  for (const UsagePart& part : usage.all()) {
    const std::string name(split(part.spellings, ',')[0]);
    switch (part.kind) {
      case PartKind::flag:
        text += " " + name;
        break;
      case PartKind::toggle:
        text += " [" + name + "]";
        break;
      case PartKind::option:
        text += " " + name + " VALUE";
        break;
      case PartKind::maybe:
        text += " [" + name + " VALUE]";
        break;
      case PartKind::operand:
        text += " " + name;
        break;
      case PartKind::last:
        text += " [" + name + "]";
        break;
      case PartKind::any:
        text += " [" + name + "...]";
        break;
      case PartKind::some:
        text += " " + name + "...";
        break;
      case PartKind::keyed:
        text += " [" + name + "=VALUE]";
        break;
      case PartKind::others:
        text += " [" + name + "...]";
        break;
    }
  }
  return text;
}

}  // namespace rehearse
