#include "model/domain/config.h"

#include <gtest/gtest.h>

namespace rehearse::domain {
namespace {

Config read(std::string_view text) {
  auto file = read_config(text);
  if (const auto* error = std::get_if<ConfigError>(&file)) {
    ADD_FAILURE() << error->words("echelon.cfg");
    return {};
  }
  return std::get<ConfigFile>(file).config;
}

std::string error_of(std::string_view text) {
  auto file = read_config(text);
  const auto* error = std::get_if<ConfigError>(&file);
  return error ? error->words("echelon.cfg") : "";
}

constexpr std::string_view kEchelon = R"(# the rehearsal machine
kernel  = '/boot/vmlinuz-2.6.26-2-xen-686'
memory  = '256'
name    = "echelon"; vcpus = 0x2
root    = '/dev/xvda1 ro'
disk    = [ 'phy:/dev/etherd/e3.6,xvda1,w',   # the root
            'phy:vg1/swap,sda2,r',
            "format=raw, vdev=xvda, access=ro, target=/dev/vg1/a,b",
          ]
vif     = [ 'mac=00:16:3e:00:00:0c, ip=192.168.0.12,bridge=xenbr0' ]
on_crash = 'restart'
)";

TEST(Config, reads_what_people_write) {
  const Config config = read(kEchelon);
  EXPECT_EQ(config.name, Name("echelon"));
  EXPECT_EQ(config.memory_mib, 256u);
  EXPECT_EQ(config.vcpus, 2u);
  ASSERT_EQ(config.disks.size(), 3u);
  EXPECT_EQ(config.disks[0], (Disk{"/dev/etherd/e3.6", "", "xvda1", true}));
  EXPECT_EQ(config.disks[1], (Disk{"vg1/swap", "", "sda2", false}));
  EXPECT_EQ(config.disks[2], (Disk{"/dev/vg1/a,b", "", "xvda", false}));
  EXPECT_EQ(config.interfaces, (std::vector<Interface>{{"00:16:3e:00:00:0c", "192.168.0.12", "xenbr0"}}));
}

TEST(Config, written_and_read_again_is_the_same) {
  Config config = read(kEchelon);
  config.name = "it's a \"name\"\\\n";
  EXPECT_EQ(read(write_config(config)), config);
}

struct Wrong {
  std::string_view text;
  std::string_view words;
};

// libxlutil 4.17 said so of the same texts.
constexpr Wrong kSyntax[] = {
    {"name = echelon\n",
     ":1: config parsing error near `echelon': syntax error, unexpected IDENT, expecting STRING or "
     "NUMBER or '['"},
    {"\nname = \"a\n", ":2: config parsing error near `\"a': lexical error"},
    {"disk = [ \"a\" \"b\" ]\n",
     ":1: config parsing error near `\"b\"': syntax error, unexpected STRING, expecting ']'"},
    {"name = 'a'b\n", ":1: config parsing error near `b': syntax error, unexpected IDENT, expecting $end"},
    {"name == 3\n",
     ":1: config parsing error near `=': syntax error, unexpected '=', expecting STRING or NUMBER or "
     "'['"},
    {"= 3\n",
     ":1: config parsing error near `=': syntax error, unexpected '=', expecting $end or IDENT or NEWLINE or "
     "';'"},
    {"name\n",
     ":0: config parsing error near <newline>: syntax error, unexpected NEWLINE, expecting += or '='"},
    {"disk = [\n", ":2: config parsing error near `': syntax error, unexpected $end, expecting ']'"},
    {"Name = 'x'\n", ":1: config parsing error near `Name': lexical error"},
    {"disk=['a',,'b']", ":1: config parsing error near `,': syntax error, unexpected ',', expecting ']'"},
    {"name='a\\qb'",
     ":1: config parsing error near `'a\\qb'': invalid character after backlash in quoted string"},
    {"x=['a'\ny=3\n", ":2: config parsing error near `y': syntax error, unexpected IDENT, expecting ']'"},
    {"name = \"a\"\r\nmemory = 3\r\n", ":1: config parsing error near `\r': lexical error"},
};

TEST(Config, says_what_was_expected_in_the_words_of_xl) {
  for (const Wrong& row : kSyntax) {
    EXPECT_EQ(error_of(row.text),
              "echelon.cfg" + std::string(row.words) + "\nFailed to parse config: Invalid argument");
  }
}

TEST(Config, tells_python_that_it_does_not_understand_it) {
  EXPECT_EQ(error_of("memory = -1\n"),
            "echelon.cfg:1: config parsing error near `-1': lexical error\n"
            "warning: Config file looks like it contains Python code.\n"
            "warning:  Arbitrary Python is no longer supported.\n"
            "warning:  See https://wiki.xen.org/wiki/PythonInXlConfig\n"
            "Failed to parse config: Invalid argument");
}

TEST(Config, knows_the_ends_of_lists_and_of_statements) {
  EXPECT_EQ(read("x=[\n\n1\n,\n'b'\n,]\nname='n'").name, Name("n"));
  EXPECT_EQ(read("a=1\nname=\"z\" # c\n;b=2;;c=3").name, Name("z"));
  EXPECT_EQ(read("name='x'\nname='y'\n").name, Name("y"));
  EXPECT_EQ(read("name='x'\nname+='y'\n").name, Name("xy"));
  EXPECT_EQ(read("name='a\\nb'").name, Name("a\nb"));
  EXPECT_EQ(read("name='x'\ndisk=['phy:/a,sda1,w']\ndisk+=['phy:/b,sda2,w']").disks.size(), 2u);
}

TEST(Config, must_name_the_domain) { EXPECT_EQ(error_of("memory = 3\n"), "Domain name must be specified."); }

TEST(Config, goes_on_with_a_warning_where_a_number_is_none) {
  const auto file =
      std::get<ConfigFile>(read_config("name='x'\nmemory='abc'\nvcpus=[1]\ndisk='phy:/a,sda1,w'\n"));
  EXPECT_EQ(file.config.memory_mib, 32u);
  EXPECT_EQ(file.config.vcpus, 1u);
  EXPECT_TRUE(file.config.disks.empty());
  ASSERT_EQ(file.warnings.size(), 3u);
  EXPECT_EQ(file.warnings[0].words("f"), "f:2: warning: parameter `memory' is not a valid number");
  EXPECT_EQ(file.warnings[1].words("f"),
            "f:3: warning: parameter `vcpus' is a list but should be a single value");
  EXPECT_EQ(file.warnings[2].words("f"),
            "f:4: warning: parameter `disk' is a single value but should be a list");
  EXPECT_EQ(read("name=1\nmemory=0400").memory_mib, 256u);
}

struct DiskRow {
  std::string_view text;
  Disk disk;
};

// xlu_disk_parse of libxlutil 4.17 gave the same.
TEST(Config, reads_disks_by_place_and_by_name) {
  const DiskRow rows[] = {
      {"phy:/dev/a,xvda1,w", {"/dev/a", "", "xvda1", true}},
      {"phy:/dev/a,xvda1", {"/dev/a", "", "xvda1", true}},
      {" phy: /dev/a, xvda1, ro,", {"/dev/a", "", "xvda1", false}},
      {"phy:/dev/a,ioemu:hda,rw", {"/dev/a", "", "hda", true}},
      {"phy:/dev/a,hdc:cdrom,r", {"/dev/a", "", "hdc", false}},
      {"/dev/a,raw,xvda,rw", {"/dev/a", "", "xvda", true}},
      {"/dev/a,,xvde,access=w", {"/dev/a", "", "xvde", true}},
      {"file:/a b/c,xvdd,w", {"/a b/c", "", "xvdd", true}},
      {"drbd:r0,xvda1,w", {"r0", "", "xvda1", true, "block-drbd"}},
      {"script=block-drbd,vdev=xvda,target=r0", {"r0", "", "xvda", true, "block-drbd"}},
      {"tap:aio:/x,hda,w", {"/x", "", "hda", true}},
      {"backendtype=phy,vdev=xvdb,access=w,target=/dev/vg/g", {"/dev/vg/g", "", "xvdb", true}},
      {"format=raw,vdev=xvda,access=r,target=/dev/a,b", {"/dev/a,b", "", "xvda", false}},
      {"no-discard,/dev/a,raw,xvda,w", {"/dev/a", "", "xvda", true}},
  };
  for (const DiskRow& row : rows) {
    const auto disk = read_disk(row.text);
    ASSERT_TRUE(std::holds_alternative<Disk>(disk)) << row.text << std::get<ConfigError>(disk).what;
    EXPECT_EQ(std::get<Disk>(disk), row.disk) << row.text;
  }
}

TEST(Config, says_what_is_wrong_with_a_disk) {
  const Wrong rows[] = {
      {"foo", "no vdev specified in `foo'"},
      {"phy:/dev/a", "no vdev specified in `phy:/dev/a'"},
      {"phy:/dev/a,xvdb,w!", "unknown value for access: near `w!' in `phy:/dev/a,xvdb,w!'"},
      {"phy:/dev/a,xvda1,w,x", "too many positional parameters: near `x' in `phy:/dev/a,xvda1,w,x'"},
      {"bogus:/dev/a,xvda,w", "unknown deprecated disk prefix: near `bogus:' in `bogus:/dev/a,xvda,w'"},
      {"/dev/a,xvda,w", "unknown value for format: near `xvda' in `/dev/a,xvda,w'"},
      {"vdev=a,bogus=3,target=/x", "unknown parameter: near `bogus=3,' in `vdev=a,bogus=3,target=/x'"},
      {"vdev=a,vdev=b,target=/c", "vdev respecified: near `b' in `vdev=a,vdev=b,target=/c'"},
      {"vdev=xvda", "no target specified (and device not removable) in `vdev=xvda'"},
      {"", "no vdev specified in `'"},
  };
  for (const Wrong& row : rows) {
    EXPECT_EQ(error_of("name='x'\ndisk=['" + std::string(row.text) + "']"),
              "echelon.cfg: config parsing error in disk specification: " + std::string(row.words));
  }
}

TEST(Config, says_what_is_wrong_with_an_interface) {
  EXPECT_EQ(error_of("name='x'\nvif=['mac=0:1']"), "Invalid parameter `mac'.");
  EXPECT_EQ(error_of("name='x'\nvif=['xenbr0']"), "unrecognized argument `xenbr0'");
  EXPECT_EQ(read("name='x'\nvif=['']").interfaces.size(), 1u);
}

}  // namespace
}  // namespace rehearse::domain
