#include "scenarios/json_text.h"

#include <algorithm>
#include <unordered_set>

#include "scenarios/phrase.h"
#include "scenarios/shape.h"

namespace rehearse {
namespace {

using Json = nlohmann::ordered_json;

// nlohmann's own reader of documents takes the last of two equal keys; this one says where the second stands.
class Builder : public nlohmann::json_sax<Json> {
 public:
  explicit Builder(const std::string& file) { error_.file = file; }

  bool null() override { return add(nullptr); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(number_integer_t value) override { return add(value); }
  bool number_unsigned(number_unsigned_t value) override { return add(value); }
  bool number_float(number_float_t value, const string_t&) override { return add(value); }
  bool string(string_t& value) override { return add(std::move(value)); }
  bool binary(binary_t&) override { return false; }
  bool key(string_t& name) override {
    if (!open_.back().keys.insert(name).second)
      return fail("the key " + quote_word(name) + " is given twice");
    open_.back().key = std::move(name);
    return true;
  }
  bool start_object(std::size_t) override { return start(Json::object()); }
  bool start_array(std::size_t) override { return start(Json::array()); }
  bool end_object() override { return end(); }
  bool end_array() override { return end(); }
  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::json::exception& error) override {
    std::string text = error.what();
    if (const auto at = text.find("syntax error"); at != std::string::npos) text.erase(0, at);
    if (const auto at = text.find("; last read"); at != std::string::npos) {
      const auto expected = text.find("; expected", at);
      text.erase(at, expected == std::string::npos ? expected : expected - at);
    }
    if (const auto at = text.find("] "); at != std::string::npos && text.starts_with("["))
      text.erase(0, at + 2);
    position_ = position;
    return fail("not JSON: " + text.substr(0, 200));
  }

  Json& root() { return root_; }
  InputError error_;
  std::size_t position_ = 0;  // of a syntax error, from 1

 private:
  struct Open {
    Json value;
    std::string key;
    std::unordered_set<std::string> keys;
  };

  bool fail(std::string what) {
    if (!error_.what.empty()) return false;
    error_.what = std::move(what);
    std::vector<std::string> path;
    for (const Open& open : open_) {
      path.push_back(open.value.is_array() ? std::to_string(open.value.size()) : open.key);
    }
    if (!path.empty() && position_ == 0) path.pop_back();
    if (position_ == 0) error_.pointer = shape::pointer_text(path);
    return false;
  }
  bool start(Json empty) {
    if (open_.size() >= kDeepestJson) return fail("nested too deeply, expected at most 64 levels");
    open_.push_back({std::move(empty), {}, {}});
    return true;
  }
  bool end() {
    Json done = std::move(open_.back().value);
    open_.pop_back();
    return add(std::move(done));
  }
  bool add(Json value) {
    if (open_.empty()) {
      root_ = std::move(value);
      return true;
    }
    Open& open = open_.back();
    if (open.value.is_array()) {
      open.value.push_back(std::move(value));
    } else {  // known to be new: not looked for again, which would take a time that grows with the square
      auto& rows =
          static_cast<std::vector<Json::object_t::value_type>&>(open.value.get_ref<Json::object_t&>());
      rows.emplace_back(std::move(open.key), std::move(value));
    }
    return true;
  }

  Json root_;
  std::vector<Open> open_;
};

}  // namespace

Input<nlohmann::ordered_json> read_json(std::string_view text, const std::string& file) {
  Builder builder(file);
  if (Json::sax_parse(text, &builder)) return std::move(builder.root());
  if (const std::size_t position = builder.position_; position > 0) {
    const std::string_view before = text.substr(0, std::min(position - 1, text.size()));
    builder.error_.line = 1 + static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
    const std::size_t newline = before.rfind('\n');
    builder.error_.column = before.size() - (newline == std::string_view::npos ? 0 : newline + 1) + 1;
  }
  return builder.error_;
}

}  // namespace rehearse
