// Configuration files of xl and xm (xl.cfg(5)): settings NAME = VALUE, where a value is a quoted text, a
// number or a list of them. They look like Python and are not: what is read, and with which words the rest is
// turned down, follows libxlutil of Xen 4.17 (libxlu_cfg_l.l, libxlu_disk_l.l). Settings the model has no use
// for are kept out of the way, as xl does.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "model/domain/domain.h"

namespace rehearse::domain {

/// What is wrong with a file, and what was expected.
struct ConfigError {
  std::size_t line = 0;  // from 1; 0: of no line
  std::string what;      // the tool's words, after the place
  bool operator==(const ConfigError&) const = default;

  /// The line that xl names: a newline where something was missing is one of the line before (libxlu_cfg.c).
  std::size_t said_line() const;
  /// All lines that xl prints of it.
  std::string words(std::string_view file) const;
};

struct ConfigFile {
  Config config;                      // `Disk::device` is not resolved yet
  std::vector<ConfigError> warnings;  // "parameter `memory' is not a valid number"
  bool operator==(const ConfigFile&) const = default;
};

std::variant<ConfigFile, ConfigError> read_config(std::string_view text);
/// A file that reads as this configuration.
std::string write_config(const Config&);

/// 'phy:/dev/vg1/echelon,xvda1,w' or 'format=raw,vdev=xvda1,access=rw,target=/dev/vg1/echelon'.
std::variant<Disk, ConfigError> read_disk(std::string_view text);
/// 'mac=00:16:3e:00:00:0c,ip=192.168.0.12,bridge=xenbr0'
std::variant<Interface, ConfigError> read_interface(std::string_view text);

}  // namespace rehearse::domain
