#include <fmt/format.h>

#include <boost/graph/graphviz.hpp>
#include <map>
#include <sstream>

#include "scenarios/world_stack.h"
#include "scenarios/world_view.h"

namespace rehearse {
namespace {

// What Boost.Graph's writer can draw: attributes on everything, subgraphs as clusters.
using Attributes = std::map<std::string, std::string>;
using OfVertices = boost::property<boost::vertex_attribute_t, Attributes>;
using OfEdges =
    boost::property<boost::edge_index_t, int, boost::property<boost::edge_attribute_t, Attributes>>;
using OfGraphs = boost::property<
    boost::graph_name_t, std::string,
    boost::property<boost::graph_graph_attribute_t, Attributes,
                    boost::property<boost::graph_vertex_attribute_t, Attributes,
                                    boost::property<boost::graph_edge_attribute_t, Attributes>>>>;
using Drawing = boost::subgraph<
    boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS, OfVertices, OfEdges, OfGraphs>>;
using Vertex = boost::graph_traits<Drawing>::vertex_descriptor;

class Graph {
 public:
  explicit Graph(const World& world) : world_(world) {
    boost::get_property(whole_, boost::graph_name) = "world";
    auto& attributes = boost::get_property(whole_, boost::graph_graph_attribute);
    attributes["rankdir"] = "BT";
    attributes["fontname"] = "sans-serif";
    boost::get_property(whole_, boost::graph_vertex_attribute)["fontname"] = "sans-serif";
    boost::get_property(whole_, boost::graph_edge_attribute)["fontname"] = "sans-serif";
  }

  std::string text() {
    world_.hosts.for_each([&](Name name, const Host& host) { add_host(name, host); });
    world_.hosts.for_each([&](Name name, const Host& host) { join_network_disks(name, host); });
    std::ostringstream out;
    boost::write_graphviz(out, whole_);
    return out.str();
  }

 private:
  Vertex add(Drawing& cluster, const std::string& label, const std::string& shape) {
    const Vertex local = boost::add_vertex(cluster);
    const Vertex vertex = cluster.local_to_global(local);
    auto attributes = boost::get(boost::vertex_attribute, whole_);
    attributes[vertex]["label"] = line_by_line(label);
    attributes[vertex]["shape"] = shape;
    return vertex;
  }

  void join(Vertex from, Vertex to, const std::string& label) {
    const auto edge = boost::add_edge(from, to, whole_).first;
    if (!label.empty()) boost::get(boost::edge_attribute, whole_)[edge]["label"] = line_by_line(label);
  }

  // The writer quotes; what it leaves to others is that a new line in a label is spelled \n.
  static std::string line_by_line(const std::string& text) {
    std::string out;
    for (const char c : text) {
      if (c == '\\') out += '\\';
      if (c == '\n') {
        out += "\\n";
      } else {
        out += c;
      }
    }
    return out;
  }

  void add_host(Name name, const Host& host) {
    Drawing& cluster = whole_.create_subgraph();
    boost::get_property(cluster, boost::graph_name) = fmt::format("\"cluster_{}\"", name.str());
    boost::get_property(cluster, boost::graph_graph_attribute)["label"] =
        name.str() + (host.powered ? "" : " (without power)");
    if (!host.powered) {
      for (const Disk& disk : host.hardware->disks) add(cluster, disk.device.str(), "cylinder");
      return;
    }
    for (const Device& device : *host.devices) {
      const std::string held = holds(world_, name, device);
      std::string label = device.name.str() + "\n" + short_size(device.size * kSector);
      if (device.invalid) label += "\nINVALID";
      if (!held.empty()) label += "\n" + held;
      devices_[{name, device.name}] = add(cluster, label, device.as<DiskDevice>() ? "cylinder" : "box");
    }
    for (const Device& device : *host.devices) {
      for (Name under : below(device)) {
        const auto to = devices_.find({name, under});
        if (to != devices_.end()) join(devices_[{name, device.name}], to->second, edge_name(device, under));
      }
    }
    add_users(cluster, name, host);
  }

  static std::string edge_name(const Device& device, Name under) {
    if (const auto* map = device.as<SnapshotMap>()) return under == map->cow ? "changes" : "origin";
    return "";
  }

  void add_users(Drawing& cluster, Name name, const Host& host) {
    const auto device = [&](Name wanted) { return devices_.find({name, wanted}); };
    for (const fs::Mount& mount : *host.mounts) {
      const Vertex vertex = add(cluster, mount.target.str(), "folder");
      if (device(mount.device) != devices_.end()) join(vertex, device(mount.device)->second, "");
    }
    for (const domain::Domain& domain : *host.domains) {
      std::string label = domain.config.name.str();
      for (const domain::Interface& card : domain.config.interfaces) label += "\n" + card.ip.str();
      const Vertex vertex = add(cluster, label, "component");
      for (const domain::Disk& disk : domain.config.disks) {
        if (device(disk.device) == devices_.end()) continue;
        join(vertex, device(disk.device)->second, disk.frontend.str() + (disk.writable ? "" : " (ro)"));
      }
    }
  }

  // A network disk stands on what its server exports under that address.
  void join_network_disks(Name name, const Host& host) {
    if (!host.powered) return;
    for (const Device& row : *host.devices) {
      const auto* map = row.as<AoeDevice>();
      const Host* server = map ? world_.hosts.find(map->server) : nullptr;
      if (!server || !server->powered) continue;
      for (const Export& exported : *server->exports) {
        const auto to = devices_.find({map->server, exported.device});
        if (exported.shelf != map->shelf || exported.slot != map->slot || to == devices_.end()) continue;
        join(devices_[{name, row.name}], to->second, fmt::format("e{}.{}", map->shelf, map->slot));
      }
    }
  }

  const World& world_;
  Drawing whole_;
  std::map<std::pair<Name, Name>, Vertex> devices_;
};

}  // namespace

std::string graph_world(const World& world) { return Graph(world).text(); }

}  // namespace rehearse
