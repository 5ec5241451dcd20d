#include "scenarios/migrate/modelled.h"

#include <gtest/gtest.h>

#include "backends/shell/model_shell.h"
#include "model/fs/path.h"
#include "scenarios/terminal.h"
#include "scenarios/world_file.h"

namespace rehearse::migrate {
namespace {

// Two dom0s with a guest's root on the network, each with an /etc/xen of its own.
constexpr const char* kWorld = R"JSON({
  "rehearse_world": 1,
  "hosts": {
    "trolls": {
      "disks": {"sda": {"size": "8G", "partitions": [{"type": "8e"}]}},
      "lvm": {"vg1": {"pvs": ["/dev/sda1"], "volumes": {"echelon": {"size": "512M", "fs": {
        "files": {"/etc/hostname": "echelon\n",
                  "/etc/fstab": "/dev/xvda1 / ext4 defaults 0 1\n",
                  "/var": {"directory": true}}}}}}},
      "files": {"/etc/inittab":
        "id:2:initdefault:\nv4:23:respawn:/usr/sbin/vblade 3 4 eth0 /dev/vg1/echelon\n"},
      "exports": {"e3.4": "/dev/vg1/echelon"}
    },
    "perceval": {
      "memory": "1G", "xen": true, "aoe": true,
      "files": {
        "/etc/hosts": "127.0.0.1 localhost\n127.0.1.1 perceval\n192.168.0.4 galaad\n",
        "/etc/xen/migrate-tab.txt": "echelon galaad --live\n",
        "/etc/xen/migrate-key.pub":
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGhpZ2hlciBwb3dlcnMgb2YgbWFjaGluZXM root\n",
        "/etc/xen/echelon.cfg":
"name = 'echelon'\nmemory = 256\ndisk = ['phy:/dev/etherd/e3.4,xvda1,w']\nvif = ['mac=00:16:3e:00:00:0c']\n"
      },
      "domains": ["/etc/xen/echelon.cfg"]
    },
    "galaad": {
      "memory": "1G", "xen": true, "aoe": true,
      "files": {
        "/etc/hosts": "127.0.0.1 localhost\n192.168.0.3 perceval\n",
        "/etc/xen/migrate-tab.txt": "echelon perceval --live\n",
        "/root/.ssh/authorized_keys":
    "from=\"192.168.0.3\",no-pty,command=\"/usr/sbin/xen-migrate migrate2 perceval\" ssh-ed25519 AAAA\n"
      }
    }
  }
})JSON";

World site() {
  auto read = read_world(kWorld, "site.json");
  if (const auto* bad = std::get_if<InputError>(&read)) ADD_FAILURE() << bad->text();
  return std::get<World>(std::move(read));
}

struct Typed : testing::Test {
  Result type(const std::string& text, Name host = "perceval") {
    Result result;
    CommandLine line;
    line.host = host;
    line.text = text;
    terminal.type(line, result);
    return result;
  }
  static std::string text(const Result& result) {
    std::string all;
    for (const Line& line : result.output) all += line.text + "\n";
    return all + result.not_modelled;
  }
  const domain::Domain* echelon(Name host) const {
    return terminal.world().hosts.find(host)->domain("echelon");
  }
  Terminal terminal{site(), ""};
};

TEST_F(Typed, is_played_command_by_command) {
  const Result sent = type("xen-migrate migrate echelon");
  ASSERT_EQ(sent.verdict, Verdict::done) << text(sent);
  EXPECT_EQ(text(sent), "echelon runs on galaad\n");
  ASSERT_TRUE(echelon("galaad"));
  bool migrated = false;
  for (const Move& move : terminal.moves()) {
    const auto* command = std::get_if<Command>(&move.step);
    migrated =
        migrated || (command && render(command->op) == Words{"xl", "migrate", "--live", "echelon", "galaad"});
  }
  EXPECT_TRUE(migrated);
  const Result back = type("/usr/sbin/xen-migrate reverse ALL");
  ASSERT_EQ(back.verdict, Verdict::done) << text(back);
  EXPECT_TRUE(echelon("perceval"));
  EXPECT_EQ(text(type("cat /etc/xen/migrate-status.txt")).find("echelon"), std::string::npos);
}

