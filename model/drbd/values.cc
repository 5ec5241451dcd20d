#include "model/drbd/values.h"

#include <algorithm>
#include <charconv>

#include "model/drbd/config_token.h"
#include "model/drbd/meta.h"
#include "model/drbd/option_table.h"

namespace rehearse::drbd {
namespace {

bool is_flag(std::string_view text, std::string_view name) {
  return text == name || (text.starts_with(name) &&
                          (text.substr(name.size()) == "=yes" || text.substr(name.size()) == "=no"));
}

bool is_number(std::string_view text, std::string_view name) {
  std::uint64_t number = 0;
  return text.starts_with(name) && text.size() > name.size() && text[name.size()] == '=' &&
         read_number(text.substr(name.size() + 1), '1', number) == NumberError::none && number <= 0xFFFFFFFF;
}

bool is_size(std::string_view text, std::string_view name) {
  std::uint64_t sectors = 0;
  return text.starts_with(name) && text.size() > name.size() && text[name.size()] == '=' &&
         read_number(text.substr(name.size() + 1), 's', sectors) == NumberError::none;
}

}  // namespace

bool option_given(const Words& words, std::string_view option) {
  const auto value = option_value(words, option);
  return value && *value != "no";
}

std::optional<std::string> option_value(const Words& words, std::string_view option) {
  for (const std::string& word : words) {
    if (word == option) return "";
    if (word.starts_with(option) && word.size() > option.size() && word[option.size()] == '=') {
      return word.substr(option.size() + 1);
    }
  }
  return std::nullopt;
}

std::optional<Sectors> option_sectors(const Words& words, std::string_view option) {
  const auto value = option_value(words, option);
  std::uint64_t sectors = 0;
  if (!value || read_number(*value, 's', sectors) != NumberError::none) return std::nullopt;
  return sectors;
}

bool is_handed_on(AdmVerb verb, std::string_view text) {
  switch (verb) {
    case AdmVerb::attach:
      return setting_of<DiskOptions>(text).has_value();
    case AdmVerb::disk_options: {
      const auto setting = setting_of<DiskOptions>(text);
      const bool fixed = setting && (setting->name == "size" || setting->name == "max-bio-bvecs");
      return (setting && !fixed) || text == "--set-defaults";
    }
    case AdmVerb::net_options:
      return setting_of<NetOptions>(text).has_value() || text == "--set-defaults";
    case AdmVerb::resource_options:
      return setting_of<ResourceOptions>(text).has_value() || text == "--set-defaults";
    case AdmVerb::new_resource:
      return setting_of<ResourceOptions>(text).has_value();
    case AdmVerb::wait_connect:
      return is_number(text, "--wfc-timeout") || is_number(text, "--degr-wfc-timeout") ||
             is_number(text, "--outdated-wfc-timeout") || is_flag(text, "--wait-after-sb");
    case AdmVerb::primary:
      return is_flag(text, "--force") || is_flag(text, "--overwrite-data-of-peer");
    case AdmVerb::detach:
    case AdmVerb::disconnect:
    case AdmVerb::create_md:
    case AdmVerb::wipe_md:
    case AdmVerb::dump_md:
      return text == "--force";
    case AdmVerb::connect:
      return is_flag(text, "--discard-my-data") || is_flag(text, "--tentative") ||
             is_flag(text, "--dry-run") || setting_of<NetOptions>(text).has_value();
    case AdmVerb::new_current_uuid:
      return is_flag(text, "--clear-bitmap");
    case AdmVerb::verify:
      return is_size(text, "--start") || is_size(text, "--stop");
    case AdmVerb::resize:
      return is_size(text, "--size") || is_flag(text, "--assume-clean") ||
             is_flag(text, "--assume-peer-has-space") || is_number(text, "--al-stripes") ||
             is_number(text, "--al-stripe-size-kB");
    case AdmVerb::set_gi:
      return !text.empty() && text[0] != '-' &&
             text.find_first_not_of("0123456789abcdefABCDEF:") == std::string_view::npos;
    default:
      return false;
  }
}

bool read_value(std::string_view text, MinorName& value) {
  if (text.starts_with("/dev/drbd")) text.remove_prefix(9);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value.number);
  return error == std::errc() && end == text.data() + text.size() && !text.empty();
}
std::string show_value(const MinorName& value) { return std::to_string(value.number); }

