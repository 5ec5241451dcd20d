#include "tools/world_command.h"

#include <fmt/format.h>

#include <cstdio>
#include <iostream>

#include "scenarios/phrase.h"
#include "scenarios/world_file.h"
#include "scenarios/world_view.h"
#include "tools/check.h"

namespace rehearse {
namespace {

// "sda=20G".
std::optional<BlankDisk> disk_of(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) return std::nullopt;
  const auto size = read_size(text.substr(equals + 1));
  if (!size || *size == 0 || *size % kSector != 0) return std::nullopt;
  return BlankDisk{text.substr(0, equals), *size};
}

}  // namespace

int show(const std::string& file) {
  const auto world = load_world(file);
  if (const auto* bad = std::get_if<InputError>(&world)) return bad_input(bad->text());
  std::cout << show_world(std::get<World>(world));
  return kClean;
}

int graph(const std::string& file, const std::string& format) {
  const auto world = load_world(file);
  if (const auto* bad = std::get_if<InputError>(&world)) return bad_input(bad->text());
  const std::string dot = graph_world(std::get<World>(world));
  if (format == "dot") {
    std::cout << dot;
    return kClean;
  }
  std::cout.flush();
  FILE* pipe = popen("dot -Tsvg 2>/dev/null", "w");
  if (pipe) std::fwrite(dot.data(), 1, dot.size(), pipe);
  if (!pipe || pclose(pipe) != 0)
    return bad_input("dot of Graphviz could not be run; --format dot needs none");
  return kClean;
}

int make_world(const std::vector<std::string>& hosts) {
  World world;
  for (const std::string& text : hosts) {
    const std::size_t colon = std::min(text.find(':'), text.size());
    const std::string name = text.substr(0, colon);
    if (name.empty() || world.hosts.contains(name)) {
      return bad_input(fmt::format("expected the name of another host, found {}", quote_word(text)));
    }
    std::vector<BlankDisk> disks;
    for (std::size_t at = colon; at < text.size();) {
      const std::size_t end = std::min(text.find(',', at + 1), text.size());
      const std::string piece = text.substr(at + 1, end - at - 1);
      const auto disk = disk_of(piece);
      if (!disk)
        return bad_input(fmt::format("expected a disk such as sda=20G, found {}", quote_word(piece)));
      disks.push_back(*disk);
      at = end;
    }
    add_host(world, name, disks);
  }
  std::cout << write_world(world);
  return kClean;
}

}  // namespace rehearse
