// Values of QEMU's options are understood as a whole, or not at all.
#include "model/qemu/values.h"

#include <gtest/gtest.h>

#include "model/qemu/ops.h"

namespace rehearse::qemu {
namespace {

TEST(QemuDrives, are_read_with_all_that_they_say) {
  Drive drive;
  ASSERT_TRUE(read_value("file=/dev/drbd0,format=raw,if=virtio,cache=none,readonly=on,id=root", drive));
  EXPECT_EQ(drive.file, "/dev/drbd0");
  EXPECT_EQ(drive.id, "root");
  EXPECT_TRUE(drive.raw && drive.direct && drive.writeback && drive.read_only && drive.locks);
  EXPECT_EQ(drive.interface, Drive::Interface::virtio);
}

TEST(QemuDrives, with_a_setting_that_is_not_modelled_are_not_understood) {
  Drive drive;
  for (const char* text : {"file=/dev/vda,format=qcow2", "file=/dev/vda,snapshot=on", "format=raw",
                           "file=disk.img,format=raw", "file=/dev/vda,if=scsi", "file=/dev/vda,cache=fast"}) {
    EXPECT_FALSE(read_value(text, drive)) << text;
  }
}

TEST(QemuAddresses, name_a_host_and_a_port) {
  Address address;
  ASSERT_TRUE(read_value("tcp:perceval:4444", address));
  EXPECT_EQ(address.host, "perceval");
  EXPECT_EQ(address.port, "4444");
  for (const char* text : {"tcp:perceval", "tcp:perceval:0", "tcp:perceval:70000", "unix:/run/a", "tcp::x"}) {
    EXPECT_FALSE(read_value(text, address)) << text;
  }
}

TEST(QemuMemory, is_in_mebibytes_unless_it_says_otherwise) {
  Memory memory;
  ASSERT_TRUE(read_value("64", memory));
  EXPECT_EQ(memory.mib, 64u);
  ASSERT_TRUE(read_value("size=2G", memory));
  EXPECT_EQ(memory.mib, 2048u);
  for (const char* text : {"", "0", "64k", "99999999999G", "64,slots=2"})
    EXPECT_FALSE(read_value(text, memory));
}

TEST(QemuOptions, that_are_not_known_are_named_whole) {
  Op op;
  const auto word = [&](Words words) {
    words.insert(words.begin(), {"qemu-system-x86_64", "-daemonize"});
    return parse(words, op).word;
  };
  EXPECT_EQ(word({"-snapshot"}), "-snapshot");
  EXPECT_EQ(word({"-m64"}), "-m64");
  EXPECT_EQ(word({"-serial", "stdio"}), "-serial");
  EXPECT_EQ(word({"--m", "64", "-S"}), "");
}

TEST(QemuRequests, are_answered_or_named) {
  const auto unknown = [](const char* text) { return read_requests(text).unknown; };
  EXPECT_EQ(unknown(R"({"execute":"device_add"})"), "the QMP command device_add");
  EXPECT_EQ(unknown(R"({"execute":"migrate","arguments":{"uri":"tcp:a:1","blk":true}})"),
            "the argument blk of the QMP command migrate");
  EXPECT_EQ(unknown(R"({"execute":"migrate-set-parameters","arguments":{"multifd-channels":4}})"),
            "the argument multifd-channels of the QMP command migrate-set-parameters");
  EXPECT_EQ(unknown("info status"), "a QMP line that is no JSON object");
  const Requests made = read_requests(R"({"execute":"stop"} {"execute":"cont","id":{"a":"}"}} {"execute":)");
  ASSERT_EQ(made.all.size(), 2u);
  EXPECT_EQ(made.all[1].verb, Verb::cont);
  EXPECT_EQ(made.all[1].id, R"({"a":"}"})");
  EXPECT_EQ(read_requests(R"({"execute":"migrate"})").all[0].complaint, "Parameter 'uri' is missing");
}

}  // namespace
}  // namespace rehearse::qemu
