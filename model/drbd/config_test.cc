// What drbdadm 8.4 of drbd-utils 9.22 said of the same files.
#include "model/drbd/config.h"

#include <gtest/gtest.h>

#include <map>

namespace rehearse::drbd {
namespace {

using Folder = std::map<std::string, std::string>;

ConfigFiles files_in(const Folder& folder) {
  return {
      [&folder](const std::string& path) -> std::optional<std::string> {
        const auto found = folder.find(path);
        return found == folder.end() ? std::nullopt : std::optional(found->second);
      },
      [&folder](const std::string& path) {
        std::vector<std::string> names;
        for (const auto& [name, text] : folder) {
          if (name.starts_with(path + "/")) names.push_back(name.substr(path.size() + 1));
        }
        return names;
      },
      [](const std::string& path) { return path; },
  };
}

ConfigReading read(const Folder& folder) {
  ConfigReading reading = read_configuration(files_in(folder), "/etc/drbd.conf");
  const Self self{"alpha", [](std::string_view, std::string_view address) { return address == "10.0.0.1"; }};
  if (reading.status == 0) find_self(reading, self);
  if (reading.status == 0) validate(reading, self, true);
  return reading;
}
ConfigReading read(const std::string& text) { return read(Folder{{"/etc/drbd.conf", text}}); }

std::string said(const std::string& text) {
  std::string all;
  for (const std::string& message : read(text).said) all += message + "\n";
  return all;
}

constexpr const char* kPlain = R"(resource r0 {
    protocol  C;
    device    /dev/drbd0;
    disk      /dev/vda;
    meta-disk internal;
    net { ping-int 1; connect-int 1; timeout 9; }
    on alpha { address 10.0.0.1:7788; }
    on beta  { address 10.0.0.2:7788; }
}
)";

std::string dumped(const Configuration& config) {
  std::string text = dump_header(config);
  for (const ResourceSection& res : config.resources) text += dump_resource(res, "alpha");
  return text;
}

TEST(DrbdConfig, is_printed_as_drbdadm_dump_does) {
  const ConfigReading reading = read(kPlain);
  ASSERT_EQ(reading.status, 0);
  EXPECT_EQ(dumped(reading.config), R"(# /etc/drbd.conf
# resource r0 on alpha: not ignored, not stacked
# defined at /etc/drbd.conf:1
resource r0 {
    on alpha {
        device           /dev/drbd0 minor 0;
        disk             /dev/vda;
        meta-disk        internal;
        address          ipv4 10.0.0.1:7788;
    }
    on beta {
        device           /dev/drbd0 minor 0;
        disk             /dev/vda;
        meta-disk        internal;
        address          ipv4 10.0.0.2:7788;
    }
    net {
        protocol           C;
        ping-int           1;
        connect-int        1;
        timeout            9;
    }
}

)");
}

TEST(DrbdConfig, is_the_same_when_what_was_printed_is_read) {
  const ConfigReading reading = read(R"(global { usage-count yes; dialog-refresh 5; }
common { syncer { rate 10M; verify-alg sha1; } startup { become-primary-on alpha beta; } }
resource "a b" {
  handlers { split-brain "/usr/lib/notify \"root\""; outdate-peer /bin/true; }
  disk { no-disk-flushes; fencing resource-only; }
  on alpha gamma {
    volume 1 { device drbd_x minor 7; disk /dev/vg/x; meta-disk /dev/vdc[3]; disk { size 1G; } }
    volume 0 { device minor 6; disk /dev/vg/y; flexible-meta-disk /dev/vdd; }
    address ipv6 [fe80::1%eth0]:7789;
  }
  floating 10.0.0.2:7789 {
    volume 1 { device minor 7; disk /dev/x; meta-disk internal; }
    volume 0 { device minor 6; disk /dev/y; meta-disk internal; }
  }
}
)");
  ASSERT_EQ(reading.status, 0);
  const std::string printed = dumped(reading.config);
  const ConfigReading again = read(printed);
  ASSERT_EQ(again.status, 0) << printed;
  std::string reprinted = dumped(again.config);
  const std::string was = "# defined at /etc/drbd.conf:3";
  const std::size_t at = reprinted.find("# defined at");
  reprinted.replace(at, reprinted.find('\n', at) - at, was);
  EXPECT_EQ(reprinted, printed);
}

TEST(DrbdConfig, gives_a_resource_what_common_says_before_its_own) {
  ConfigReading reading =
      read("common { net { protocol A; ping-int 3; } disk { al-extents 127; } }\n" + std::string(kPlain));
  inherit_common(reading.config);
  const ResourceSection& res = reading.config.resources[0];
  EXPECT_EQ(res.net[0], (Setting{"protocol", "C"}));
  EXPECT_EQ(find_setting(res.net, "ping-int")->value, "1");
  EXPECT_EQ(find_setting(res.here().volumes[0].disk_options, "al-extents")->value, "127");
}

