#include "model/fs/check_ops.h"

#include "model/fs/check.h"
#include "model/fs/probe.h"

namespace rehearse::fs {
namespace {

template <class Form>
Check check_for(const World& world, Name host, const Form& form, std::string program) {
  const Name device = device_at(world, host, form.device);
  const bool tagged = form.device.str().find('=') != std::string::npos;
  return {device,
          tagged && !device.empty() ? "/dev/" + device.str() : form.device.str(),
          std::move(program),
          form.force,
          form.preen,
          form.yes,
          form.no};
}

}  // namespace

Refused run(World& world, Name host, const E2fsck& form, Report& report) {
  return check(world, host, check_for(world, host, form, "e2fsck"), report);
}

Refused run(World& world, Name host, const FsckExt4& form, Report& report) {
  return check(world, host, check_for(world, host, form, "fsck.ext4"), report);
}

Refused run(World& world, Name host, const Fsck& form, Report& report) {
  report.out("fsck from util-linux 2.38.1");
  Check check_form = check_for(world, host, form, "fsck.ext2");  // its default
  if (!check_form.device.empty()) {
    check_form.shown = "/dev/" + check_form.device.str();
    const Signature signature = signature_on(world, host, check_form.device);
    if (signature.type == Name("ext4")) check_form.program = "fsck.ext4";
    if (form.type.empty() && !signature.type.empty() && signature.type != Name("ext4"))
      return {};  // no checker
  }
  if (!form.type.empty()) check_form.program = "fsck." + form.type.str();
  return check(world, host, check_form, report);
}

}  // namespace rehearse::fs
