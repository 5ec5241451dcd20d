// The reader of xl's configuration files: any text is a configuration that reads the same once written, or an
// error with the words that xl has for it.
#include <cstdlib>

#include "fuzz/target.h"
#include "model/domain/config.h"

using namespace rehearse;

int FUZZ_TARGET(config)(const std::uint8_t* data, std::size_t size) {
  const std::variant<domain::ConfigFile, domain::ConfigError> read = domain::read_config(text_of(data, size));
  if (const auto* error = std::get_if<domain::ConfigError>(&read)) {
    if (error->what.empty() || error->words("fuzz.cfg").empty()) std::abort();
    return 0;
  }
  const domain::Config& config = std::get<domain::ConfigFile>(read).config;
  const std::variant<domain::ConfigFile, domain::ConfigError> again =
      domain::read_config(domain::write_config(config));
  const auto* file = std::get_if<domain::ConfigFile>(&again);
  if (!file || !(file->config == config)) std::abort();
  return 0;
}
