// xen-migrate and xen-drbd-auto as they run on two dom0s: the programs of this build in guests of the lab,
// with real DRBD, real ssh and nested QEMU for domains; only xl is the lab's stand-in. What a dom0 has on its
// disk lies on /dev/vdb here, as a guest's root does not outlive a loss of power.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "integration/lab/lab.h"

namespace rehearse {
namespace {

using std::chrono::seconds;
using Clock = std::chrono::steady_clock;

constexpr seconds kPatience{300};  // far more than anything takes

// A folder that is there as long as this is, with the image of a file system: both programs, and the
// libraries they need, as /usr has them.
class Programs {
 public:
  Programs() {
    std::string name = testing::TempDir() + "/dom0-XXXXXX";
    EXPECT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
    const std::string line = fmt::format(
        "set -e; cd {0}; mkdir -p usr/sbin; strip -g -o usr/sbin/xen-migrate {1}; "
        "strip -g -o usr/sbin/xen-drbd-auto {2}; for l in $(ldd {1} {2} | awk \"/=> .usr|=> .lib/ {{ print "
        "\\$3 }}\" | sort -u); "
        "do mkdir -p usr${{l%/*}}; cp $l usr${{l%/*}}; done; "
        "truncate -s {3} image; /sbin/mkfs.ext4 -q -d usr image; rm -r usr",
        name, XEN_MIGRATE, XEN_DRBD_AUTO, kSize);
    EXPECT_EQ(std::system(("bash -c '" + line + "'").c_str()), 0) << line;
  }
  ~Programs() { std::filesystem::remove_all(folder_); }
  Programs(const Programs&) = delete;
  Programs& operator=(const Programs&) = delete;
  LabDiskPlan disk() const { return {"vdc", kSize, folder_ / "image"}; }

 private:
  static constexpr Bytes kSize = 640 * kMiB;
  std::filesystem::path folder_;
};

// Once: a disk for what a dom0 keeps.
constexpr const char* kMake = R"SH(set -e
mkfs.ext4 -q /dev/vdb && mkdir /disk && mount /dev/vdb /disk
mkdir -p /disk/etc /disk/root
cp -a /etc/xen /etc/drbd.d /disk/etc && cp -a /root/.ssh /disk/root
mkdir /disk/etc/xen/drbd-auto
cat > /disk/etc/drbd.d/r0.res <<END
resource r0 {
  device /dev/drbd0; disk /dev/vda; meta-disk internal;
  net { allow-two-primaries yes; ping-int 3; ping-timeout 20; connect-int 3; timeout 28; }
  on alpha { address 10.0.0.1:7788; }
  on beta { address 10.0.0.2:7788; }
}
END
sed -i 's/usage-count yes/usage-count no/' /disk/etc/drbd.d/global_common.conf
cat > /disk/etc/xen/drbd-auto/echelon.cfg <<END
name = 'echelon'
memory = 16
disk = [ 'phy:/dev/drbd0,xvda,w' ]
vif = [ 'mac=00:16:3e:00:00:0c' ]
END
ssh-keygen -q -t ed25519 -N '' -C migrate -f /disk/etc/xen/migrate-key
sync
)SH";

// After each start, as a boot does it.
constexpr const char* kBoot = R"SH(set -e
mkdir -p /disk /programs && { mountpoint -q /disk || mount /dev/vdb /disk; }
mount -o ro /dev/vdc /programs && cp -rns /programs/. /usr
for d in etc/xen etc/drbd.d root/.ssh; do mount --bind /disk/$d /$d; done
modprobe drbd
)SH";

constexpr const char* kCount = "dd if=/dev/drbd0 bs=512 skip=1 count=1 iflag=direct status=none";

