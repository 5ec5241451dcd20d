// What worlds cost: copying one, changing one host of a copy and hashing it, playing one command; at 1 to
// 1000 hosts with 20 volumes each. Structure is shared, so the first two must hardly grow with the number of
// hosts.
#include <benchmark/benchmark.h>

#include <cassert>
#include <map>

#include "model/op.h"

namespace rehearse {
namespace {

Words words_of(std::string_view line) {
  Words words;
  for (std::size_t at = 0; at < line.size();) {
    const std::size_t end = std::min(line.find(' ', at), line.size());
    words.emplace_back(line.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

void must(World& world, Name host, std::string_view line) {
  Op op;
  Report report;
  const Mismatch bad = parse(words_of(line), op);
  assert(bad.kind == Mismatch::Kind::none);
  const Refused refused = perform(world, host, op, report);
  assert(!refused);
}

Name host_name(std::int64_t i) { return "node" + std::to_string(i); }

World datacentre(std::int64_t hosts) {
  World world;
  for (std::int64_t i = 0; i < hosts; ++i) {
    const Name host = host_name(i);
    add_host(world, host, {{"sda", 100 * kGiB}});
    must(world, host, "vgcreate vg /dev/sda");
    for (int volume = 0; volume < 20; ++volume) {
      must(world, host, "lvcreate -y -L 1G -n guest" + std::to_string(volume) + " vg");
    }
  }
  world.hash();
  return world;
}

const World& datacentre_of(const benchmark::State& state) {
  static std::map<std::int64_t, World> made;
  auto [at, fresh] = made.try_emplace(state.range(0));
  if (fresh) at->second = datacentre(state.range(0));
  return at->second;
}

void copy_world(benchmark::State& state) {
  const World& world = datacentre_of(state);
  for (auto _ : state) {
    World copy = world;
    benchmark::DoNotOptimize(copy);
  }
}

void copy_and_change_one_host(benchmark::State& state) {
  const World& world = datacentre_of(state);
  std::uint32_t domains = 0;
  for (auto _ : state) {
    World copy = world;
    copy.hosts.edit(host_name(0)).last_domain_id = ++domains;
    benchmark::DoNotOptimize(copy);
  }
}

void copy_change_one_host_and_hash(benchmark::State& state) {
  const World& world = datacentre_of(state);
  std::uint32_t domains = 0;
  for (auto _ : state) {
    World copy = world;
    copy.hosts.edit(host_name(0)).last_domain_id = ++domains;
    benchmark::DoNotOptimize(copy.hash());
  }
}

void copy_change_one_volume_and_hash(benchmark::State& state) {
  const World& world = datacentre_of(state);
  bool read_only = false;
  for (auto _ : state) {
    World copy = world;
    Device device = *copy.hosts.find(host_name(0))->device("mapper/vg-guest7");
    device.read_only = read_only = !read_only;
    copy.hosts.edit(host_name(0)).put(std::move(device));
    benchmark::DoNotOptimize(copy.hash());
  }
}

void play_one_command(benchmark::State& state) {
  const World& world = datacentre_of(state);
  Op op;
  parse(words_of("lvcreate -s -L 1G -n before vg/guest7"), op);
  for (auto _ : state) {
    World copy = world;
    Report report;
    report.muted = true;
    benchmark::DoNotOptimize(perform(copy, host_name(0), op, report));
  }
}

void refuse_one_command(benchmark::State& state) {
  const World& world = datacentre_of(state);
  Op op;
  parse(words_of("lvcreate -s -L 1G -n guest8 vg/guest7"), op);
  for (auto _ : state) {
    Report report;
    report.muted = true;
    benchmark::DoNotOptimize(refuse(world, host_name(0), op, report));
  }
}

#define AT_ALL_SIZES(name) BENCHMARK(name)->RangeMultiplier(10)->Range(1, 1000)
AT_ALL_SIZES(copy_world);
AT_ALL_SIZES(copy_and_change_one_host);
AT_ALL_SIZES(copy_change_one_host_and_hash);
AT_ALL_SIZES(copy_change_one_volume_and_hash);
AT_ALL_SIZES(play_one_command);
AT_ALL_SIZES(refuse_one_command);

}  // namespace
}  // namespace rehearse
