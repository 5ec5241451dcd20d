#include "model/lvm/size_arg.h"

#include <gtest/gtest.h>

namespace rehearse::lvm {
namespace {

std::uint64_t sectors(const char* text) {
  const Amount amount = read(SizeArg{text}, kMiB, "--size");
  EXPECT_FALSE(amount.bad) << text << amount.bad.words();
  return amount.value;
}

// The first line of what lvcreate -L says.
std::string complaint(const char* text, Signs signs = Signs::plus) {
  const std::string words = read(SizeArg{text}, kMiB, "--size", signs).bad.words();
  EXPECT_NE(words.find("\n  Invalid argument for --size: " + std::string(text) + "\n  Error during parsing"),
            std::string::npos);
  return words.substr(0, words.find('\n'));
}

TEST(SizeArg, is_read_as_lvm_reads_it) {
  for (const char* text : {"10", "10M", "10mib", "10mm", "10240k", "20480s", "10485760b", "1e1", "0xam"}) {
    EXPECT_EQ(sectors(text), 20480u) << text;
  }
  EXPECT_EQ(sectors("1.5g"), 3u * 1024 * 1024);
  EXPECT_EQ(sectors(".5g"), 1024u * 1024);
  EXPECT_EQ(sectors("5."), 10240u);
  EXPECT_EQ(sectors("1.7s"), 1u);
  EXPECT_EQ(sectors("1p"), std::uint64_t{1} << 41);
  EXPECT_EQ(sectors("0.1b"), 0u);
}

TEST(SizeArg, is_refused_in_lvms_words) {
  EXPECT_EQ(complaint("-5m"), "  Size may not be negative.");
  EXPECT_EQ(complaint("-abc"), "  Size requires number argument.");
  EXPECT_EQ(complaint("abc"), "  Size requires number argument.");
  EXPECT_EQ(complaint(""), "  Size requires number argument.");
  EXPECT_EQ(complaint("5x"), "  Can't parse size argument.");
  EXPECT_EQ(complaint("10 m"), "  Can't parse size argument.");
  EXPECT_EQ(complaint("1,5m"), "  Can't parse size argument.");
  EXPECT_EQ(complaint("10%FREE"), "  Can't parse size argument.");
  EXPECT_EQ(complaint(".m"), "  Can't parse size argument at '.'.");
  EXPECT_EQ(complaint("513b"), "  Size is not a multiple of 512. Try using 512 or 1024.");
  EXPECT_EQ(complaint("513.9b"), "  Size is not a multiple of 512. Try using 512 or 1024.");
  EXPECT_EQ(complaint("16e"), "  Size is too big (>=16EiB).");
  EXPECT_EQ(complaint("1e400"), "  Size is too big (>=16EiB).");
  EXPECT_EQ(complaint("+5m", Signs::minus), "  Size may not be positive.");
  EXPECT_EQ(complaint("+4M", Signs::unsigned_only), "  Size may not be relative/signed.");
}

TEST(SizeArg, of_a_number_of_bytes_reads_back) {
  EXPECT_EQ(size_arg(512 * kMiB).text, "512m");
  EXPECT_EQ(size_arg(3 * kGiB, Sign::plus).text, "+3g");
  EXPECT_EQ(size_arg(1536).text, "1536b");
  EXPECT_EQ(sectors(size_arg(1536).text.c_str()), 3u);
}

TEST(ExtentsArg, takes_abbreviated_percentages) {
  const auto of = [](const char* text) { return read(ExtentsArg{text}, "--extents", Signs::plus).percent; };
  EXPECT_EQ(of("5%f"), PercentOf::free);
  EXPECT_EQ(of("5%FREE"), PercentOf::free);
  EXPECT_EQ(of("+5%vg"), PercentOf::group);
  EXPECT_EQ(of("5%PVS"), PercentOf::pvs);
  EXPECT_EQ(of("5%ORIGIN"), PercentOf::origin);
  EXPECT_EQ(of("5%LV"), PercentOf::volume);
  EXPECT_EQ(of("5"), PercentOf::none);
  EXPECT_EQ(read(ExtentsArg{"99999999999"}, "--extents").value, 4294967295u);
}

TEST(ExtentsArg, is_refused_in_lvms_words) {
  const auto words = [](const char* text) { return read(ExtentsArg{text}, "--extents").bad.words(); };
  const std::string end = "\n  Error during parsing of command line.";
  EXPECT_EQ(words("-3"), "  Extents may not be negative.\n  Invalid argument for --extents: -3" + end);
  EXPECT_EQ(words("10M"), "  Invalid argument for --extents: 10M" + end);
  EXPECT_EQ(words("0x10"), "  Invalid argument for --extents: 0x10" + end);
  EXPECT_EQ(words("18446744073709551616"), "  Invalid argument for --extents: 18446744073709551616" + end);
  EXPECT_EQ(words("5%FOO"), "  Specified %FOO is unknown.\n  Invalid argument for --extents: 5%FOO" + end);
  EXPECT_EQ(words("5000000000%FREE"),
            "  Percentage is too big (>=-1%).\n  Invalid argument for --extents: 5000000000%FREE" + end);
}

}  // namespace
}  // namespace rehearse::lvm
