#include <fmt/format.h>

#include <algorithm>

#include "model/drbd/config_reader.h"

namespace rehearse::drbd {
namespace {

// Names of options that have changed since.
std::string today(std::string name) {
  if (name == "outdate-peer") return "fence-peer";
  if (name == "rate") return "resync-rate";
  if (name == "after") return "resync-after";
  return name;
}

void append(Settings& to, Settings more) {
  to.insert(to.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

}  // namespace

ResourceSection ConfigReader::resource(const std::string& name, bool common) {
  used_in_resource_.clear();
  ResourceSection res;
  if (!unique("resource section", name)) return res;
  res.name = name;
  res.file = place_->full;
  res.line = line();
  while (!over()) {
    const int token = next();
    statement_line_ = line();
    if (token == '}' || token == kEnd) break;
    if (resource_statement(res, token)) continue;
    expected_got("protocol | on | disk | net | syncer | startup | handlers | ignore-on | stacked-on-top-of",
                 token);
  }
  if (over()) return res;
  if (common && !res.hosts.empty()) {
    invalid(fmt::format("{}:{}: in the common section, there are no host sections allowed.", place_->shown,
                        section_line_));
  }
  if (kind_ == ConfigKind::written) check_hosts_agree(res);
  return res;
}

bool ConfigReader::resource_statement(ResourceSection& res, int token) {
  switch (token) {
    case kNetOption:
      return resource_protocol(res);
    case kOn: {
      std::vector<std::string> names = host_names('{');
      if (!over()) host(res, std::move(names), false, true);
      return true;
    }
    case kFloating:
      host(res, {}, true, true);
      return true;
    case kThisHost:
    case kRemoteHost:
      if (expect('{')) host(res, {token == kThisHost ? "_this_host" : "_remote_host"}, false, false);
      return true;
    case kStacked:
      stacked(res);
      return true;
    case kIgnore:
      if (!expect(kString)) return true;
      say(fmt::format("{}:{}: in resource {}, WARN: The 'ignore-on' keyword is deprecated.", place_->shown,
                      line(), res.name));
      expect(';');
      return true;
    case kDisk:
      resource_disk(res);
      return true;
    case kProxy:
      unfollowed("a proxy");
      return true;
    case kDevice:
      if (!unique("device statement", res.name + ":device", true)) return true;
      [[fallthrough]];
    case kMetaDisk:
    case kFlexibleMetaDisk:
      volume_statement(implicit_volume(res.volumes), {}, token);
      return true;
    case kVolume:
      numbered_volume(res.volumes, [&] { return volume({}); });
      return true;
    default:
      return resource_options(res, token);
  }
}

// "protocol C;" stood in the resource itself once.
bool ConfigReader::resource_protocol(ResourceSection& res) {
  if (now_.text != "protocol") return false;
  const Bound bound = now_.bound;
  if (!unique("protocol statement", res.name + ": protocol", true) || !expect(kString)) return true;
  check_range(bound, "protocol", now_.text);
  res.net.push_back({"protocol", now_.text});
  expect(';');
  return true;
}

bool ConfigReader::resource_options(ResourceSection& res, int token) {
  const auto section = [&](const char* what, const char* key) {
    return unique(what, fmt::format("{}:{}", res.name, key), true) && expect('{');
  };
  switch (token) {
    case kNet:
      if (section("net section", "net")) append(res.net, options({kNetFlag, kNetNoFlag, kNetOption}));
      return true;
    case kSyncer:
      if (section("syncer section", "syncer")) syncer(res);
      return true;
    case kStartup:
      if (section("startup section", "startup"))
        res.startup = options({kStartupFlag, -1, kStartupOption}, &res);
      return true;
    case kHandlers:
      if (section("handlers section", "handlers")) res.handlers = options({-1, -1, kHandlerOption});
      return true;
    case kOptions:
      if (section("resource options section", "res_options")) {
        append(res.options, options({-1, -1, kResourceOption}));
      }
      return true;
    default:
      return false;
  }
}

void ConfigReader::resource_disk(ResourceSection& res) {
  const int token = next();
  if (token == kString) {
    const std::string path = now_.text;
    implicit_volume(res.volumes).disk = path;
    expect(';');
  } else if (token == '{') {
    if (unique("disk section", res.name + ":disk", true))
      append(res.disk, options({kDiskFlag, kDiskNoFlag, kDiskOption}));
  } else {
    string_error(token);
    expected_got("TK_STRING | {", token);
  }
}

// The options of the former syncer section belong to others today.
void ConfigReader::syncer(ResourceSection& res) {
  section_line_ = statement_line_ = line();
  while (!over()) {
    const int raw = next();
    statement_line_ = line();
    if (raw == '}') return;
    const int token = raw & ~kInSyncer;
    Settings* to = token == kNetFlag || token == kNetOption     ? &res.net
                   : token == kDiskFlag || token == kDiskOption ? &res.disk
                   : token == kResourceOption                   ? &res.options
                                                                : nullptr;
    if (!(raw & kInSyncer) || !to) return expected("a syncer option keyword");
    const std::string name = now_.text;
    if (token == kNetFlag || token == kDiskFlag) {
      int after = next();
      to->push_back({name, after == kNo ? "no" : "yes"});
      if (after == kNo || after == kYes) after = next();
      if (after != ';') return expected(";");
    } else {
      option_value(*to, name, token, now_.bound);
      if (next() != ';') return expected(";");
    }
  }
}

Settings ConfigReader::options(const OptionTokens& tokens, ResourceSection* startup_of) {
  Settings settings;
  section_line_ = statement_line_ = line();
  while (!over()) {
    const int token = next() & kPlainToken;
    statement_line_ = line();
    const std::string name = now_.text;
    if (token == kEnd) {
      expected("an option");
    } else if (token == tokens.flag) {
      const int value = next();
      if (value != kYes && value != kNo && value != ';') expected("yes | no | ;");
      settings.push_back({name, value == kNo ? "no" : "yes"});
      if (value == ';') continue;
    } else if (token == tokens.no_flag) {
      settings.push_back({name.substr(3), "no"});
    } else if (token == tokens.option) {
      option_value(settings, name, token, now_.bound);
    } else if (startup_of && token == kStartupList) {
      startup_list(*startup_of);
      continue;
    } else if (token == kDeprecatedOption) {
      string_or_number();
    } else if (token == '}') {
      return settings;
    } else {
      expected("an option keyword");
    }
    expect(';');
  }
  return settings;
}

void ConfigReader::option_value(Settings& settings, std::string name, int, Bound bound) {
  name = today(std::move(name));
  string_or_number();
  check_range(bound, name, now_.text);
  settings.push_back({std::move(name), now_.text});
}

void ConfigReader::startup_list(ResourceSection& res) {
  if (now_.text == "stacked-timeouts") {
    res.stacked_timeouts = true;
    expect(';');
  } else {
    res.become_primary_on = host_names(';');
  }
}

std::vector<std::string> ConfigReader::host_names(char end) {
  std::vector<std::string> names;
  while (!over()) {
    const int token = next();
    if (token == kString) {
      names.push_back(now_.text);
    } else if (token == end) {
      if (names.empty()) expected_got("TK_STRING", token);
      break;
    } else {
      expected_got(fmt::format("TK_STRING | '{}'", end), token);
    }
  }
  return names;
}

void ConfigReader::host(ResourceSection& res, std::vector<std::string> names, bool by_address,
                        bool complete) {
  section_line_ = statement_line_ = line();
  HostSection host;
  host.line = section_line_;
  host.floating = by_address;
  bool in_braces = true;
  if (by_address) {
    host.address = endpoint();
    if (over() || !unique("IP", host.address->address + ":" + host.address->port)) return;
    seen_at(host);
    names = {(host.address->family == "ipv6" ? "ipv6 " : "") + host.address->place()};
    const int token = next();
    in_braces = token == '{';
    if (!in_braces && token != ';') return expected_got("{ | ;", token);
  }
  host.names = std::move(names);
  for (const std::string& name : host.names) {
    if (!unique("host section", fmt::format("{}: on {}", res.name, name), true)) return;
  }
  while (in_braces && !over()) {
    const int token = next();
    statement_line_ = line();
    if (token == '}') break;
    if (!host_statement(res, host, token))
      expected("disk | device | address | meta-disk | flexible-meta-disk");
  }
  if (over()) return;
  inherit_volumes(res.volumes, host);
  check_meta_disks(host);
  if (complete) {
    if (!host.address) missing(res, host, "address");
    check_complete(res, host);
  }
  res.hosts.push_back(std::move(host));
}

void ConfigReader::seen_at(HostSection& host) const {
  host.address_file = place_->shown;
  host.address_line = statement_line_;
}

bool ConfigReader::host_statement(ResourceSection& res, HostSection& host, int token) {
  const auto once = [&](std::string_view what, std::string_view key) {
    return std::all_of(host.names.begin(), host.names.end(), [&](const std::string& name) {
      return unique(what, fmt::format("{}:{}:{}", res.name, name, key), true);
    });
  };
  switch (token) {
    case kDisk:
      return !once("disk statement", "disk") ||
             volume_statement(implicit_volume(host.volumes), host.names, token);
    case kDevice:
      return !once("device statement", "device") ||
             volume_statement(implicit_volume(host.volumes), host.names, token);
    case kMetaDisk:
    case kFlexibleMetaDisk:
      return !once("meta-disk statement", "meta-disk") ||
             volume_statement(implicit_volume(host.volumes), host.names, token);
    case kAddress:
    case kAlternateAddress: {
      if (host.floating) {
        say(fmt::format("{}:{}: address statement not allowed for floating {{}} host sections", place_->shown,
                        statement_line_));
        end(10);
        return true;
      }
      const bool first = token == kAddress;
      if (!(first ? once("address statement", "address") : once("alt-address statement", "alt-address")))
        return true;
      std::optional<Endpoint> read = address(host.names);
      if (read) check_range({'1', 1, 65535}, "port", read->port);
      (first ? host.address : host.alternate) = std::move(read);
      if (first) seen_at(host);
      return true;
    }
    case kProxy:
      unfollowed("a proxy");
      return true;
    case kVolume:
      numbered_volume(host.volumes, [&] { return volume(host.names); });
      return true;
    case kOptions:
      if (expect('{')) host.options = options({-1, -1, kResourceOption});
      return true;
    default:
      return false;
  }
}

void ConfigReader::stacked(ResourceSection& res) {
  section_line_ = statement_line_ = line();
  HostSection host;
  host.line = section_line_;
  if (!expect(kString) || !unique("stacked-on-top-of", "stacked:" + now_.text)) return;
  host.lower = now_.text;
  if (!expect('{')) return;
  while (!over()) {
    const int token = next();
    if (token == '}') break;
    if (!stacked_statement(host, token)) expected("device | address | proxy");
  }
  if (over()) return;
  res.stacked_somewhere = true;
  inherit_volumes(res.volumes, host);
  if (!host.address) missing(res, host, "address");
  res.hosts.push_back(std::move(host));
}

bool ConfigReader::stacked_statement(HostSection& host, int token) {
  switch (token) {
    case kDevice: {
      VolumeSection& here = implicit_volume(host.volumes);
      device(here, {});
      here.meta_disk = here.meta_index = "internal";
      return true;
    }
    case kAddress:
    case kAlternateAddress: {
      std::optional<Endpoint> read = address({});
      // The tool looks at the last word it has read, which is the port once more.
      if (read) check_range({'1', 1, 65535}, "port", read->port);
      (token == kAddress ? host.address : host.alternate) = std::move(read);
      return true;
    }
    case kProxy:
      unfollowed("a proxy");
      return true;
    case kVolume:
      numbered_volume(host.volumes, [&] { return stacked_volume(); });
      return true;
    default:
      return false;
  }
}

}  // namespace rehearse::drbd