class XenInTheLab : public testing::Test {
 protected:
  void SetUp() override {
    const Programs programs;
    const std::vector<LabDiskPlan> disks{{"vda", 12 * kMiB}, {"vdb", 16 * kMiB}, programs.disk()};
    auto made = Lab::start(
        {.guests = 2, .own_disks = {disks, disks}, .with = LabWith::qemu, .say = [](const std::string& line) {
           std::cerr << line << "\n";
         }});
    ASSERT_TRUE(std::holds_alternative<std::unique_ptr<Lab>>(made)) << std::get<LabFailure>(made).why;
    lab_ = std::move(std::get<std::unique_ptr<Lab>>(made));
    for (const std::string& host : lab_->guests()) {
      must(host, kMake);
      must(host, kBoot);
      must(host, "drbdadm create-md --force r0 && drbdadm up r0");
    }
    must("alpha", "echo 'echelon beta --live' > /etc/xen/migrate-tab.txt");
    must("beta", "echo 'echelon alpha --live' > /etc/xen/migrate-tab.txt");
    must("alpha", "xen-migrate setup beta | ssh beta 'cat >> .ssh/authorized_keys'");
    must("beta", "xen-migrate setup alpha | ssh alpha 'cat >> .ssh/authorized_keys'");
    until("alpha", "drbdadm cstate r0", "Connected");
    must(
        "alpha",
        "drbdadm new-current-uuid --clear-bitmap r0/0 && drbdadm primary r0 && "
        "dd if=/usr/share/lab/counter.img of=/dev/drbd0 oflag=direct conv=notrunc && drbdadm secondary r0 && "
        "xen-drbd-auto start && sync");
    until("beta", "drbdadm role r0", "Secondary/Primary");
    until("alpha", kCount, "count 0");
  }

  ShellAnswer run(const std::string& host, const std::string& line) {
    return lab_->shell(host).run(line_call(line, kPatience));
  }
  // What it said on both streams, and its status unless that is 0.
  std::string said(const std::string& host, const std::string& line) {
    const ShellAnswer answer = run(host, line);
    return answer.out + answer.err +
           (answer.status == 0 ? "" : fmt::format("[{}{}]", answer.status.value_or(-1), answer.why));
  }
  std::string must(const std::string& host, const std::string& line) {
    const ShellAnswer answer = run(host, line);
    EXPECT_EQ(answer.status, 0) << host << "# " << line << "\n" << answer.out << answer.err << answer.why;
    return answer.out;
  }
  // Whether the host comes to say this; it asks itself there.
  void until(const std::string& host, const std::string& line, const std::string& wanted) {
    const std::string asking =
        fmt::format("until said=$({{ {}; }} 2>&1); [[ $said == *'{}'* ]]; do sleep 0.1; done", line, wanted);
    const ShellAnswer answer = lab_->shell(host).run(line_call(asking, kPatience));
    EXPECT_EQ(answer.status, 0) << host << "# " << line << " never says: " << wanted
                                << "\nbut: " << said(host, line);
  }

  // The domains of a host with their states, its own left out.
  std::string domains(const std::string& host) {
    return said(host, "xl list | awk 'NR > 2 { print $1, $5 }'");
  }
  std::string records(const std::string& host) {
    return said(host, "sed 1d /etc/xen/migrate-status.txt | awk '{ print $1, $2, $3, $4 }'");
  }

  struct Count {
    long count = 0;
    long start = 0;
  };
  // What the guest has counted, by the disk of a host that is primary.
  Count count(const std::string& host) {
    const std::string text = said(host, kCount);
    Count found;
    if (std::sscanf(text.c_str(), "count %ld start %ld", &found.count, &found.start) != 2) return {};
    return found;
  }
  // It runs there, as the same guest that had counted so far.
  void goes_on(const std::string& host, const Count& before) {
    const auto end = Clock::now() + kPatience;
    Count now = count(host);
    while (now.count <= before.count + 1 && Clock::now() < end) now = count(host);
    EXPECT_GT(now.count, before.count + 1) << "the guest does not count on " << host;
    EXPECT_EQ(now.start, before.start) << "it was started anew";
  }

