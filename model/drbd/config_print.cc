#include <fmt/format.h>

#include <algorithm>

#include "model/drbd/config_reader.h"

namespace rehearse::drbd {
namespace {

constexpr std::size_t kIndent = 4;
constexpr std::size_t kValueColumn = 24;

// Sections within sections, indented; values in a column.
class Printer {
 public:
  std::string text;

  void line(std::string_view words) { text += fmt::format("{:{}}{}\n", "", depth_ * kIndent, words); }
  void open(std::string_view words) {
    line(fmt::format("{} {{", words));
    ++depth_;
  }
  void close() {
    --depth_;
    line("}");
  }
  // The last brace of a resource is followed by an empty line.
  void close_last() {
    --depth_;
    text += "}\n\n";
  }
  void value(std::string_view name, std::string_view value) {
    line(fmt::format("{:<{}} {:>3};", name, kValueColumn - depth_ * kIndent, value));
  }
  void statement(std::string_view name, std::string_view value) {
    line(fmt::format("{:<16} {};", name, value));
  }

  void settings(std::string_view name, const Settings& settings) {
    if (settings.empty()) return;
    open(name);
    for (const Setting& setting : settings) value(setting.name, quoted(setting.value));
    close();
  }

  void startup(const ResourceSection& res) {
    if (res.startup.empty() && !res.stacked_timeouts && res.become_primary_on.empty()) return;
    open("startup");
    for (const Setting& setting : res.startup) value(setting.name, quoted(setting.value));
    if (res.stacked_timeouts) line("stacked-timeouts;");
    if (!res.become_primary_on.empty()) value("become-primary-on", joined(res.become_primary_on));
    close();
  }

  void sections(const ResourceSection& res) {
    settings("options", res.options);
    settings("net", res.net);
    settings("disk", res.disk);
    startup(res);
    settings("handlers", res.handlers);
  }

  void address(std::string_view name, const Endpoint& endpoint) {
    statement(name, fmt::format("{} {}", endpoint.family, endpoint.place()));
  }

  void volume(const VolumeSection& volume, bool stacked) {
    if (!volume.implicit) open(fmt::format("volume {}", volume.number));
    settings("disk", volume.disk_options);
    const std::string device = volume.device ? quoted(*volume.device) + " " : "";
    line(fmt::format("device{:{}}{}minor {};", "", kValueColumn - 5 - depth_ * kIndent, device,
                     static_cast<std::int32_t>(volume.minor.value_or(~0U))));
    if (!stacked) {
      value("disk", quoted(volume.disk.value_or("")));
      if (volume.meta_index == "internal") {
        value("meta-disk", "internal");
      } else if (volume.meta_index == "flexible") {
        statement("meta-disk", quoted(*volume.meta_disk));
      } else {
        statement("meta-disk", fmt::format("{} [{}]", quoted(*volume.meta_disk), *volume.meta_index));
      }
    }
    if (!volume.implicit) close();
  }

  void host(const HostSection& host) {
    if (host.lower) {
      open("stacked-on-top-of " + quoted(*host.lower));
      line(fmt::format("# on {} ", joined(host.names)));
    } else if (host.floating) {
      open(fmt::format("floating {} {}", host.address->family, host.address->place()));
    } else {
      open("on " + joined(host.names));
    }
    settings("options", host.options);
    for (const VolumeSection& row : host.volumes) volume(row, host.lower.has_value());
    if (!host.floating && host.address) address("address", *host.address);
    if (host.alternate) address("alternate-link-address", *host.alternate);
    close();
  }

 private:
  std::size_t depth_ = 0;
};

void print_global(Printer& printer, const GlobalSection& global, bool verbose) {
  const bool usual = global.minor_count == 0 && !global.disable_ip_verification &&
                     global.dialog_refresh == 1 && global.usage_count == UsageCount::ask;
  if (usual && !verbose) return;
  printer.open("global");
  if (global.disable_ip_verification) printer.line("disable-ip-verification;");
  if (global.minor_count != 0) printer.line(fmt::format("minor-count {};", global.minor_count));
  if (global.dialog_refresh != 1) printer.line(fmt::format("dialog-refresh {};", global.dialog_refresh));
  if (global.usage_count == UsageCount::yes) printer.line("usage-count yes;");
  if (global.usage_count == UsageCount::no) printer.line("usage-count no;");
  if (global.timeout_short != 5) printer.line(fmt::format("cmd-timeout-short {};", global.timeout_short));
  if (global.timeout_medium != 121)
    printer.line(fmt::format("cmd-timeout-medium {};", global.timeout_medium));
  if (global.timeout_long != 600) printer.line(fmt::format("cmd-timeout-long {};", global.timeout_long));
  printer.close_last();
}

}  // namespace

std::string quoted(std::string_view text) {
  const bool plain =
      !text.empty() && text.size() <= 80 && std::all_of(text.begin(), text.end(), [](unsigned char c) {
        return std::isalnum(c) || c == '/' || c == '.' || c == '_' || c == '-';
      });
  if (plain) return std::string(text);
  std::string word = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') word += '\\';
    word += c;
  }
  return word + '"';
}

std::string dump_header(const Configuration& config, bool verbose) {
  Printer printer;
  printer.line("# " + config.file);
  print_global(printer, config.global, verbose);
  if (config.common) {
    printer.open("common");
    printer.sections(*config.common);
    printer.close_last();
  }
  return std::move(printer.text);
}

std::string dump_resource(const ResourceSection& res, std::string_view host) {
  Printer printer;
  printer.line(fmt::format("# resource {} on {}: {}, {}", quoted(res.name), host,
                           res.ignored ? "ignored" : "not ignored", res.stacked ? "stacked" : "not stacked"));
  printer.line(fmt::format("# defined at {}:{}", res.file, res.line));
  printer.open("resource " + quoted(res.name));
  for (const HostSection& row : res.hosts) printer.host(row);
  printer.sections(res);
  printer.close_last();
  return std::move(printer.text);
}

}  // namespace rehearse::drbd
