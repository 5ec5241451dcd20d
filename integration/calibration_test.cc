#include "integration/calibration.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iostream>
#include <iterator>

namespace rehearse {
namespace {

Provoked provoked_in(const std::string& text) {
  const Recording recording = std::get<Recording>(read_recording("lab: disks=2 size=64M\n" + text, "x.rec"));
  Provoked provoked;
  calibrate(recording, replay(recording), "x.rec", provoked);
  return provoked;
}

TEST(Calibration, EveryRefusalIsProvokedOrListedWithAReason) {
  const std::string folder = REHEARSE_RECORDINGS;
  std::ifstream in(folder + "/not-provoked.txt");
  const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  const auto list = read_not_provoked(text, "not-provoked.txt");
  if (const auto* bad = std::get_if<InputError>(&list)) FAIL() << bad->text();
  const auto provoked = provoked_by(folder);
  if (const auto* bad = std::get_if<InputError>(&provoked)) FAIL() << bad->text();
  for (const std::string& complaint :
       complaints(std::get<Provoked>(provoked), std::get<std::vector<NotProvoked>>(list))) {
    ADD_FAILURE() << complaint;
  }
  std::cout << std::get<Provoked>(provoked).size() << " of " << refusal_table().size()
            << " refusals are provoked\n";
}

TEST(Calibration, ARefusalInTheToolsOwnWordsIsProvoked) {
  EXPECT_EQ(provoked_in("alpha# lvremove vg/a\n2>   Volume group \"vg\" not found\n"
                        "2>   Cannot process volume group vg\n[5]\n"),
            (Provoked{{Refusal::no_such_group, "x.rec:2"}}));
}

TEST(Calibration, OneInOtherWordsIsNot) {
  EXPECT_TRUE(provoked_in("alpha# lvremove vg/a\n2>   There is no vg\n[5]\n").empty());
  EXPECT_TRUE(provoked_in("alpha# lvremove vg/a\n2>   Volume group \"vg\" not found\n"
                          "2>   Cannot process volume group vg\n[3]\n")
                  .empty());
}

TEST(Calibration, TheListAndTheRecordingsExcludeEachOther) {
  std::vector<NotProvoked> all;
  for (const RefusalRow& row : refusal_table()) all.push_back({row.code, "a test"});
  EXPECT_TRUE(complaints({}, all).empty());
  EXPECT_EQ(
      complaints({{Refusal::no_such_group, "x.rec:2"}}, all),
      (std::vector<std::string>{"no_such_group is provoked at x.rec:2; take it out of not-provoked.txt"}));
  std::erase_if(all, [](const NotProvoked& one) { return one.code == Refusal::no_such_group; });
  EXPECT_EQ(complaints({}, all),
            (std::vector<std::string>{"no_such_group is provoked by no recording and not "
                                      "listed in not-provoked.txt"}));
  all.push_back(all.front());
  EXPECT_EQ(complaints({{Refusal::no_such_group, "x.rec:2"}}, all).size(), 1u);
}

TEST(Calibration, TheListNamesCodesAndReasons) {
  EXPECT_EQ(std::get<0>(read_not_provoked("# comment\nno_such_group nobody looks\n", "n.txt")),
            (std::vector<NotProvoked>{{Refusal::no_such_group, "nobody looks"}}));
  EXPECT_TRUE(std::holds_alternative<InputError>(read_not_provoked("no_such_group\n", "n.txt")));
  EXPECT_TRUE(std::holds_alternative<InputError>(read_not_provoked("no_such_code why\n", "n.txt")));
}

}  // namespace
}  // namespace rehearse
