// One run of drbdadm while it goes on: what it has said last, and how the programs that it runs end.
#pragma once

#include <functional>

#include "model/drbd/adm.h"
#include "model/drbd/option_table.h"
#include "model/drbd/values.h"

namespace rehearse::drbd {

class AdmRun {
 public:
  AdmRun(World& world, Name host, const AdmCall& call, Report& report)
      : world_(world), host_(host), call_(call), report_(report) {}
  Ending operator()();

 private:
  /// What drbdadm does with the standard error of a program.
  enum class Errors : std::uint8_t {
    shown,
    hidden,  // neither it nor how the program ended is told
    bare,    // kept, and told if it is not tried otherwise; how it ended is not
  };
  using Kernel = std::function<Answer(std::uint32_t minor)>;

  // Programs.
  void show(const Words& words);
  void flush();
  int finish(Ending ending, const Words& words, Errors errors);
  int setup(Words words, std::string_view object, const std::function<Answer()>& call,
            Errors errors = Errors::shown);
  int setup_minor(const VolumeSection&, const Kernel& call, Errors errors = Errors::shown);
  int meta(const VolumeSection&, std::string_view verb);
  bool given(std::string_view option) const { return option_given(call_.setup, option); }
  std::optional<Sectors> sectors_of(std::string_view option) const {
    return option_sectors(call_.setup, option);
  }

  // Verbs.
  int call_verb(const AdmTarget&);
  int on_volume(const ResourceSection&, const VolumeSection&);
  int on_resource(const ResourceSection&);
  int generic(const VolumeSection&);
  int change_options(const ResourceSection&);
  int new_resource(const ResourceSection&);
  int new_minor(const ResourceSection&, const VolumeSection&);
  int attach(const VolumeSection&);
  int connect(const ResourceSection&);
  int disconnect(const Endpoint& local, const Endpoint& peer);
  int disconnect(const ResourceSection&);
  int outdate(const VolumeSection&);
  int invalidate(const VolumeSection&);
  void check_resize(const VolumeSection&);
  int resize(const ResourceSection&, const VolumeSection&);
  int wait_connect(const ResourceSection&, const VolumeSection&);
  int create_md(const VolumeSection&);
  void up(const ResourceSection&, const VolumeSection&);
  void adjust(const ResourceSection&);
  void adjust_volume(const ResourceSection&, const VolumeSection&, const Device*);
  int run_later();

  World& world_;
  Name host_;
  const AdmCall& call_;
  Report& report_;
  AdmConfig loaded_;
  Refused last_;       // said, but not in the report yet
  bool over_ = false;  // drbdadm ended itself

  /// Stages of up and adjust: everything is made before anything is attached, and that before connecting.
  enum Stage : std::uint8_t { kMake, kResource, kDiskMake, kDisk, kNetMake, kNet, kStages };
  struct Later {
    const ResourceSection* resource = nullptr;
    std::string what;
    std::function<int()> run;
  };
  std::array<std::vector<Later>, kStages> later_;
  const ResourceSection* upped_ = nullptr;
};

}  // namespace rehearse::drbd
