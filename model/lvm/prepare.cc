#include "model/lvm/prepare.h"

#include <algorithm>

namespace rehearse::lvm {
namespace {

class Judge {
 public:
  Judge(const World& world, Name host, const PrepareOptions& options)
      : world_(world), host_(host), at_(*world.hosts.find(host)), options_(options) {}

  Prepared operator()(const std::vector<Name>& paths) {
    find(paths);
    if (stop()) return result_;
    check_pvs();
    check_others();
    if (stop()) return result_;
    ask_about_pvs();
    ask_about_sizes();
    ask_about_signatures();
    if (stop()) return result_;
    for (const Operand& operand : devices_) result_.create.push_back(operand.device);
    return result_;
  }

 private:
  // vgcreate and vgextend need all devices.
  bool stop() { return result_.stopped = options_.keep && !result_.complaints.empty(); }

  void find(const std::vector<Name>& paths) {
    bool any = false;
    for (const Name path : paths) {
      Operand operand = find_device(world_, host_, path);
      any = any || !operand.refused || operand.refused.why != Refusal::no_device_found;
      if (operand.refused) {
        result_.complaints.push_back(operand.refused);
      } else {
        devices_.push_back(std::move(operand));
      }
    }
    if (stop() && any) result_.complaints.push_back({Refusal::not_all_devices_found});
  }

  Refused in_group(Name path, Name group) const {
    if (options_.keep) return {Refusal::pv_in_group, path, group};
    return options_.force >= 2 ? Refused() : Refused{Refusal::pvcreate_in_group, path, group};
  }

  void check_pvs() {
    for (const Operand& operand : devices_) {
      const auto pv = find_pv(world_, host_, operand.device);
      if (!pv) continue;
      if (pv->group) {
        if (const Refused refused = in_group(path_of(operand.device), pv->group->name))
          drop(operand, refused);
      } else if (options_.keep) {
        result_.ready.push_back(operand.device);
      }
    }
    forget_dropped();
    std::erase_if(devices_, [&](const Operand& operand) {
      return std::find(result_.ready.begin(), result_.ready.end(), operand.device) != result_.ready.end();
    });
  }

  void check_others() {
    for (const Operand& operand : devices_) {
      if (held(at_, operand.device)) drop(operand, {Refusal::device_held, path_of(operand.device)});
    }
    forget_dropped();
  }

  void ask_about_pvs() {
    if (options_.yes) return;
    for (const Operand& operand : devices_) {
      const auto pv = find_pv(world_, host_, operand.device);
      if (pv && pv->group)
        drop(operand, {Refusal::really_initialize, path_of(operand.device), pv->group->name});
    }
    forget_dropped();
  }

  // Only of what is a physical volume already.
  void ask_about_sizes() {
    if (!options_.size || options_.yes) return;
    for (const Operand& operand : devices_) {
      const Sectors size = at_.device(operand.device)->size;
      if (size == *options_.size || !find_pv(world_, host_, operand.device)) continue;
      drop(operand, {Refusal::size_does_not_match, path_of(operand.device), Argument::size(size * kSector),
                     Argument::size(*options_.size * kSector)});
    }
    forget_dropped();
  }

  void ask_about_signatures() {
    if (options_.wipe) return;
    for (const Operand& operand : devices_) {
      const auto found = signatures(world_, host_, operand.device);
      if (found.empty()) continue;
      drop(operand, {Refusal::signature_left, found[0].type, path_of(operand.device), found[0].offset});
    }
    forget_dropped();
  }

  void drop(const Operand& operand, Refused refused) {
    result_.complaints.push_back(std::move(refused));
    dropped_.push_back(operand.device);
  }

  void forget_dropped() {
    std::erase_if(devices_, [&](const Operand& operand) {
      return std::find(dropped_.begin(), dropped_.end(), operand.device) != dropped_.end();
    });
  }

  const World& world_;
  Name host_;
  const Host& at_;
  const PrepareOptions& options_;
  std::vector<Operand> devices_;
  std::vector<Name> dropped_;
  Prepared result_;
};

}  // namespace

Prepared prepare(const World& world, Name host, const std::vector<Name>& paths,
                 const PrepareOptions& options) {
  return Judge(world, host, options)(paths);
}

void write_labels(World& world, Name host, const Prepared& prepared, const PrepareOptions& options,
                  Report& report) {
  for (const Name device : prepared.create) {
    for (const Signature& signature : signatures(world, host, device)) {
      report.out("  Wiping {} signature on /dev/{}.", signature.type.str(), device.str());
      wipe(world, host, device, signature.sectors);
    }
  }
  for (const Name device : prepared.create) {
    const Sectors real = world.hosts.find(host)->device(device)->size;
    const Sectors size = options.size.value_or(real);
    const auto old = find_pv(world, host, device);
    if (size != real && old) {
      report.err("  WARNING: Faking size of PV /dev/{}. Don't write outside real device.", device.str());
    }
    if (size > real)
      report.err("  WARNING: /dev/{}: Overriding real size. You could lose data.", device.str());
    const std::uint64_t seed = mix(hash_of(device), old ? old->label.uuid : 0);
    put_label(world, host, device, {fresh_uuid(world, host, seed), size, options.pe_start});
    report.out("  Physical volume \"/dev/{}\" successfully created.", device.str());
  }
}

}  // namespace rehearse::lvm
