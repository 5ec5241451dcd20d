// Guests of libvirt: their systems boot, go to another host, and end.
#include "model/libvirt/ops.h"

#include "model/domain/testing.h"
#include "model/libvirt/store.h"
#include "model/text.h"

namespace rehearse::libvirt {
namespace {

struct LibvirtGuests : domain::Site {
  static constexpr const char* kDefinition =
      "<domain type='kvm'><name>echelon</name><memory "
      "unit='MiB'>256</memory><os><type>hvm</type></os><devices>"
      "<disk type='block'><source dev='/dev/etherd/e3.4'/><target dev='vda'/></disk></devices></domain>";

  LibvirtGuests() {
    for (const char* name : {"perceval", "galaad"}) {
      world.hosts.edit(name).hardware.edit().runs_libvirt = true;
      world.hosts.edit(name).hardware.edit().runs_xen = false;
      put(name, "/etc/libvirt/libvirtd.conf", "listen_tcp = 1\n");
      put(name, "/root/echelon.xml", kDefinition);
    }
    run("perceval", {"virsh", "define", "echelon.xml"});
  }
  Refused virsh(Name host, const std::string& line) {
    Words words = {"virsh"};
    for (const auto piece : split(line, ' ')) words.emplace_back(piece);
    return run(host, words);
  }
};

TEST_F(LibvirtGuests, boot_and_shut_down_and_stay_defined) {
  ASSERT_FALSE(virsh("perceval", "start echelon")) << said();
  ASSERT_TRUE(echelon());
  EXPECT_EQ(echelon()->hostname, Name("echelon"));
  EXPECT_FALSE(echelon()->mounts.empty());
  EXPECT_FALSE(virsh("perceval", "shutdown echelon"));
  EXPECT_FALSE(echelon());
  EXPECT_TRUE(find(world, "perceval", "echelon").definition);
  EXPECT_FALSE(virsh("perceval", "start echelon"));
}

TEST_F(LibvirtGuests, without_a_system_do_not_hear_a_shutdown) {
  put("perceval", "/root/blank.xml",
      "<domain type='kvm'><name>blank</name><memory>65536</memory><os><type>hvm</type></os></domain>");
  virsh("perceval", "create blank.xml");
  EXPECT_FALSE(virsh("perceval", "shutdown blank"));
  EXPECT_EQ(said(), "Domain 'blank' is being shutdown\n\n");
  EXPECT_TRUE(host("perceval").domain("blank"));
}

TEST_F(LibvirtGuests, go_on_elsewhere_and_may_be_started_twice) {
  virsh("perceval", "start echelon");
  ASSERT_FALSE(virsh("perceval", "migrate --live echelon qemu+ssh://galaad/system")) << said();
  EXPECT_FALSE(echelon());
  ASSERT_TRUE(echelon("galaad"));
  EXPECT_EQ(echelon("galaad")->hostname, Name("echelon"));
  ASSERT_EQ(echelon("galaad")->mounts.size(), 1u);
  EXPECT_EQ(find(world, "galaad", "echelon").shown().uuid, find(world, "perceval", "echelon").shown().uuid);
  EXPECT_FALSE(find(world, "galaad", "echelon").definition) << "it is transient there";
  EXPECT_FALSE(virsh("perceval", "start echelon")) << "nothing here knows that it runs there";
}

TEST_F(LibvirtGuests, are_not_found_where_nobody_listens) {
  virsh("perceval", "start echelon");
  put("galaad", "/etc/libvirt/libvirtd.conf", "#listen_tcp = 1\n");
  EXPECT_EQ(virsh("perceval", "migrate echelon qemu+tcp://galaad/system").why, Refusal::virsh_not_migrated);
  EXPECT_EQ(said(), "\nerror: unable to connect to server at 'galaad:16509': Connection refused\n");
  EXPECT_TRUE(echelon());
}

TEST_F(LibvirtGuests, that_are_marked_start_with_their_host) {
  virsh("perceval", "autostart echelon");
  ASSERT_FALSE(step(PowerOff{"perceval"}));
  EXPECT_FALSE(echelon());
  ASSERT_FALSE(step(PowerOn{"perceval"}));
  EXPECT_TRUE(echelon());
}

TEST_F(LibvirtGuests, are_unknown_where_libvirt_does_not_run) {
  EXPECT_EQ(virsh("trolls", "start echelon").why, Refusal::virsh_not_connected);
  EXPECT_EQ(report.status, 1);
}

TEST_F(LibvirtGuests, are_the_same_over_a_named_connection) {
  ASSERT_FALSE(virsh("perceval", "-c qemu:///system start echelon"));
  EXPECT_TRUE(echelon());
}

}  // namespace
}  // namespace rehearse::libvirt
