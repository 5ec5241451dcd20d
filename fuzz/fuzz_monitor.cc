// What is typed at a monitor of QEMU: any bytes are requests or name what is not modelled, and to each
// request that is understood there is an answer, whatever it is about.
#include <cstdlib>

#include "fuzz/target.h"
#include "model/qemu/ops.h"
#include "model/step.h"

using namespace rehearse;

namespace {

World with_a_process() {
  World world;
  add_host(world, "alpha", {{"vda", 8 * kMiB}});
  world.hosts.edit("alpha").hardware.edit().has_qemu = true;
  const Words words = {"qemu-system-x86_64",
                       "-nodefaults",
                       "-drive",
                       "file=/dev/vda,format=raw,if=virtio",
                       "-qmp",
                       "unix:/run/it.qmp,server=on,wait=off",
                       "-daemonize"};
  Op op;
  Report report;
  if (parse(words, op).kind != Mismatch::Kind::none || perform(world, "alpha", op, report)) std::abort();
  return world;
}

}  // namespace

int FUZZ_TARGET(monitor)(const std::uint8_t* data, std::size_t size) {
  static const World start = with_a_process();
  const std::string text(text_of(data, size));
  const qemu::Requests requests = qemu::read_requests(text);
  Op op;
  const bool understood =
      parse({{"socat", "-", "UNIX-CONNECT:/run/it.qmp", "<<<", text}}, op).kind == Mismatch::Kind::none;
  if (understood != requests.unknown.empty()) std::abort();
  if (!understood) return 0;
  World world = start;
  Report report;
  if (play(world, Command{"alpha", op}, report)) std::abort();
  std::size_t answers = 0;
  for (const Line& line : report.lines) answers += !line.text.starts_with("{\"timestamp\"");
  const bool ended = world.hosts.find("alpha")->domains->empty();
  if (ended ? answers > requests.all.size() + 1 : answers != requests.all.size() + 1) std::abort();
  return 0;
}
