// xen-migrate and everything that can come between two of its inner commands: the program dies, an answer is
// lost, a link is cut in either direction, either host loses its power or stands still, and xl migrate breaks
// off at any of its stages. Played on two modelled dom0s with the guest's root on DRBD; afterwards all that
// went wrong is mended, and whatever starts guests at boot starts them.
#include <fmt/format.h>

#include <cstdlib>
#include <set>

#include "scenarios/migrate/drbd_site.h"

namespace rehearse::migrate {
namespace {

enum class Disturbance {
  dies_before,
  dies_after,
  reply_lost,
  not_done,
  cut,
  cut_there,  // what trolls sends to perceval
  cut_back,
  trolls_off,
  perceval_off,
  trolls_hangs,
  perceval_hangs,
};
constexpr int kDisturbances = static_cast<int>(Disturbance::perceval_hangs) + 1;
constexpr domain::Stage kBreaksOffAt[] = {domain::Stage::sending, domain::Stage::acknowledged,
                                          domain::Stage::permitted};

struct Plan {
  std::size_t at = ~std::size_t{0};  // the number of the call
  Disturbance way = Disturbance::dies_before;
  domain::Stage until = domain::Stage::done;
  std::size_t number = 0;
  std::size_t migrate = 0;   // the number of xl migrate
  bool asked = false;        // the other host's program was
  std::set<Name> dead = {};  // hosts whose program is
};

class DisturbedShell : public Shell {
 public:
  DisturbedShell(Name from, std::shared_ptr<Shell> shell, ModelBackend& model, Plan& plan)
      : from_(from), shell_(std::move(shell)), model_(model), plan_(plan) {}
  std::string where() const override { return shell_->where(); }

  ShellAnswer run(const ShellCall& call) override {
    ShellAnswer none;
    none.ended = ShellAnswer::Ended::lost;
    none.why = "the connection broke";
    // A program that is dead asks nobody; the one that it has asked goes on.
    const bool asked = from_ == Name("perceval");
    if (asked && !plan_.asked && plan_.dead.contains("trolls")) plan_.dead.insert("perceval");
    plan_.asked = plan_.asked || asked;
    if (plan_.dead.contains(from_)) return none;
    const bool here = plan_.number++ == plan_.at;
    const auto* move = migration(call);
    if (move) plan_.migrate = plan_.number - 1;
    if (!here) return shell_->run(call);
    if (plan_.until != domain::Stage::done && move) return broken_off(*move, none);
    disturb();
    if (plan_.way == Disturbance::dies_before) plan_.dead.insert(from_);
    if (plan_.dead.contains(from_) || plan_.way == Disturbance::not_done) return none;
    const ShellAnswer answer = shell_->run(call);
    if (plan_.way == Disturbance::dies_after) plan_.dead.insert(from_);
    return plan_.dead.contains(from_) || plan_.way == Disturbance::reply_lost ? none : answer;
  }

 private:
  const domain::MigrateDomain* migration(const ShellCall& call) {
    if (parse(call.words, op_).kind != Mismatch::Kind::none) return nullptr;
    const auto* layer = std::get_if<domain::Op>(&op_);
    return layer ? layer->get_if<domain::MigrateDomain>() : nullptr;
  }

  // The command comes so far; then it happens.
  ShellAnswer broken_off(const domain::MigrateDomain& move, ShellAnswer none) {
    domain::MigrateDomain part = move;
    part.until = plan_.until;
    model_.play(Command{from_, domain::Op(part)});
    disturb();
    if (plan_.way == Disturbance::dies_before || plan_.way == Disturbance::dies_after)
      plan_.dead.insert(from_);
    if (!plan_.dead.contains(from_) && plan_.way != Disturbance::reply_lost)
      none.ended = ShellAnswer::Ended::timed_out;
    return none;
  }

  void disturb() {
    const auto cut = [&](Name from, Name to, bool one_way) {
      model_.play(LinkEvent{from, to, one_way, LinkFault::cut, 0});
    };
    if (plan_.way == Disturbance::cut) cut("trolls", "perceval", false);
    if (plan_.way == Disturbance::cut_there) cut("trolls", "perceval", true);
    if (plan_.way == Disturbance::cut_back) cut("perceval", "trolls", true);
    if (plan_.way == Disturbance::trolls_off) model_.play(PowerOff{"trolls"});
    if (plan_.way == Disturbance::perceval_off) model_.play(PowerOff{"perceval"});
    if (plan_.way == Disturbance::trolls_hangs) model_.play(HostEvent{"trolls", true});
    if (plan_.way == Disturbance::perceval_hangs) model_.play(HostEvent{"perceval", true});
    if (plan_.way == Disturbance::trolls_off || plan_.way == Disturbance::trolls_hangs)
      plan_.dead.insert("trolls");
    if (plan_.way == Disturbance::perceval_off || plan_.way == Disturbance::perceval_hangs)
      plan_.dead.insert("perceval");
  }

