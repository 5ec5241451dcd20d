// The published schema says what the reader takes: it is made from the same shapes, and an independent
// validator agrees with the reader on what they must agree on.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include "scenarios/world_doc.h"
#include "scenarios/world_file.h"

namespace rehearse {
namespace {

std::string text_of(const std::string& file) {
  std::ifstream in(std::string(REHEARSE_SCENARIOS) + "/" + file);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

bool valid(const std::string& text) {
  using Adapter = valijson::adapters::NlohmannJsonAdapter;
  static const auto schema = [] {
    auto made = std::make_unique<valijson::Schema>();
    const nlohmann::json json = nlohmann::json::parse(text_of("world.schema.json"));
    valijson::SchemaParser(valijson::SchemaParser::kDraft7).populateSchema(Adapter(json), *made);
    return made;
  }();
  const nlohmann::json json = nlohmann::json::parse(text);
  valijson::Validator validator;
  return validator.validate(*schema, Adapter(json), nullptr);
}

bool readable(const std::string& text) { return std::holds_alternative<World>(read_world(text, "w.json")); }

TEST(WorldSchema, is_the_one_that_is_published) {
  EXPECT_EQ(text_of("world.schema.json"), shape::world_schema()) << "print it anew with write_world_schema";
}

TEST(WorldSchema, agrees_with_the_reader_on_what_is_right_and_wrong) {
  const std::pair<bool, std::string> cases[] = {
      {true, R"({"rehearse_world": 1})"},
      {true,
       R"({"rehearse_world": 1,
           "hosts": {"a": {"memory": 4096, "files": {"/x": "t", "/y": {"size": "1M"}}}}})"},
      {false, R"({})"},
      {false, R"({"rehearse_world": 2})"},
      {false, R"({"rehearse_world": 1, "host": {}})"},
      {false, R"({"rehearse_world": 1, "hosts": {"a": {"ram": "1G"}}})"},
      {false, R"({"rehearse_world": 1, "hosts": {"a": {"memory": "much"}}})"},
      {false, R"({"rehearse_world": 1, "hosts": {"a": {"memory": -1}}})"},
      {false, R"({"rehearse_world": 1, "hosts": {"a": {"disks": {"sda": {}}}}})"},
      {false, R"({"rehearse_world": 1, "hosts": {"a": {"disks": {"sda": {"size": "1G", "raw": 1}}}}})"},
      {false, R"({"rehearse_world": 1, "hosts": {"a": {"files": {"/x": {"mode": 7}}}}})"},
      {false, R"({"rehearse_world": 1, "hosts": {"a": {"files": {"/x": {"format": "mailman"}}}}})"},
      {false, R"({"rehearse_world": 1, "hosts": {"a": {"lvm": {"g": {"volumes": {}}}}}})"},
      {false, R"({"rehearse_world": 1, "hosts": {"a": {"domains": "x.cfg"}}})"},
      {false, R"({"rehearse_world": 1, "exact": {"disks": {}}})"},
      {false, R"({"rehearse_world": 1, "exact": {"media": {"m": {"size": 8, "runs": [{"first": 0}]}}}})"},
      {false, R"({"rehearse_world": 1, "exact": {"blocks": [{"sectors": 1, "value": {"inode": {}}}]}})"},
  };
  for (const auto& [good, text] : cases) {
    EXPECT_EQ(valid(text), good) << text;
    EXPECT_EQ(readable(text), good) << text;
  }
}

// Each definition in turn gets a key that it does not know: the reader must not know it either.
TEST(WorldSchema, closes_every_object_that_the_reader_closes) {
  const nlohmann::json schema = nlohmann::json::parse(text_of("world.schema.json"));
  for (const auto& [name, definition] : schema["definitions"].items()) {
    if (definition.value("type", nlohmann::json()) != "object") continue;
    EXPECT_EQ(definition["additionalProperties"], false) << name;
  }
}

TEST(WorldSchema, holds_for_what_the_writer_writes) {
  World world;
  add_host(world, "alpha", {{"vda", kMiB}});
  EXPECT_TRUE(valid(write_world(world)));
}

}  // namespace
}  // namespace rehearse