TEST_F(Typed, goes_only_where_the_network_leads) {
  Result cut;
  terminal.happen(LinkEvent{"perceval", "galaad", false, LinkFault::cut, 0}, cut);
  const Result refused = type("xen-migrate migrate echelon");
  EXPECT_EQ(refused.verdict, Verdict::failed);
  EXPECT_NE(text(refused).find("No route to host"), std::string::npos) << text(refused);
  EXPECT_TRUE(echelon("perceval"));
}

TEST_F(Typed, is_let_in_by_its_key_alone) {
  EXPECT_EQ(text(type("xen-migrate ping galaad")),
            "PING perceval -> galaad\nPONG galaad -> perceval\nSuccess.\n");
  const Result other = type("xen-migrate ping perceval", "galaad");
  EXPECT_NE(text(other).find("Permission denied (publickey)"), std::string::npos) << text(other);
  const Result line = type("xen-migrate setup galaad");
  EXPECT_NE(text(line).find("from=\"192.168.0.3\""), std::string::npos)
      << "the own name is 127.0.1.1 here, the peer knows better: " << text(line);
}

TEST_F(Typed, is_not_played_with_words_that_are_none_of_its) {
  EXPECT_EQ(type("xen-migrate migrat echelon").not_modelled, "migrat");
  EXPECT_EQ(type("xen-drbd-auto start --fast").not_modelled, "--fast");
}

TEST(TrapOfSharedFiles, is_noticed) {
  auto world = load_world(REHEARSE_SCENARIOS "/trolls.world.json");
  ASSERT_TRUE(std::holds_alternative<World>(world));
  Terminal terminal(std::get<World>(world), "");
  Result ignored;
  CommandLine line;
  line.host = "trolls";
  line.text = "echo 'echelon galaad' > /etc/xen/migrate-tab.txt";
  terminal.type(line, ignored);
  Result result;
  line.host = "perceval";
  line.text = "xen-migrate migrate echelon";
  terminal.type(line, result);
  EXPECT_EQ(result.verdict, Verdict::failed);
  ASSERT_FALSE(result.output.empty());
  EXPECT_NE(result.output[0].text.find("is the same file here and on galaad"), std::string::npos)
      << result.output[0].text;
  EXPECT_TRUE(terminal.world().hosts.find("perceval")->domain("echelon"));
}

// Dies at one call, or has the way break in the middle of xl migrate.
class Interrupted : public Shell {
 public:
  struct Plan {
    std::size_t at = 0;
    bool done = false;  // the command at which it dies was done
    domain::Stage until = domain::Stage::done;
    std::size_t number = 0;
    std::size_t migrate = 0;  // the number of xl migrate
    bool dead = false;
  };
  Interrupted(std::shared_ptr<Shell> shell, ModelBackend& model, Plan& plan)
      : shell_(std::move(shell)), model_(model), plan_(plan) {}
  std::string where() const override { return shell_->where(); }

  ShellAnswer run(const ShellCall& call) override {
    ShellAnswer none;
    none.ended = ShellAnswer::Ended::lost;
    none.why = "the program is dead";
    if (plan_.dead) return none;
    const bool here = plan_.number++ == plan_.at;
    if (here) plan_.dead = true;
    if (here && !plan_.done) return none;
    Op op;
    if (parse(call.words, op).kind == Mismatch::Kind::none) {
      const auto* layer = std::get_if<domain::Op>(&op);
      const auto* move = layer ? layer->get_if<domain::MigrateDomain>() : nullptr;
      if (move) plan_.migrate = plan_.number - 1;
      if (move && plan_.until != domain::Stage::done) {
        domain::MigrateDomain part = *move;
        part.until = plan_.until;
        model_.play(Command{"perceval", domain::Op(part)});
        none.ended = ShellAnswer::Ended::timed_out;
        return none;
      }
    }
    const ShellAnswer answer = shell_->run(call);
    return here ? none : answer;
  }