  Name from_;
  std::shared_ptr<Shell> shell_;
  ModelBackend& model_;
  Plan& plan_;
  Op op_;
};

class Disturbances : public testing::Test {
 protected:
  /// The guest runs on trolls, or was migrated from there to perceval, and it is on the disks that it was.
  static World site(bool away) {
    ModelBackend model(drbd_site());
    Modelled programs(model);
    std::string odd;
    programs.run("trolls", Words{"xen-drbd-auto", "start"}, odd);
    if (away) programs.run("trolls", Words{"xen-migrate", "migrate", "echelon"}, odd);
    model.play(Pass{60});
    EXPECT_EQ(running_on(model.world()), std::vector<Name>{away ? "perceval" : "trolls"});
    return model.world();
  }

  Plan play(const World& world, const Words& words, Plan plan) {
    ModelBackend model(world);
    Modelled programs(model, [&](Name from, std::shared_ptr<Shell> shell) {
      return std::make_shared<DisturbedShell>(from, std::move(shell), model, plan);
    });
    const std::string what = fmt::format("call {}, way {}, stage {}", plan.at, static_cast<int>(plan.way),
                                         static_cast<int>(plan.until));
    std::string odd;
    programs.run("trolls", words, odd);
    EXPECT_LE(running_on(model.world()).size(), 1u) << what;
    mend(model);
    expect_one(model, what);
    Modelled again(model);
    for (const Words& next :
         {words, Words{"xen-migrate", "reverse", "ALL"}, Words{"xen-drbd-auto", "start"}}) {
      again.run("trolls", next, odd);
      EXPECT_LE(running_on(model.world()).size(), 1u) << what << ", and then " << next[1];
    }
    return plan;
  }

  static void mend(ModelBackend& model) {
    Modelled programs(model);
    Report report;
    model.play(LinkEvent{{}, {}, false, LinkFault::healed, 0});
    for (const char* host : {"trolls", "perceval"}) {
      model.play(HostEvent{host, false});
      const Step on = PowerOn{host};
      if (!model.play(on).why) programs.after(on, report);
      model.run_line(host, "drbdadm up all");
      model.run_line(host, "drbdadm adjust all");
    }
  }

  // Whoever may start it does, and it is told where it runs.
  static void expect_one(ModelBackend& model, const std::string& what) {
    Modelled programs(model);
    std::string odd;
    Report report;
    for (const char* host : {"trolls", "perceval"}) {
      programs.run(host, Words{"xen-drbd-auto", "start"}, odd);
      EXPECT_LE(running_on(model.world()).size(), 1u) << what << ", started on " << host;
    }
    programs.after(Pass{360}, report);
    EXPECT_LE(running_on(model.world()).size(), 1u) << what;
    const Report told = programs.run("trolls", Words{"xen-migrate", "status", "echelon"}, odd);
    ASSERT_EQ(told.lines.size(), 1u) << what;
    for (const Name host : {Name("trolls"), Name("perceval")}) {
      const std::vector<Name> on = running_on(model.world());
      EXPECT_EQ(told.lines[0].text.find("echelon runs on " + host.str()) != std::string::npos,
                std::find(on.begin(), on.end(), host) != on.end())
          << what << ": " << told.lines[0].text;
    }
  }

  // Each way at every sixth call, each at others; REHEARSE_ALL_DISTURBANCES in the environment: at every
  // call.
  std::size_t play_all(const World& world, const Words& words) {
    const std::size_t apart = std::getenv("REHEARSE_ALL_DISTURBANCES") ? 1 : 6;
    const Plan whole = play(world, words, {});
    EXPECT_GT(whole.migrate, 10u);
    std::size_t tried = 0;
    for (int way = 0; way < kDisturbances; ++way) {
      for (std::size_t at = static_cast<std::size_t>(way) % apart; at < whole.number; at += apart, ++tried)
        play(world, words, {at, static_cast<Disturbance>(way)});
      for (const domain::Stage until : kBreaksOffAt) {
        play(world, words, {whole.migrate, static_cast<Disturbance>(way), until});
        ++tried;
      }
    }
    return tried;
  }
};

TEST_F(Disturbances, of_a_migration_leave_one_running_copy_at_most) {
  EXPECT_GT(play_all(site(false), {"xen-migrate", "migrate", "echelon"}), 100u);
}

TEST_F(Disturbances, of_a_way_back_do_so_too) {
  EXPECT_GT(play_all(site(true), {"xen-migrate", "reverse", "ALL"}), 100u);
}

}  // namespace
}  // namespace rehearse::migrate