TEST(DrbdConfig, finds_the_own_section_by_name_and_by_address) {
  EXPECT_EQ(read(kPlain).config.resources[0].me, 0U);
  EXPECT_EQ(read(kPlain).config.resources[0].peer, 1U);
  const std::string floating =
      "resource r1 { device minor 1; disk /dev/a; meta-disk internal; floating 10.0.0.2:1; floating "
      "10.0.0.1:1; }";
  EXPECT_EQ(read(floating).config.resources[0].me, 1U);
  EXPECT_TRUE(
      read(
          "resource r2 { device minor 1; disk /dev/a; meta-disk internal; on gamma { address 10.0.0.3:1; } }")
          .config.resources[0]
          .ignored);
}

TEST(DrbdConfig, reads_included_files_once_and_names_them_in_errors) {
  const Folder folder = {{"/etc/drbd.conf", "include \"drbd.d/*.res\"; include \"drbd.d/a.res\";"},
                         {"/etc/drbd.d/a.res", kPlain},
                         {"/etc/drbd.d/b.res", "resource r1 {\n  foo;\n}"},
                         {"/etc/drbd.d/c.res~", "{"}};
  const ConfigReading reading = read(folder);
  EXPECT_EQ(reading.status, 10);
  ASSERT_EQ(reading.said.size(), 1U);
  EXPECT_EQ(
      reading.said[0],
      "drbd.d/b.res:2: Parse error: 'protocol | on | disk | net | syncer | startup | handlers | ignore-on | "
      "stacked-on-top-of' expected,\n\tbut got 'foo' (TK 282)");
}

struct Faulty {
  const char* text;
  const char* said;
  int status;
};

TEST(DrbdConfig, turns_a_faulty_file_down_in_the_words_of_drbdadm) {
  for (const Faulty& file : {
           Faulty{"resource", "/etc/drbd.conf:1: Parse error: 'TK_STRING' expected,\n\tbut got '' (TK 0)\n",
                  10},
           Faulty{"global {\n foo; }",
                  "/etc/drbd.conf:2: Parse error: 'dialog-refresh | minor-count | disable-ip-verification' "
                  "expected,\n\tbut got 'foo'\n",
                  10},
           Faulty{"resource r0 { disk { fencing yes; } }",
                  "/etc/drbd.conf:1: Parse error: 'TK_STRING | TK_INTEGER' expected,\n\tbut got 'yes' (TK "
                  "298)\n",
                  10},
           Faulty{"resource r0 { disk { al-extents 127 } }",
                  "/etc/drbd.conf:1: Parse error: ';' expected,\n\tbut got '}' (TK 125)\n", 10},
           Faulty{"abcdefghijklmnopqrstuvwxyz0123",
                  "/etc/drbd.conf:1: Parse error: 'global | common | resource | skip | include' expected,\n"
                  "\tbut got 'abcdefghijklmnopqrst...'\n",
                  10},
           Faulty{"resource r0 { net { timeout abc; } }", "abc is not a valid number\n", 20},
           Faulty{"resource r0 { net { timeout 0; } on alpha { } }",
                  "/etc/drbd.conf:1: timeout 0 => 0 out of range [1..600].\n"
                  "/etc/drbd.conf:1: in resource r0, on alpha { ... }: 'address' keyword missing.\n",
                  10},
           Faulty{"resource r0 { disk \"abc\n; }",
                  "/etc/drbd.conf:1: Unterminated double quoted string\n  we don't allow embedded newlines\n"
                  "  >>>\"abc\n...<<<\n",
                  10},
           Faulty{"resource r0 { protocol D; }", "unknown protocol 'D', should be one of A,B,C\n", 10},
           Faulty{"include \"/nope/a.conf\"; include \"/nope/*.conf\";",
                  "/etc/drbd.conf:1: Failed to open include file '/nope/a.conf'.\n", 10},
           Faulty{"resource \"\" { }", "Resource name is empty.\n", 1},
           Faulty{"skip { abc", "/etc/drbd.conf:1: reached eof while parsing this skip block.\n", 10},
           Faulty{"resource r0 { }\n\nresource r0 { }",
                  "/etc/drbd.conf:3: conflicting use of resource section 'r0' ...\n"
                  "/etc/drbd.conf:1: resource section 'r0' first used here.\n",
                  10},
       }) {
    const ConfigReading reading = read(file.text);
    EXPECT_EQ(said(file.text), file.said) << file.text;
    EXPECT_EQ(reading.status, file.status) << file.text;
  }
}

TEST(DrbdConfig, does_not_follow_a_proxy_and_says_so) {
  EXPECT_EQ(read("resource r0 { proxy { memlimit 10M; } }").not_modelled, "a proxy");
}

}  // namespace
}  // namespace rehearse::drbd
