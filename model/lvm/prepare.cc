#include "model/lvm/prepare.h"

#include <algorithm>

namespace rehearse::lvm {
namespace {

class Judge {
 public:
  Judge(Attempt& attempt, const PrepareOptions& options) : attempt_(attempt), options_(options) {}

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
  const Host& host() const { return *attempt_.world.hosts.find(attempt_.host); }
  std::optional<FoundPv> pv_on(const Operand& operand) const {
    return find_pv(attempt_.world, attempt_.host, operand.device);
  }

  void complain(const Refused& refused) {
    attempt_.complain(refused);
    refused_ = true;
  }

  // vgcreate and vgextend need all devices.
  bool stop() { return result_.stopped = options_.keep && refused_; }

  void find(const std::vector<Name>& paths) {
    bool any = false;
    for (const Name path : paths) {
      Operand operand = find_device(attempt_.world, attempt_.host, path);
      any = any || !operand.refused || operand.refused.why != Refusal::no_device_found;
      if (operand.refused) {
        complain(operand.refused);
      } else {
        devices_.push_back(std::move(operand));
      }
    }
    if (stop() && any) complain({Refusal::not_all_devices_found});
  }

  // A --yes answers the question about the size, too, before the one about the group decides.
  Refused in_group(Name path, Name group, bool faked) const {
    if (options_.keep) return {Refusal::pv_in_group, path, group};
    if (options_.force >= 2) return {};
    return {faked ? Refusal::pvcreate_faked_in_group : Refusal::pvcreate_in_group, path, group};
  }

  bool faked_size(Name device) const {
    return options_.size && *options_.size != host().device(device)->size;
  }

  void check_pvs() {
    for (const Operand& operand : devices_) {
      const auto pv = pv_on(operand);
      if (!pv) continue;
      const Name path = path_of(operand.device);
      const bool faked = options_.yes && faked_size(operand.device);
      const Refused refused = pv->group ? in_group(path, pv->group->name, faked) : Refused();
      if (refused) {
        drop(operand, refused);
      } else if (faked) {
        attempt_.report.err("  WARNING: Faking size of PV {}. Don't write outside real device.", path.str());
      }
      if (!pv->group && options_.keep) result_.ready.push_back(operand.device);
    }
    forget_dropped();
    std::erase_if(devices_, [&](const Operand& operand) {
      return std::find(result_.ready.begin(), result_.ready.end(), operand.device) != result_.ready.end();
    });
  }

  void check_others() {
    for (const Operand& operand : devices_) {
      if (held(host(), operand.device)) drop(operand, {Refusal::device_held, path_of(operand.device)});
    }
    forget_dropped();
  }

  void ask_about_pvs() {
    if (options_.yes) return;
    for (const Operand& operand : devices_) {
      const auto pv = pv_on(operand);
      if (pv && pv->group)
        drop(operand, {Refusal::really_initialize, path_of(operand.device), pv->group->name});
    }
    forget_dropped();
  }

  // Only physical volumes are asked about.
  void ask_about_sizes() {
    if (options_.yes) return;
    for (const Operand& operand : devices_) {
      if (!faked_size(operand.device) || !pv_on(operand)) continue;
      const Sectors size = host().device(operand.device)->size;
      drop(operand, {Refusal::size_does_not_match, path_of(operand.device), Argument::size(size * kSector),
                     Argument::size(*options_.size * kSector)});
    }
    forget_dropped();
  }

  void ask_about_signatures() {
    if (options_.wipe) return;
    for (const Operand& operand : devices_) {
      const auto found = signatures(attempt_.world, attempt_.host, operand.device);
      if (found.empty()) continue;
      drop(operand, {Refusal::signature_left, found[0].type, path_of(operand.device), found[0].offset});
    }
    forget_dropped();
  }

  void drop(const Operand& operand, const Refused& refused) {
    complain(refused);
    dropped_.push_back(operand.device);
  }

  void forget_dropped() {
    std::erase_if(devices_, [&](const Operand& operand) {
      return std::find(dropped_.begin(), dropped_.end(), operand.device) != dropped_.end();
    });
  }

  Attempt& attempt_;
  const PrepareOptions& options_;
  std::vector<Operand> devices_;
  std::vector<Name> dropped_;
  Prepared result_;
  bool refused_ = false;
};

}  // namespace

Prepared prepare(Attempt& attempt, const std::vector<Name>& paths, const PrepareOptions& options) {
  return Judge(attempt, options)(paths);
}

void write_labels(Attempt& attempt, const Prepared& prepared, const PrepareOptions& options) {
  World& world = attempt.world;
  const Name host = attempt.host;
  Report& report = attempt.report;
  for (const Name device : prepared.create) {
    for (const Signature& signature : signatures(world, host, device)) {
      report.out("  Wiping {} signature on /dev/{}.", signature.type.str(), device.str());
      wipe(world, host, device, signature.sectors);
    }
  }
  for (const Name device : prepared.create) {
    const Sectors real = world.hosts.find(host)->device(device)->size;
    const Sectors size = options.size.value_or(real);
    if (size > real)
      report.err("  WARNING: /dev/{}: Overriding real size. You could lose data.", device.str());
    const auto old = find_pv(world, host, device);
    const std::uint64_t seed = mix(hash_of(device), old ? old->label.uuid : 0);
    put_label(world, host, device, {fresh_uuid(world, host, seed), size, options.pe_start});
    report.out("  Physical volume \"/dev/{}\" successfully created.", device.str());
  }
}

}  // namespace rehearse::lvm