  // So many bytes of its memory cross in a second: few, and much can happen meanwhile.
  void pace_migration(const std::string& host, Bytes rate) {
    must(host, fmt::format(R"SH(rate={}; id=$(xl domid echelon)
coproc q {{ exec socat - UNIX-CONNECT:/run/xl/$id/qmp; }}
read -r -u ${{q[0]}} line
for c in '{{"execute":"qmp_capabilities"}}' \
    '{{"execute":"migrate-set-parameters","arguments":{{"max-bandwidth":'$rate'}}}}'; do
  echo "$c" >&${{q[1]}}; read -r -u ${{q[0]}} line; [[ $line == *return* ]] || exit 1
done)SH",
                           rate));
  }
  void begin_migration() {
    must("alpha",
         "(xen-migrate migrate echelon > /run/said 2>&1; echo \"[$?]\" >> /run/said) > /dev/null 2>&1 &");
    until("beta", "cat /run/xl/*/name", "echelon--incoming");
  }
  std::string ended_migration() {
    until("alpha", "cat /run/said", "]");
    return said("alpha", "cat /run/said");
  }

  void loses_power_and_boots(const std::string& host) {
    Done failed = lab_->kill(host);
    ASSERT_FALSE(failed) << failed->why;
    failed = lab_->boot(host);
    ASSERT_FALSE(failed) << failed->why;
    must(host, kBoot);
  }

  std::unique_ptr<Lab> lab_;
};

TEST_F(XenInTheLab, sends_a_guest_away_and_has_it_back_also_when_its_home_lost_power_meanwhile) {
  EXPECT_EQ(said("beta", "xen-migrate ping alpha"), "PING beta -> alpha\nPONG alpha -> beta\nSuccess.\n");
  // Through the key, nothing else can be asked for.
  EXPECT_EQ(said("alpha", "ssh -i /etc/xen/migrate-key -o IdentitiesOnly=yes beta id"),
            "expected ping, or reverse and a domain\n[2]");
  const Count home = count("alpha");
  EXPECT_EQ(said("alpha", "xen-migrate migrate echelon"), "echelon runs on beta\n");
  EXPECT_EQ(domains("alpha"), "");
  EXPECT_EQ(domains("beta"), "echelon -b----\n");
  goes_on("beta", home);
  EXPECT_EQ(said("alpha", "drbdadm role r0"), "Secondary/Primary\n");
  EXPECT_EQ(records("alpha"), "echelon beta away 4.17\n");
  EXPECT_EQ(records("beta"), "echelon alpha visiting 4.17\n");

  loses_power_and_boots("alpha");
  must("alpha", "drbdadm up r0");
  until("alpha", "drbdadm dstate r0", "UpToDate/UpToDate");
  EXPECT_EQ(said("alpha", "xen-drbd-auto start"), "echelon: is migrated away (at beta)\n");
  // Even without its records it does not.
  must("alpha", "mv /etc/xen/migrate-status.txt /etc/xen/aside");
  EXPECT_EQ(said("alpha", "xen-drbd-auto start"),
            "echelon: must not be started, the peer is primary (r0 Secondary/Primary)\n");
  must("alpha", "mv /etc/xen/aside /etc/xen/migrate-status.txt");
  EXPECT_EQ(domains("alpha"), "");
  const Count away = count("beta");

  const std::string back = said("alpha", "xen-migrate reverse ALL");
  EXPECT_TRUE(back.ends_with("echelon runs on alpha\n")) << back;
  EXPECT_EQ(domains("beta"), "");
  goes_on("alpha", away);
  EXPECT_EQ(said("beta", "drbdadm role r0"), "Secondary/Primary\n");
  EXPECT_EQ(records("alpha") + records("beta"), "");
}

