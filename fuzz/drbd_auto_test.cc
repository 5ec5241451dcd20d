// Whatever happens to two dom0s, also in the middle of a program's run, xen-drbd-auto starts no guest whose
// peer is primary: neither of one of its resources, nor at the moment at which `xl create` is typed. And
// nobody who starts and moves a guest by the two programs alone ever runs it twice.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "fuzz/generate.h"
#include "model/drbd/kernel.h"
#include "scenarios/migrate/drbd_site.h"
#include "scenarios/phrase.h"

namespace rehearse::migrate {
namespace {

using Numbers = std::vector<std::uint16_t>;

// %h: a host, %p: the other one, %r: one of the resources.
constexpr const char* kPrograms[] = {
    "%h# xen-drbd-auto start",     "%h# xen-drbd-auto start",         "%h# xen-drbd-auto start",
    "%h# xen-drbd-auto reload",    "%h# xen-drbd-auto reload",        "%h# xen-drbd-auto stop",
    "%h# xen-migrate migrate ALL", "%h# xen-migrate migrate echelon", "%h# xen-migrate reverse ALL"};
constexpr const char* kEvents[] = {"! the link is cut",
                                   "! the link from %h to %p is cut",
                                   "! the link is healed",
                                   "! the link is healed",
                                   "! %h loses power",
                                   "! %h powers on",
                                   "! %h powers on",
                                   "! %h hangs",
                                   "! %h goes on",
                                   "! disk vda of %h fails",
                                   "! disk vda of %h hangs",
                                   "! disk vda of %h is mended",
                                   "! the link is slowed by 300ms",
                                   "~ 6 minutes pass",
                                   "~ 6 minutes pass",
                                   "~ settle"};
constexpr const char* kLines[] = {
    "%h# drbdadm up %r",      "%h# drbdadm up all",        "%h# drbdadm down %r",
    "%h# drbdadm connect %r", "%h# drbdadm disconnect %r", "%h# drbdadm detach %r",
    "%h# drbdadm attach %r",  "%h# drbdadm outdate %r",    "%h# drbdadm secondary %r",
    "%h# drbdadm adjust all", "%h# xl shutdown -w echelon"};
// By which somebody else than the two programs says where the guest runs, or whose its disks are.
constexpr const char* kByHand[] = {"%h# drbdadm primary %r",
                                   "%h# drbdadm primary %r",
                                   "%h# drbdadm primary --force %r",
                                   "%h# xl create /etc/xen/drbd-auto/echelon.cfg",
                                   "%h# xl destroy echelon",
                                   "%h# xl migrate echelon %p",
                                   "%h# rm /etc/xen/migrate-status.txt"};

bool primary_at(const World& world, Name host) {
  const Host& at = *world.hosts.find(host);
  if (!at.powered || !at.drbd) return false;
  for (const drbd::Resource& resource : at.drbd->resources) {
    for (const drbd::Device& device : resource.devices) {
      if (device.state.role == drbd::Role::primary) return true;
    }
  }
  return false;
}

Name other(Name host) { return host == Name("trolls") ? "perceval" : "trolls"; }

class Site {
 public:
  Site(std::size_t resources, Choices& choices)
      : choices_(choices), model_(whole(resources)), resources_(resources) {
    model_.watch([this](const World& before, const Command& command, const Refused& why, const Report&) {
      const auto* layer = std::get_if<domain::Op>(&command.op);
      if (!starts_ || why || !layer || !layer->get_if<domain::CreateDomain>()) return;
      ++started_;
      if (primary_at(before, other(command.host)))
        broken_ = fmt::format("{} starts the guest, and {} is primary", command.host.str(),
                              other(command.host).str());
    });
  }

  std::string step() {
    const std::size_t kind = choices_.below(20);
    play(kind < 7    ? drawn(kPrograms)
         : kind < 13 ? drawn(kEvents)
         : kind < 18 ? drawn(kLines)
                     : drawn(kByHand),
         kind >= 18);
    if (!by_hand_ && running_on(model_.world()).size() > 1) broken_ = "the guest runs twice";
    return broken_;
  }
  const std::vector<std::string>& lines() const { return lines_; }
  std::size_t started() const { return started_; }

 private:
  static const World& whole(std::size_t resources) {
    static const World one = drbd_site(1);
    static const World two = drbd_site(2);
    return resources > 1 ? two : one;
  }

  // Comes between two inner commands of a program once in a while: something happens, or the other host's
  // program runs, or the program dies, or an answer is lost.
  class Meddled : public Shell {
   public:
    Meddled(Name from, std::shared_ptr<Shell> shell, Site& site)
        : from_(from), shell_(std::move(shell)), site_(site) {}
    std::string where() const override { return shell_->where(); }
    ShellAnswer run(const ShellCall& call) override {
      ShellAnswer none;
      none.ended = ShellAnswer::Ended::lost;
      const std::size_t what = site_.meddles();
      if (what == 1) site_.dead_ = true;
      if (site_.dead_) return none;
      if (what == 2) site_.within(site_.drawn(kEvents));
      if (what == 3) site_.within(site_.drawn({"%h# xen-drbd-auto start", "%h# xen-drbd-auto reload"}));
      const Host& at = *site_.model_.world().hosts.find(from_);
      if (!at.powered || at.hung) return none;  // nor does the program run any more
      const ShellAnswer answer = shell_->run(call);
      return what == 4 ? none : answer;
    }