std::optional<int> index_named(std::string_view text) {
  if (text == "internal") return kInternal;
  if (text == "flexible") return kFlexibleExternal;
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 0) return std::nullopt;
  return number;
}
bool read_value(std::string_view text, MetaIndex& value) {
  value.text = text;
  return index_named(text).has_value();
}
std::string show_value(const MetaIndex& value) { return value.text; }

bool read_value(std::string_view text, EndpointName& value) {
  const bool family = text.starts_with("ipv4:") || text.starts_with("ipv6:");
  const std::string_view address = family ? text.substr(5) : text;
  const bool plain = address.find_first_not_of("0123456789.:") == std::string_view::npos;
  if (address.empty() || (!family && !plain)) return false;
  const bool port = text.starts_with("ipv6:") || address.find(':') != std::string_view::npos;
  value.text = Name((family ? "" : "ipv4:") + std::string(text) + (port ? "" : ":7788"));
  return true;
}
std::string show_value(const EndpointName& value) { return value.text.str(); }

bool read_value(std::string_view text, MetaVerb& value) {
  value.name = text;
  const bool shows = text == "get-gi" || text == "show-gi" || text == "dump-md" || text == "dstate" ||
                     text == "read-dev-uuid";
  return is_meta_verb(text) && !shows;
}
std::string show_value(const MetaVerb& value) { return value.name; }

bool read_value(std::string_view text, MetaVersion&) { return text == "v08"; }
std::string show_value(const MetaVersion&) { return "v08"; }

Words verb_first(std::span<const std::string> words) {
  Words line(words.begin(), words.end());
  const auto is_verb = [](const std::string& word) {
    return std::any_of(kAdmVerbs.begin(), kAdmVerbs.end(),
                       [&](const AdmVerbRow& row) { return row.name == word; });
  };
  static constexpr std::array<std::string_view, 6> kOnlySetup = {"del-minor", "del-resource", "wait-sync",
                                                                 "show",      "events2",      "sh-status"};
  const bool verb_is_first =
      line.size() > 1 &&
      (is_verb(line[1]) || std::find(kOnlySetup.begin(), kOnlySetup.end(), line[1]) != kOnlySetup.end());
  if (line.size() > 2 && line[0] == "drbdsetup" && !verb_is_first && is_verb(line[2]))
    std::swap(line[1], line[2]);
  if (line.size() < 2 || line[0] != "drbdadm") return line;
  Words options;
  bool handed_on = false;
  std::size_t at = 1;
  for (; at < line.size() && !is_verb(line[at]); ++at) {
    if (line[at] == "--") {
      handed_on = true;
    } else if (handed_on) {
      options.insert(options.end(), {"-W", line[at]});
    } else if (line[at].starts_with('-')) {
      options.push_back(line[at]);
    } else {
      return line;
    }
  }
  if (at == line.size()) return line;
  Words turned = {line[0], line[at]};
  turned.insert(turned.end(), options.begin(), options.end());
  turned.insert(turned.end(), line.begin() + static_cast<std::ptrdiff_t>(at) + 1, line.end());
  return turned;
}

std::string shell_words(const Words& words) {
  std::string line;
  for (const std::string& word : words) {
    if (!line.empty()) line += ' ';
    for (const char c : word) {
      const bool clean = std::isalnum(static_cast<unsigned char>(c)) ||
                         std::string_view("%+-./:=@_").find(c) != std::string_view::npos;
      if (!clean) line += '\\';
      line += c;
    }
  }
  return line;
}

}  // namespace rehearse::drbd