TEST_F(XenInTheLab, starts_a_guest_at_boot_once_its_peer_is_seen_to_be_secondary) {
  const Count before = count("alpha");
  ASSERT_FALSE(lab_->cut());
  loses_power_and_boots("alpha");
  must("alpha", "drbdadm up r0");
  EXPECT_EQ(said("alpha", "xen-drbd-auto start"), "echelon: undetermined (r0 Secondary/Unknown)\n");
  EXPECT_EQ(domains("alpha"), "");
  ASSERT_FALSE(lab_->heal());
  until("alpha", "drbdadm role r0", "Secondary/Secondary");
  EXPECT_EQ(said("alpha", "xen-drbd-auto reload"), "echelon.cfg: looks again\n");
  until("alpha", "xen-drbd-auto status", "echelon: runs (as domain 1)");
  until("alpha", "drbdadm role r0", "Primary/Secondary");
  EXPECT_EQ(domains("beta"), "");
  goes_on("alpha", {before.count, before.start + 1});
}

TEST_F(XenInTheLab, says_which_side_has_the_guest_when_a_migration_breaks_off) {
  const Count before = count("alpha");
  pace_migration("alpha", 16 * kKiB);
  begin_migration();
  must("alpha", "pkill -KILL -f '/xl migrate '");
  const std::string killed = ended_migration();
  EXPECT_NE(killed.find("echelon runs on alpha\n[1]"), std::string::npos) << killed;
  EXPECT_EQ(domains("alpha"), "echelon -b----\n");
  EXPECT_EQ(domains("beta"), "");
  EXPECT_EQ(said("beta", "drbdadm role r0"), "Secondary/Primary\n");
  EXPECT_EQ(records("alpha") + records("beta"), "");
  goes_on("alpha", before);

  must("alpha",
       "echo 'echelon beta -s ssh\\040-oServerAliveInterval=1\\040-oServerAliveCountMax=2' > "
       "/etc/xen/migrate-tab.txt");
  begin_migration();
  ASSERT_FALSE(lab_->cut());
  const std::string cut = ended_migration();
  EXPECT_NE(cut.find("echelon runs on alpha; beta was not seen"), std::string::npos) << cut;
  EXPECT_TRUE(cut.ends_with("[3]\n")) << cut;
  EXPECT_EQ(domains("alpha"), "echelon -b----\n");
  EXPECT_TRUE(domains("beta") == "echelon--incoming --p---\n" || domains("beta").empty()) << domains("beta");
  EXPECT_EQ(records("alpha"), "echelon beta leaving 4.17\n");
  EXPECT_EQ(records("beta"), "echelon alpha coming 4.17\n");
  goes_on("alpha", before);

  // Both were primary without each other: to DRBD that is split, though one of them alone has written. A
  // person says which, and the move is begun again.
  ASSERT_FALSE(lab_->heal());
  until("alpha", "drbdadm cstate r0; ssh -oConnectTimeout=5 beta drbdadm cstate r0", "StandAlone");
  const std::string refused = said("alpha", "xen-migrate migrate echelon");
  EXPECT_TRUE(refused.starts_with("echelon: not migrated, for this does not hold: ")) << refused;
  EXPECT_TRUE(refused.ends_with("[1]")) << refused;
  must("beta",
       "if xl domid echelon--incoming; then xl destroy echelon--incoming; fi; drbdadm secondary r0; "
       "drbdadm disconnect r0; drbdadm connect --discard-my-data r0");
  must("alpha", "if [[ $(drbdadm cstate r0) == StandAlone ]]; then drbdadm connect r0; fi");
  until("alpha", "drbdadm dstate r0", "UpToDate/UpToDate");
  pace_migration("alpha", 128 * kMiB);
  EXPECT_EQ(said("alpha", "xen-migrate migrate echelon"), "echelon runs on beta\n");
  EXPECT_EQ(domains("alpha"), "");
  goes_on("beta", before);
}

}  // namespace
}  // namespace rehearse
