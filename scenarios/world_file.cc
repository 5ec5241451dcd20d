#include "scenarios/world_file.h"

#include <algorithm>
#include <filesystem>

#include "scenarios/json_text.h"
#include "scenarios/runbook.h"
#include "scenarios/world_build.h"
#include "scenarios/world_doc.h"
#include "scenarios/world_sound.h"

namespace rehearse {
namespace {

using shape::WorldDoc;

InputError trouble(const std::string& file, const shape::Reading& in) {
  InputError error;
  error.file = file;
  error.pointer = in.pointer;
  error.what = in.what;
  return error;
}

// Reads a file and those that it includes; the hosts of an included file come first.
class Gatherer {
 public:
  std::optional<InputError> add(std::string_view text, const std::string& file) {
    auto json = read_json(text, file);
    if (auto* error = std::get_if<InputError>(&json)) return *error;
    WorldDoc doc;
    shape::Reading in;
    if (!get(in, std::get<shape::Json>(json), doc)) return trouble(file, in);
    open_.push_back(plain(file));
    for (std::size_t i = 0; i < doc.include.size(); ++i) {
      if (auto error = include(doc.include[i], file, i)) return error;
    }
    open_.pop_back();
    for (auto& [name, host] : doc.hosts) {
      if (name.empty()) return InputError{file, 0, 0, "/hosts", "expected a host to have a name"};
      for (const auto& known : hosts_) {
        if (known.name != name) continue;
        return InputError{file, 0, 0, shape::pointer_text({"hosts", name}),
                          "the host " + quote_word(name) + " is described in " + known.file + " already"};
      }
      hosts_.push_back({name, file, std::move(host)});
    }
    if (doc.exact) exact_ = std::move(doc.exact);
    return std::nullopt;
  }

  std::vector<WrittenHost> hosts_;
  std::optional<shape::ExactDoc> exact_;

 private:
  static std::string plain(const std::string& file) {
    return std::filesystem::path(file).lexically_normal().string();
  }

  std::optional<InputError> include(const std::string& name, const std::string& from, std::size_t number) {
    const InputError here{from, 0, 0, shape::pointer_text({"include", std::to_string(number)}), ""};
    const std::string file = plain((std::filesystem::path(from).parent_path() / name).string());
    if (std::find(open_.begin(), open_.end(), file) != open_.end()) {
      InputError error = here;
      error.what = quote_word(name) + " includes itself";
      return error;
    }
    if (open_.size() > 16) {
      InputError error = here;
      error.what = "too many files that include each other, expected at most 16";
      return error;
    }
    if (std::find(done_.begin(), done_.end(), file) != done_.end())
      return std::nullopt;  // two ways to one file
    done_.push_back(file);
    auto text = load_file(file);
    if (auto* failed = std::get_if<InputError>(&text)) {
      InputError error = here;
      error.what = "cannot include " + quote_word(file) + ": " + failed->what;
      return error;
    }
    auto error = add(std::get<std::string>(text), file);
    if (!error && exact_) {
      error = here;
      error->what = quote_word(name) + " is an exact world, which cannot be included";
    }
    return error;
  }

  std::vector<std::string> open_;
  std::vector<std::string> done_;
};

shape::MediumRow row_of(const Medium& medium) {
  shape::MediumRow row{medium.size, medium.contents.runs(), {}};
  if (medium.flushed) row.flushed = medium.flushed->runs();
  return row;
}

World exactly(shape::ExactDoc doc) {
  World world;
  world.hosts = std::move(doc.hosts);
  world.ledger = std::move(doc.ledger);
  world.links = std::move(doc.links);
  doc.media.for_each([&](Name name, const shape::MediumRow& row) {
    Medium medium;
    medium.size = row.size;
    medium.contents.write(row.runs);
    if (row.flushed) medium.flushed.emplace().write(*row.flushed);
    world.media.put(name, std::move(medium));
  });
  return world;
}

}  // namespace

Input<World> read_world(std::string_view text, const std::string& file) {
  Gatherer gatherer;
  if (auto error = gatherer.add(text, file)) return *error;
  if (!gatherer.exact_) return build_world(gatherer.hosts_);
  if (auto bad = unsound(*gatherer.exact_)) return InputError{file, 0, 0, bad->pointer, bad->what};
  return exactly(std::move(*gatherer.exact_));
}

Input<World> load_world(const std::string& file) {
  auto text = load_file(file);
  if (auto* error = std::get_if<InputError>(&text)) return *error;
  return read_world(std::get<std::string>(text), file);
}

std::string write_world(const World& world, const std::vector<std::string>& notes) {
  using shape::Json;
  shape::Writing out;
  Json media = Json::object();
  world.media.for_each(
      [&](Name name, const Medium& medium) { media[name.str()] = put(out, row_of(medium)); });
  Json exact = Json::object();
  Json hosts = put(out, world.hosts);
  exact["blocks"] = std::move(out.blocks);
  exact["hosts"] = std::move(hosts);
  exact["media"] = std::move(media);
  exact["ledger"] = put(out, world.ledger);
  if (!world.links.empty()) exact["links"] = put(out, world.links);
  Json json;
  json["rehearse_world"] = 1;
  if (!notes.empty()) json["notes"] = notes;
  json["exact"] = std::move(exact);
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace rehearse
