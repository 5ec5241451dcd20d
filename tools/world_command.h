// `rehearse world ...`: worlds to look at and to start from.
#pragma once

#include <string>
#include <vector>

namespace rehearse {

/// Prints the stack of every host as a tree.
int show(const std::string& file);
/// Prints it as a graph: "dot", or "svg" drawn by Graphviz.
int graph(const std::string& file, const std::string& format);
/// Prints a new world of bare machines: each "HOST" or "HOST:DISK=SIZE,DISK=SIZE".
int make_world(const std::vector<std::string>& hosts);

}  // namespace rehearse
