#include "integration/lab_world.h"

namespace rehearse {

namespace {

// As drbd-utils of Debian install it, without the comments of its second file.
fs::Tree lab_root() {
  fs::Tree tree;
  for (const char* path : {"/etc", "/mnt", "/root", "/run", "/tmp", "/var"}) {
    fs::File directory;
    directory.path = path;
    directory.kind = fs::FileKind::directory;
    tree.put(directory);
  }
  tree.put(fs::text_file("/etc/drbd.conf",
                         "# You can find an example in  /usr/share/doc/drbd.../drbd.conf.example\n\n"
                         "include \"drbd.d/global_common.conf\";\ninclude \"drbd.d/*.res\";\n"));
  tree.put(fs::text_file("/etc/drbd.d/global_common.conf",
                         "global {\n\tusage-count yes;\n\tudev-always-use-vnr;\n}\n\n"
                         "common {\n\thandlers {\n\t}\n\tstartup {\n\t}\n\toptions {\n\t}\n"
                         "\tdisk {\n\t}\n\tnet {\n\t}\n}\n"));
  return tree;
}

// A guest for QEMU, to be put on a disk (integration/lab/nested/counter.S).
void add_counter(fs::Tree& tree) {
  for (const char* path : {"/usr", "/usr/share", "/usr/share/lab"}) {
    fs::File directory;
    directory.path = path;
    directory.kind = fs::FileKind::directory;
    tree.put(directory);
  }
  fs::File counter;
  counter.path = "/usr/share/lab/counter.img";
  counter.size = 512;
  tree.put(counter);
}

}  // namespace

World lab_world(std::size_t disks, Bytes disk_size, std::size_t guests, bool libvirt, bool qemu) {
  World world;
  std::vector<BlankDisk> blank;
  for (std::size_t i = 0; i < disks; ++i) {
    blank.push_back({Name("vd" + std::string(1, static_cast<char>('a' + i))), disk_size});
  }
  Part<fs::Tree> tree = lab_root();
  if (libvirt) tree.edit().put(fs::text_file("/etc/libvirt/libvirtd.conf", "listen_tcp = 1\n"));
  if (qemu) add_counter(tree.edit());
  for (std::size_t i = 0; i < guests; ++i) {
    const Name name = i == 0 ? "alpha" : "beta";
    add_host(world, name, blank);
    Host& host = world.hosts.edit(name);
    host.root = tree;
    host.disk_root = tree;
    host.hardware.edit().runs_libvirt = libvirt;
    host.hardware.edit().has_qemu = qemu;
    host.hardware.edit().addresses = {i == 0 ? "10.0.0.1" : "10.0.0.2"};
  }
  return world;
}

void forget_files(World& world, Name host) { world.hosts.edit(host).disk_root = lab_root(); }

}  // namespace rehearse
