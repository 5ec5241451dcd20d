// The sections of drbd.conf as a recursive descent over its tokens (drbdadm_parser.c): a message and the
// tool's end, or a message and on, exactly where drbdadm has them. After its end the reader takes no more
// tokens.
#pragma once

#include <functional>
#include <map>

#include "model/drbd/config.h"
#include "model/drbd/config_token.h"

namespace rehearse::drbd {

class ConfigReader {
 public:
  ConfigReader(const ConfigFiles& files, ConfigKind kind) : files_(files), kind_(kind) {}
  ConfigReading read(const std::string& file);

 private:
  struct Place {
    std::string shown;  // the file as messages name it
    std::string full;
    Lexer lexer;
  };
  /// Tokens that introduce the options of one section.
  struct OptionTokens {
    int flag = -1;
    int no_flag = -1;
    int option = -1;
  };

  // Tokens and errors.
  int next();
  bool over() const { return reading_.status != 0; }
  void end(int status) {
    if (!over()) reading_.status = status;
  }
  std::size_t line() const { return place_->lexer.line(); }
  void say(std::string message) {
    if (!over()) reading_.said.push_back(std::move(message));
  }
  void invalid(std::string message);
  void expected(std::string_view what);
  void expected_got(std::string_view what, int token);
  bool expect(int token);
  void string_error(int token);
  void string_or_number();
  bool unique(std::string_view what, const std::string& key, bool in_resource = false);
  void check_range(const Bound&, std::string_view name, std::string& value);
  std::uint64_t number_in(std::string_view name, std::uint64_t least, std::uint64_t most);

  // Sections.
  void file(const std::string& shown, const std::string& full, const std::string& text);
  void statements();
  void include(const std::string& pattern);
  void skip();
  void global();
  ResourceSection resource(const std::string& name, bool common);
  bool resource_statement(ResourceSection&, int token);
  bool resource_protocol(ResourceSection&);
  bool resource_options(ResourceSection&, int token);
  void resource_disk(ResourceSection&);
  void syncer(ResourceSection&);
  void startup(ResourceSection&);
  Settings options(const OptionTokens&, ResourceSection* startup_of = nullptr);
  void flag_value(Settings&, const std::string& name, bool in_syncer);
  void option_value(Settings&, std::string name, int token, Bound bound);
  void startup_list(ResourceSection&);
  std::vector<std::string> host_names(char end);
  void host(ResourceSection&, std::vector<std::string> names, bool by_address, bool complete);
  bool host_statement(ResourceSection&, HostSection&, int token);
  void seen_at(HostSection&) const;
  void stacked(ResourceSection&);
  bool stacked_statement(HostSection&, int token);
  void unfollowed(std::string what);

  // Volumes and addresses.
  std::optional<Endpoint> endpoint();
  std::optional<Endpoint> address(const std::vector<std::string>& hosts);
  bool volume_statement(VolumeSection&, const std::vector<std::string>& hosts, int token);
  void device(VolumeSection&, const std::vector<std::string>& hosts);
  void device_name(VolumeSection&);
  void explicit_minor(VolumeSection&);
  void meta_disk(VolumeSection&, bool flexible);
  VolumeSection volume(const std::vector<std::string>& hosts);
  VolumeSection stacked_volume();
  /// `volume N`, with what `inside` reads behind it.
  void numbered_volume(std::vector<VolumeSection>&, const std::function<VolumeSection()>& inside);
  VolumeSection& implicit_volume(std::vector<VolumeSection>&);
  void inherit_volumes(const std::vector<VolumeSection>&, HostSection&);
  void check_meta_disks(const HostSection&);
  void check_complete(const ResourceSection&, const HostSection&);
  void missing(const ResourceSection&, const HostSection&, std::string_view keyword);
  void check_hosts_agree(const ResourceSection&);

  const ConfigFiles& files_;
  ConfigKind kind_;
  ConfigReading reading_;
  bool valid_ = true;
  Place* place_ = nullptr;
  Lexeme now_;
  std::size_t statement_line_ = 0;  // where messages about values say they are
  std::size_t section_line_ = 0;
  std::size_t depth_ = 0;
  std::map<std::string, std::string> used_;  // what must be unique, and where it was first seen
  std::map<std::string, std::string> used_in_resource_;
};

/// Puts a volume behind those whose number is not higher.
void insert_sorted(std::vector<VolumeSection>&, VolumeSection);
/// "alpha beta"; UNKNOWN for none.
std::string joined(const std::vector<std::string>& names);
/// The message for each volume that one of the two hosts lacks, and whether they agree.
std::vector<std::string> volume_differences(const std::string& place, const ResourceSection&,
                                            const HostSection& a, const std::string& b_name,
                                            const std::vector<VolumeSection>& b);
/// Is it an address of the loopback network?
bool is_loopback(std::string_view address);

}  // namespace rehearse::drbd
