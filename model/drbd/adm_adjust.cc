// drbdadm adjust: what is configured is compared with what runs, and only the difference is run
// (drbdadm_adjust.c).
#include <fmt/format.h>

#include <algorithm>

#include "model/drbd/adm_run.h"

namespace rehearse::drbd {
namespace {

Words with_defaults(Words words, const Settings& settings) {
  words.push_back("--set-defaults");
  for (const Setting& setting : settings)
    words.push_back(fmt::format("--{}={}", setting.name, setting.value));
  return words;
}

// resize and attach take these; disk-options does not.
Settings changeable(const Settings& settings) {
  Settings some = settings;
  std::erase_if(some, [](const Setting& one) { return one.name == "size" || one.name == "max-bio-bvecs"; });
  return some;
}

}  // namespace

void AdmRun::adjust(const ResourceSection& res) {
  const Part<drbd::Kernel>& kernel = world_.hosts.find(host_)->drbd;
  const Resource* running = kernel ? kernel->resource(Name(res.name)) : nullptr;
  if (!running) later_[kMake].push_back({&res, "new-resource", [this, &res] { return new_resource(res); }});
  for (const VolumeSection& volume : res.here().volumes) {
    adjust_volume(res, volume, running ? running->volume(volume.number) : nullptr);
  }
  if (running && !(running->options == options_of<ResourceOptions>(res.options))) {
    later_[kResource].push_back(
        {&res, "resource-options", [this, &res] {
           return setup(with_defaults({"resource-options", res.name}, res.options), res.name, [&] {
             return resource_options(world_, host_, Name(res.name), options_of<ResourceOptions>(res.options),
                                     report_);
           });
         }});
  }
  const std::string local = res.here().address ? res.here().address->text() : "";
  const std::string peer = res.peer ? res.hosts[*res.peer].address->text() : "";
  const bool connected = running && running->net;
  const bool same = connected && running->net->local == Name(local) && running->net->peer == Name(peer);
  if (!same) {
    if (connected) {
      later_[kNetMake].push_back({&res, "disconnect", [this, net = *running->net] {
                                    return setup({"disconnect", net.local.str(), net.peer.str()}, "??", [&] {
                                      return drbd::disconnect(world_, host_, net.local, net.peer, false,
                                                              report_);
                                    });
                                  }});
    }
    later_[kNet].push_back({&res, "connect", [this, &res] { return connect(res); }});
  } else if (!(running->net->options == options_of<NetOptions>(res.net))) {
    later_[kNet].push_back({&res, "net-options", [this, &res, local, peer] {
                              return setup(with_defaults({"net-options", local, peer}, res.net), "??", [&] {
                                return net_options(world_, host_, Name(local), Name(peer),
                                                   options_of<NetOptions>(res.net), report_);
                              });
                            }});
  }
}

void AdmRun::adjust_volume(const ResourceSection& res, const VolumeSection& volume, const Device* running) {
  const auto attach_later = [&] {
    later_[kDisk].push_back({&res, "attach", [this, &volume] { return attach(volume); }});
  };
  if (!running || running->minor != volume.minor) {
    later_[kDiskMake].push_back(
        {&res, "new-minor", [this, &res, &volume] { return new_minor(res, volume); }});
    return attach_later();
  }
  const DiskOptions wanted = options_of<DiskOptions>(volume.disk_options);
  const std::string meta_disk =
      volume.meta_disk == "internal" ? volume.disk.value_or("") : volume.meta_disk.value_or("");
  const bool same = running->backing && running->backing->path == Name(volume.disk.value_or("")) &&
                    running->backing->meta_path == Name(meta_disk);
  const std::string minor = std::to_string(running->minor);
  if (!same || running->backing->options.max_bio_bvecs != wanted.max_bio_bvecs) {
    if (running->backing) {
      later_[kMake].push_back({&res, "detach", [this, minor, number = running->minor] {
                                 return setup({"detach", minor}, minor,
                                              [&] { return detach(world_, host_, number, false, report_); });
                               }});
    }
    return attach_later();
  }
  if (!(options_of<DiskOptions>(changeable(changed_options(running->backing->options))) ==
        options_of<DiskOptions>(changeable(volume.disk_options)))) {
    later_[kDisk].push_back({&res, "disk-options", [this, &volume, minor, number = running->minor] {
                               const Settings some = changeable(volume.disk_options);
                               return setup(with_defaults({"disk-options", minor}, some), minor, [&] {
                                 return disk_options(world_, host_, number, options_of<DiskOptions>(some),
                                                     report_);
                               });
                             }});
  }
  if (running->backing->options.size != wanted.size) {
    later_[kDisk].push_back({&res, "resize", [this, &res, &volume] { return resize(res, volume); }});
  }
}

}  // namespace rehearse::drbd
