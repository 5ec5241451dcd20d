#include "integration/lab/disk.h"

namespace rehearse {
namespace {

using Json = nlohmann::json;

std::string errors_node(const LabDisk& disk) {
  return disk.name + "-errors-" + std::to_string(disk.generation);
}
std::string log_node(const LabDisk& disk) { return disk.name + "-log-" + std::to_string(disk.generation); }

// One rule says "everywhere" or one sector, so a range is as many rules as it has sectors.
void add_rules(Json& rules, const DiskErrors& errors, const char* kind) {
  Json rule{{"event", "none"}, {"iotype", kind}, {"errno", 5}, {"immediately", true}, {"once", false}};
  if (!errors.where) {
    rules.push_back(rule);
    return;
  }
  for (Sectors at = errors.where->first; at < errors.where->end(); ++at) {
    rule["sector"] = at;
    rules.push_back(rule);
  }
}

}  // namespace

std::vector<Json> fault_nodes(const LabDisk& disk) {
  std::vector<Json> nodes;
  std::string below = disk.name + "-file";
  if (disk.volatile_cache) {
    nodes.push_back({{"driver", "blklogwrites"},
                     {"node-name", log_node(disk)},
                     {"file", below},
                     {"log", {{"driver", "file"}, {"filename", disk.log_file()}}}});
    below = log_node(disk);
  }
  if (disk.errors) {
    // Flushes go on: a disk that fails them could not be mended, as mending it flushes first.
    Json rules = Json::array();
    if (disk.errors->reads) add_rules(rules, *disk.errors, "read");
    if (disk.errors->writes) {
      for (const char* kind : {"write", "write-zeroes", "discard"}) add_rules(rules, *disk.errors, kind);
    }
    nodes.push_back({{"driver", "blkdebug"},
                     {"node-name", errors_node(disk)},
                     {"image", below},
                     {"inject-error", std::move(rules)}});
  }
  return nodes;
}

std::string node_below_raw(const LabDisk& disk) {
  if (disk.errors) return errors_node(disk);
  return disk.volatile_cache ? log_node(disk) : disk.name + "-file";
}

Json file_node(const LabDisk& disk) {
  return {{"driver", "file"}, {"node-name", disk.name + "-file"}, {"filename", disk.file()}};
}

Json raw_node(const LabDisk& disk) {
  return {{"driver", "raw"}, {"node-name", disk.name + "-raw"}, {"file", node_below_raw(disk)}};
}

Json throttle_node(const LabDisk& disk) {
  return {{"driver", "throttle"},
          {"node-name", disk.name},
          {"throttle-group", disk.name + "-pace"},
          {"file", disk.name + "-raw"}};
}

}  // namespace rehearse
