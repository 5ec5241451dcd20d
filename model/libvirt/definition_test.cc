// What libvirt makes of a definition. What it says and fills in is held against recordings; here is what
// holds of all of them.
#include "model/libvirt/definition.h"

#include <gtest/gtest.h>

#include "model/libvirt/disk_name.h"

namespace rehearse::libvirt {
namespace {

constexpr const char* kWeb =
    "<domain type='kvm'>\n<name>web</name><memory unit='MiB'>64</memory>\n<os><type>hvm</type></os>\n"
    "<devices>\n<disk type='block'><source dev='/dev/vg1/web'/><target dev='vda'/></disk>\n"
    "<disk type='block'><source dev='/dev/vg1/log'/><target dev='sda' bus='scsi'/><readonly/></disk>\n"
    "<interface type='bridge'><source bridge='br0'/></interface>\n</devices>\n</domain>\n";

Definition made(const std::string& text) {
  auto read = read_definition(text);
  if (const auto* error = std::get_if<DefinitionError>(&read)) ADD_FAILURE() << error->what;
  read = completed(std::get<Definition>(std::move(read)), "alpha");
  if (const auto* error = std::get_if<DefinitionError>(&read)) ADD_FAILURE() << error->what;
  return std::get<Definition>(std::move(read));
}

std::string fault(const std::string& text) {
  const auto read = read_definition(text);
  const auto* error = std::get_if<DefinitionError>(&read);
  return error ? error->what : "none";
}

TEST(Definitions, read_again_as_what_was_written) {
  const Definition web = made(kWeb);
  EXPECT_EQ(made(write_definition(web)), web);
  Definition settled = web;
  settled.settled = true;
  EXPECT_EQ(made(write_definition(settled)), settled);
}

TEST(Definitions, keep_the_places_of_what_is_there_when_a_disk_is_added) {
  std::string text = write_definition(made(kWeb));
  const std::size_t before = text.find("    <disk");
  text.insert(before, "<disk type='block'><source dev='/dev/b'/><target dev='vdb' bus='virtio'/></disk>");
  const Definition more = made(text);
  ASSERT_EQ(more.disks.size(), 3u);
  EXPECT_EQ(more.disks[0].slot, made(kWeb).disks[0].slot);
  EXPECT_NE(more.disks[1].slot, more.balloon_slot);
  EXPECT_EQ(more.balloon_slot, made(kWeb).balloon_slot);
}

TEST(Definitions, stand_by_their_targets_within_a_bus) {
  const auto disk = [](const char* target) {
    return std::string("<disk type='block'><source dev='/dev/x'/><target dev='") + target + "'/></disk>";
  };
  const Definition web = made(
      "<domain type='kvm'><name>w</name><memory>1024</memory><os><type>hvm</type></os>"
      "<devices>" +
      disk("vdc") + disk("vda") + disk("vdb") + "</devices></domain>");
  ASSERT_EQ(web.disks.size(), 3u);
  EXPECT_EQ(web.disks[0].target, "vda");
  EXPECT_EQ(web.disks[2].target, "vdc");
}

TEST(Definitions, that_the_model_does_not_keep_whole_stay_as_they_were_typed) {
  std::string text = kWeb;
  text.insert(text.find("<os>"), "<features><acpi/></features>");
  const Definition web = made(text);
  ASSERT_EQ(web.unmodelled, std::vector<std::string>{"features"});
  const std::string kept = text_of(web);
  EXPECT_NE(kept.find("<acpi/>"), std::string::npos);
  EXPECT_EQ(made(kept).uuid, web.uuid);
}

TEST(Definitions, are_turned_down_with_the_place_where_they_break) {
  EXPECT_EQ(fault("<domain>\n  <name>a\n</domain>\n"),
            "(domain_definition):3: Opening and ending tag mismatch: name line 2 and "
            "domain\n</domain>\n---------^");
  EXPECT_EQ(
      fault("<domain type='kvm'><name>a</name><memory>9999999999999999999</memory><os><type>hvm</type></os>"
            "</domain>"),
      "numerical overflow: value too large: 9999999999999999999");
}

TEST(DiskNames, are_numbered_as_letters_are) {
  EXPECT_EQ(disk_index("vda"), 0);
  EXPECT_EQ(disk_index("vdz"), 25);
  EXPECT_EQ(disk_index("vdaa"), 26);
  EXPECT_EQ(disk_index("hdb1"), 1);
  EXPECT_EQ(disk_index("vd"), -1);
  EXPECT_EQ(disk_index("nope"), -1);
  EXPECT_EQ(disk_index("vdA"), -1);
}

}  // namespace
}  // namespace rehearse::libvirt