   private:
    Name from_;
    std::shared_ptr<Shell> shell_;
    Site& site_;
  };

  std::size_t meddles() {
    if (!in_program_ || inner_ || choices_.over() || choices_.below(12) != 1) return 0;
    return 1 + choices_.below(4);
  }
  void within(const std::string& line) {
    inner_ = true;
    const bool starts = starts_;
    play(line, false);
    starts_ = starts;
    in_program_ = true;
    inner_ = false;
  }

  template <class Lines>
  std::string drawn(const Lines& lines) {
    const std::string_view line = std::begin(lines)[choices_.below(std::size(lines))];
    const Name host = choices_.below(2) == 1 ? "perceval" : "trolls";
    std::string text;
    for (std::size_t i = 0; i < line.size(); ++i) {
      if (line[i] != '%') {
        text += line[i];
      } else if (const char what = line[++i]; what == 'r') {
        text += choices_.below(resources_) == 1 ? "r1" : "r0";
      } else {
        text += what == 'h' ? host.str() : other(host).str();
      }
    }
    return text;
  }
  std::string drawn(std::initializer_list<const char*> lines) {
    return drawn<std::initializer_list<const char*>>(lines);
  }

  void play(const std::string& line, bool by_hand) {
    lines_.push_back((inner_ ? "  meanwhile " : "") + line);
    if (line[0] == '!' || line[0] == '~') {
      const Step step = std::get<Step>(std::get<Phrase>(read_phrase(line)));
      Report report;
      if (model_.play(step).why) return;
      runs(true, [&] { programs_.after(step, report); });
      return;
    }
    const Name host = line.substr(0, line.find('#'));
    const std::string typed = line.substr(line.find('#') + 2);
    if (!typed.starts_with("xen-")) {
      by_hand_ = by_hand_ || by_hand;
      model_.run_line(host, typed);
      return;
    }
    const Host& at = *model_.world().hosts.find(host);
    if (!at.powered || at.hung) return;
    std::string odd;
    Words words;
    for (std::size_t from = 0; from < typed.size();) {
      const std::size_t end = std::min(typed.find(' ', from), typed.size());
      words.push_back(typed.substr(from, end - from));
      from = end + 1;
    }
    runs(typed.starts_with("xen-drbd-auto"), [&] { programs_.run(host, words, odd); });
  }

  template <class F>
  void runs(bool starts, F program) {
    const bool dead = dead_;
    dead_ = false;
    in_program_ = true;
    starts_ = starts;
    program();
    in_program_ = starts_ = false;
    dead_ = dead;
  }

  Choices& choices_;
  ModelBackend model_;
  std::size_t resources_;
  Modelled programs_{model_, [this](Name from, std::shared_ptr<Shell> shell) {
                       return std::make_shared<Meddled>(from, std::move(shell), *this);
                     }};
  std::vector<std::string> lines_;
  std::string broken_;
  std::size_t started_ = 0;
  bool by_hand_ = false;
  bool in_program_ = false;
  bool starts_ = false;
  bool inner_ = false;
  bool dead_ = false;
};

RC_GTEST_PROP(DrbdAutoLaws, no_script_starts_a_guest_whose_peer_is_primary, (const Numbers& numbers)) {
  constexpr int kSteps = 30;
  Choices choices(numbers);
  Site site(1 + choices.below(2), choices);
  std::string broken;
  for (int i = 0; i < kSteps && !choices.over() && broken.empty(); ++i) broken = site.step();
  RC_LOG() << fmt::format("{}\n", fmt::join(site.lines(), "\n"));
  if (!broken.empty()) RC_FAIL(broken);
}

// Otherwise the law says nothing.
TEST(DrbdAutoLaws, are_about_guests_that_start) {
  std::size_t started = 0;
  for (std::uint32_t seed = 0; seed < 40; ++seed) {
    Numbers numbers;
    for (std::uint32_t i = 0, x = seed * 2654435761u + 1; i < 120; ++i) {
      x = x * 1664525u + 1013904223u;
      numbers.push_back(static_cast<std::uint16_t>(x >> 16));
    }
    Choices choices(numbers);
    Site site(1 + choices.below(2), choices);
    for (int i = 0; i < 30 && !choices.over(); ++i) EXPECT_EQ(site.step(), "");
    started += site.started();
  }
  EXPECT_GT(started, 5u);
}

}  // namespace
}  // namespace rehearse::migrate
