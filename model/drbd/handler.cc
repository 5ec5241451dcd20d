#include "model/drbd/handler.h"

#include <charconv>
#include <sstream>

#include "model/drbd/config.h"
#include "model/fs/path.h"

namespace rehearse::drbd {
namespace {

std::vector<std::string> words_in(std::string_view line) {
  std::vector<std::string> words;
  std::istringstream in{std::string(line)};
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

std::optional<int> number(std::string_view word) {
  int value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (error != std::errc() || end != word.data() + word.size()) return std::nullopt;
  return value & 255;
}

}  // namespace

int status_of(const World& world, Name host, std::string_view command) {
  const std::size_t last = command.rfind(';');
  const std::vector<std::string> words =
      words_in(last == std::string_view::npos ? command : command.substr(last + 1));
  if (words.empty() || words[0] == "true" || words[0] == "/bin/true") return 0;
  if (words[0] == "false" || words[0] == "/bin/false") return 1;
  if (words[0] == "exit") return words.size() > 1 ? number(words[1]).value_or(2) : 0;
  if (!words[0].starts_with('/')) return 0;
  const auto text = fs::text_at(world, host, words[0]);
  if (!text) return 127;
  std::optional<int> status;
  std::istringstream lines(*text);
  for (std::string line; std::getline(lines, line);) {
    const std::vector<std::string> said = words_in(line);
    if (said.size() == 2 && said[0] == "exit") status = number(said[1]);
  }
  return status.value_or(0);
}

int run_handler(World& world, Name host, Name resource, std::optional<std::uint32_t>, std::string_view name,
                Report&) {
  ConfigFiles files = files_of(world, host);
  for (const std::string_view file : {"/etc/drbd-84.conf", "/etc/drbd-83.conf", "/etc/drbd-82.conf",
                                      "/etc/drbd-08.conf", "/etc/drbd.conf"}) {
    if (!fs::text_at(world, host, file)) continue;
    ConfigReading reading = read_configuration(files, std::string(file));
    if (reading.status != 0) return reading.status;
    inherit_common(reading.config);
    const ResourceSection* section = reading.config.resource(resource.str());
    const Setting* handler = section ? find_setting(section->handlers, name) : nullptr;
    return handler ? status_of(world, host, handler->value) : 0;
  }
  return 0;
}

}  // namespace rehearse::drbd
