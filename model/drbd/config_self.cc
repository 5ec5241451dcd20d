// What the sections of drbd.conf mean on the host that reads them (drbdadm_parser.c post_parse,
// drbdadm_main.c validate_resource and expand_common).
#include <fmt/format.h>

#include <algorithm>

#include "model/drbd/config_reader.h"

namespace rehearse::drbd {
namespace {

constexpr std::string_view kDiscardNode = "discard-node-";

bool names(const std::vector<std::string>& list, std::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

class Binder {
 public:
  Binder(ConfigReading& reading, const Self& self)
      : reading_(reading), config_(reading.config), self_(self) {}

  void bind() {
    for (ResourceSection& res : config_.resources) {
      if (res.stacked_somewhere) find_lower(res);
    }
    for (const bool stacked : {false, true}) {
      for (ResourceSection& res : config_.resources) {
        if (res.stacked_somewhere == stacked) find_me(res);
      }
    }
    for (ResourceSection& res : config_.resources) {
      if (res.stacked_somewhere && !res.ignored) take_lower_disks(res);
    }
    for (ResourceSection& res : config_.resources) {
      if (res.hosts.size() == 2 && res.me) res.peer = 1 - *res.me;
    }
    if (!valid_) reading_.status = 10;
  }

 private:
  void invalid(std::string message) {
    reading_.said.push_back(std::move(message));
    valid_ = false;
  }

  // A stacked section stands for the hosts of the resource below.
  void find_lower(ResourceSection& res) {
    for (HostSection& host : res.hosts) {
      if (!host.lower) continue;
      const ResourceSection* lower = config_.resource(*host.lower);
      if (!lower) {
        invalid(fmt::format("{}:{}: in resource {}, referenced resource '{}' not defined.", res.file,
                            res.line, res.name, *host.lower));
        continue;
      }
      for (const HostSection& below : lower->hosts) {
        if (!below.lower) host.names.insert(host.names.end(), below.names.begin(), below.names.end());
      }
    }
  }

  bool is_me(const HostSection& host) const {
    if (host.floating) {
      return self_.has_address(host.address->family, host.address->address) ||
             self_.name == host.address->address;
    }
    if (host.lower) {
      const ResourceSection* lower = config_.resource(*host.lower);
      return lower && lower->me;
    }
    return !host.names.empty() && (names(host.names, self_.name) || host.names[0] == "_this_host");
  }

  static std::string title(const HostSection& host) {
    return host.lower ? "stacked-on-top-of " + *host.lower : "on " + joined(host.names);
  }

  void find_me(ResourceSection& res) {
    for (std::size_t i = 0; i < res.hosts.size(); ++i) {
      if (!is_me(res.hosts[i])) continue;
      if (res.me) {
        invalid(
            fmt::format("{}:{}: in resource {}, {} {{ ... }} ... {} {{ ... }}:\n"
                        "\tThere are multiple host sections for this node.",
                        res.file, res.hosts[i].line, res.name, title(res.here()), title(res.hosts[i])));
      }
      res.me = i;
      if (res.hosts[i].lower) res.stacked = true;
    }
    res.ignored = !res.me;
  }

  void take_lower_disks(ResourceSection& res) {
    for (HostSection& host : res.hosts) {
      const ResourceSection* lower = host.lower ? config_.resource(*host.lower) : nullptr;
      if (!lower || lower->ignored) continue;
      const std::vector<VolumeSection>& below = lower->here().volumes;
      for (VolumeSection& volume : host.volumes) {
        const auto row = std::find_if(below.begin(), below.end(), [&](const VolumeSection& other) {
          return other.number == volume.number;
        });
        if (row == below.end()) {
          invalid(fmt::format("{}:{}: in resource {}, on {} {{ ... }}: volume {} not defined on {}", res.file,
                              res.line, res.name, joined(host.names), volume.number, lower->name));
          continue;
        }
        volume.disk = row->device.value_or(fmt::format("/dev/drbd{}", row->minor.value_or(0)));
        if (!volume.meta_disk) volume.meta_disk = volume.meta_index = "internal";
      }
    }
  }

  ConfigReading& reading_;
  Configuration& config_;
  const Self& self_;
  bool valid_ = true;
};

class Validator {
 public:
  Validator(ConfigReading& reading, const Self& self) : reading_(reading), self_(self) {}

  void operator()(bool expand) {
    for (ResourceSection& res : reading_.config.resources) {
      check(res);
      if (valid_ && expand) {
        name_minors(res);
        name_sides(res);
      }
      if (!valid_) {
        reading_.status = 10;
        return;
      }
    }
  }

 private:
  void say(const ResourceSection& res, std::string_view message) {
    reading_.said.push_back(fmt::format("{}:{}: in resource {}:\n{}", res.file, res.line, res.name, message));
  }
  void invalid(const ResourceSection& res, std::string_view message) {
    say(res, message);
    valid_ = false;
  }

  void check(ResourceSection& res) {
    drop_unknown_after(res);
    if (res.ignored) return;
    const HostSection* peer = res.peer ? &res.hosts[*res.peer] : nullptr;
    if (names(res.become_primary_on, "both") && !find_setting(res.net, "allow-two-primaries")) {
      invalid(res, "become-primary-on is set to both, but allow-two-primaries is not set.");
    }
    for (const std::string& name : res.become_primary_on) {
      if (peer && !names(res.here().names, name) && !names(peer->names, name) && name != "both") {
        invalid(res,
                fmt::format("\tbecome-primary-on contains '{}', which is not named with the 'on' sections.",
                            name));
      }
    }
  }

  // Left out and told of only: without a terminal this is no error, so that no cluster falls over it.
  void drop_unknown_after(ResourceSection& res) {
    std::erase_if(res.disk, [&](const Setting& setting) {
      if (setting.name != "resync-after") return false;
      const ResourceSection* other =
          reading_.config.resource(setting.value.substr(0, setting.value.find('/')));
      if (other && !other->ignored) return false;
      say(res, fmt::format("\tresource '{}' mentioned in 'resync-after' option is not known{}.",
                           setting.value, other ? " on this host" : ""));
      return true;
    });
  }

  // The kernel knows the device to sync after by its minor.
  void name_minors(ResourceSection& res) {
    for (HostSection& host : res.hosts) {
      for (VolumeSection& volume : host.volumes) {
        std::erase_if(volume.disk_options, [&](Setting& setting) {
          return setting.name == "resync-after" && !name_minor(res, setting);
        });
      }
    }
  }

  bool name_minor(const ResourceSection& res, Setting& setting) {
    const std::size_t slash = setting.value.find('/');
    const ResourceSection* other = reading_.config.resource(setting.value.substr(0, slash));
    const bool known = other && !other->ignored;
    const std::vector<VolumeSection>* volumes = known ? &other->here().volumes : nullptr;
    const VolumeSection* found = nullptr;
    if (volumes && slash == std::string::npos) {
      if (volumes->size() > 1) {
        invalid(res,
                fmt::format("\tresync-after contains '{}', which is ambiguous, since it contains {} volumes",
                            setting.value, volumes->size()));
        return true;
      }
      if (!volumes->empty()) found = &volumes->front();
    } else if (volumes) {
      for (const VolumeSection& row : *volumes) {
        if (std::to_string(row.number) == setting.value.substr(slash + 1)) found = &row;
      }
    }
    if (!found) {
      say(res, fmt::format("\tresource '{}' mentioned in 'resync-after' option is not known{}.",
                           setting.value, known ? " on this host" : ""));
      return false;
    }
    setting.value = std::to_string(found->minor.value_or(0));
    return true;
  }

  void name_sides(ResourceSection& res) {
    for (Setting& setting : res.net) {
      if (setting.name != "after-sb-0pri" || !setting.value.starts_with(kDiscardNode)) continue;
      setting.value =
          setting.value.substr(kDiscardNode.size()) == self_.name ? "discard-local" : "discard-remote";
      return;
    }
  }

  ConfigReading& reading_;
  const Self& self_;
  bool valid_ = true;
};

// Each option that is not there yet is put in front.
void expand(const Settings& from, Settings& to) {
  for (const Setting& setting : from) {
    if (!find_setting(to, setting.name)) to.insert(to.begin(), setting);
  }
}

}  // namespace

void find_self(ConfigReading& reading, const Self& self) { Binder(reading, self).bind(); }

void validate(ConfigReading& reading, const Self& self, bool expand) { Validator(reading, self)(expand); }

void inherit_common(Configuration& config) {
  for (ResourceSection& res : config.resources) {
    for (HostSection& host : res.hosts) {
      for (VolumeSection& volume : host.volumes) {
        if (!volume.device) volume.device = fmt::format("/dev/drbd{}", volume.minor.value_or(~0U));
      }
    }
    if (config.common) {
      const ResourceSection& common = *config.common;
      expand(common.net, res.net);
      expand(common.disk, res.disk);
      expand(common.startup, res.startup);
      expand(common.handlers, res.handlers);
      expand(common.options, res.options);
      res.stacked_timeouts |= common.stacked_timeouts;
      if (res.become_primary_on.empty()) res.become_primary_on = common.become_primary_on;
    }
    for (HostSection& host : res.hosts) {
      for (VolumeSection& volume : host.volumes) expand(res.disk, volume.disk_options);
    }
    for (const VolumeSection& said : res.volumes) {
      for (HostSection& host : res.hosts) {
        for (VolumeSection& volume : host.volumes) {
          if (volume.number == said.number) expand(said.disk_options, volume.disk_options);
        }
      }
    }
  }
}

}  // namespace rehearse::drbd