 private:
  std::shared_ptr<Shell> shell_;
  ModelBackend& model_;
  Plan& plan_;
};

int running_copies(const World& world) {
  int count = 0;
  world.hosts.for_each([&](Name, const Host& host) {
    for (const domain::Domain& row : *host.domains) count += row.state == domain::State::running;
  });
  return count;
}

class Interruptions : public testing::Test {
 protected:
  /// Plays a migration that is disturbed so, and what a person would do then.
  Interrupted::Plan play(Interrupted::Plan plan) {
    ModelBackend model(whole_);
    Modelled programs(model, [&](Name, std::shared_ptr<Shell> shell) {
      return std::make_shared<Interrupted>(std::move(shell), model, plan);
    });
    std::string odd;
    programs.run("perceval", Words{"xen-migrate", "migrate", "echelon"}, odd);
    EXPECT_LE(running_copies(model.world()), 1) << plan.at;
    Modelled again(model);
    expect_true_account(again.run("perceval", Words{"xen-migrate", "status", "echelon"}, odd), model.world());
    if (plan.done) {
      again.run("perceval", Words{"xen-migrate", "migrate", "echelon"}, odd);
      again.run("perceval", Words{"xen-migrate", "reverse", "ALL"}, odd);
      EXPECT_LE(running_copies(model.world()), 1) << plan.at;
    }
    return plan;
  }

  static void expect_true_account(const Report& told, const World& world) {
    ASSERT_EQ(told.lines.size(), 1u);
    const std::string& text = told.lines[0].text;
    for (const Name host : {Name("perceval"), Name("galaad")}) {
      const domain::Domain* row = world.hosts.find(host)->domain("echelon");
      const bool runs = row && row->state == domain::State::running;
      EXPECT_EQ(text.find("echelon runs on " + host.str()) != std::string::npos, runs) << text;
    }
  }

  World whole_ = site();
};

TEST_F(Interruptions, on_the_model_never_leave_two_running_copies_and_the_account_is_true) {
  // Before xl migrate it does not matter how far that would have come.
  const std::size_t migrate = play({.at = ~std::size_t{0}}).migrate;
  ASSERT_GT(migrate, 15u);
  std::size_t tried = 0;
  for (const auto until :
       {domain::Stage::sending, domain::Stage::acknowledged, domain::Stage::permitted, domain::Stage::done}) {
    for (const bool done : {false, true}) {
      std::size_t at = until == domain::Stage::done ? 0 : migrate;
      while (play({.at = at, .done = done, .until = until}).dead) ++at, ++tried;
    }
  }
  EXPECT_GT(tried, 100u);
}

TEST(BackgroundTasks, are_gone_with_the_power_and_look_when_time_has_passed) {
  ModelBackend model(site());
  Modelled programs(model);
  const Tasks tasks = programs.tasks("perceval");
  ASSERT_TRUE(tasks.begin("echelon.cfg"));
  EXPECT_EQ(tasks.all(), std::vector<std::string>{"echelon.cfg"});
  Report report;
  programs.after(Pass{300}, report);
  EXPECT_TRUE(report.lines.empty()) << "it may not have looked yet";
  programs.after(Pass{60}, report);
  ASSERT_EQ(report.lines.size(), 1u);
  EXPECT_TRUE(tasks.all().empty()) << "its file is not there: nothing to wait for";
  ASSERT_TRUE(tasks.begin("echelon.cfg"));
  model.play(Pass{3600});  // what lies in memory is written back
  model.play(PowerOff{"perceval"});
  model.play(PowerOn{"perceval"});
  EXPECT_TRUE(tasks.all().empty());
}

}  // namespace
}  // namespace rehearse::migrate
