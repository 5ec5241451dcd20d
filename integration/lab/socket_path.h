// The address of a Unix socket in a folder, however long the folder's path is: an address has room for 108
// bytes, so the folder is named by a descriptor of it that is open.
#pragma once

#include <fcntl.h>
#include <sys/un.h>

#include <cstring>

#include "integration/lab/process.h"

namespace rehearse {

inline Handle open_folder(const std::filesystem::path& folder) {
  return Handle(open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
}

inline sockaddr_un socket_in(const Handle& folder, const std::string& name) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = "/proc/self/fd/" + std::to_string(folder.get()) + "/" + name;
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  return address;
}

}  // namespace rehearse
