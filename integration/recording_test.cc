// Every recording is a test of its own, named by its file: `recording_test --gtest_filter='*lvs_columns*'`.
// REHEARSE_RECORDINGS in the environment names another folder of recordings.
#include "integration/recording.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include "integration/recording_replay.h"

namespace rehearse {
namespace {

namespace stdfs = std::filesystem;

const stdfs::path& folder() {
  static const stdfs::path path = [] {
    const char* other = std::getenv("REHEARSE_RECORDINGS");
    return stdfs::path(other ? other : REHEARSE_RECORDINGS);
  }();
  return path;
}

std::string test_name(const testing::TestParamInfo<std::string>& info) {
  std::string name = info.param.substr(0, info.param.rfind('.'));
  std::replace_if(
      name.begin(), name.end(), [](char c) { return !std::isalnum(static_cast<unsigned char>(c)); }, '_');
  return name;
}

std::string place(const InputError& error) {
  return error.file + ":" + std::to_string(error.line) + ": " + error.what;
}

std::vector<KnownDisagreement> known_for(const std::string& recording) {
  const std::string file = (folder() / "disagreements.txt").string();
  const auto read = load_disagreements(file);
  if (const auto* error = std::get_if<InputError>(&read)) {
    ADD_FAILURE() << place(*error);
    return {};
  }
  std::vector<KnownDisagreement> known;
  for (const KnownDisagreement& one : std::get<0>(read)) {
    if (one.recording == recording) known.push_back(one);
  }
  return known;
}

class ARecording : public testing::TestWithParam<std::string> {};

TEST_P(ARecording, IsWhatTheModelSays) {
  using Verdict = ReplayedCommand::Verdict;
  const auto read = load_recording((folder() / GetParam()).string());
  if (const auto* error = std::get_if<InputError>(&read)) FAIL() << place(*error);
  const Replay result = replay(std::get<Recording>(read));
  const auto known = known_for(GetParam());
  for (const ReplayedCommand& command : result.commands) {
    const bool listed = std::any_of(known.begin(), known.end(), [&](const KnownDisagreement& one) {
      return one.number == command.number;
    });
    const std::string where = GetParam() + ":" + std::to_string(command.line) + " (command " +
                              std::to_string(command.number) + "): " + command.text + "\n";
    if (command.verdict == Verdict::not_modelled) {
      std::cout << "not modelled: " << where << "    at: " << command.why << "\n";
    }
    if (command.verdict == Verdict::disagrees && !listed) ADD_FAILURE() << where << command.why;
    if (command.verdict == Verdict::agrees && listed) {
      ADD_FAILURE() << where << "agrees now; take it out of disagreements.txt";
    }
  }
  std::cout << GetParam() << ": " << result.count(Verdict::agrees) + result.count(Verdict::disagrees)
            << " compared, " << result.count(Verdict::agrees) << " agreed, "
            << result.count(Verdict::not_modelled) << " not modelled, " << result.count(Verdict::not_reached)
            << " not reached";
  if (!result.stopped.empty()) std::cout << "; stopped: " << result.stopped;
  std::cout << "\n";
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(ARecording);
INSTANTIATE_TEST_SUITE_P(All, ARecording, testing::ValuesIn(recordings_below(folder().string())), test_name);

TEST(RecordingReader, ReadsCommandsFaultsAndTime) {
  const auto read = read_recording(
      "# About this.\nlab: disks=2 size=3G guests=2\n\nalpha# lvs \\\n  vg\n  LV\n2>   WARNING\n\n[5]\n\n"
      "! kill alpha\n\n~ sleep 3\n\nalpha# sleep 9\n[timed out]\n\n# stops here: over\nnonsense\n",
      "x.rec");
  ASSERT_TRUE(std::holds_alternative<Recording>(read)) << place(std::get<InputError>(read));
  const Recording& recording = std::get<Recording>(read);
  EXPECT_EQ(recording.about, "About this.");
  EXPECT_EQ(recording.guests, 2u);
  EXPECT_EQ(recording.disks, 2u);
  EXPECT_EQ(recording.disk_size, 3 * kGiB);
  EXPECT_EQ(recording.stops_here, "over");
  ASSERT_EQ(recording.steps.size(), 4u);
  EXPECT_EQ(recording.steps[0].text, "lvs   vg");
  EXPECT_EQ(recording.steps[0].status, 5);
  EXPECT_EQ(recording.steps[0].said, (std::vector<Line>{{false, "  LV"}, {true, "  WARNING"}, {false, ""}}));
  EXPECT_EQ(recording.steps[1].kind, RecordedStep::Kind::fault);
  EXPECT_EQ(recording.steps[2].text, "sleep 3");
  EXPECT_EQ(recording.steps[3].status, std::nullopt);
  EXPECT_EQ(recording.steps[3].number, 2u);
}

TEST(RecordingReader, SaysWhereAndWhatItExpected) {
  const auto error = [](std::string_view text) {
    const auto read = read_recording(text, "x.rec");
    return std::holds_alternative<InputError>(read) ? place(std::get<InputError>(read)) : "none";
  };
  EXPECT_EQ(error("alpha# lvs\n[0]\n"), "x.rec:1: expected `lab: disks=N size=SIZE` before the first step");
  EXPECT_EQ(error("lab: disk=4\n"),
            "x.rec:1: expected disks=N, size=SIZE, guests=1|2 or with=libvirt|qemu, not `disk=4`");
  EXPECT_EQ(error("lab: disks=4 with=qemu nothing\n"),
            "x.rec:1: expected disks=N, size=SIZE, guests=1|2 or with=libvirt|qemu, not `nothing`");
  EXPECT_EQ(
      error("lab: disks=4 size=1M\n\nalpha# lvs\n  LV\n"),
      "x.rec:3: the output of this command does not end; expected `[STATUS]` or `[timed out]` below it");
  EXPECT_EQ(error("lab: disks=4 size=1M\nlvs\n"),
            "x.rec:2: expected `HOST# COMMAND`, `! FAULT`, `~ TIME` or a comment");
}

TEST(RecordingReplay, ADifferenceShowsBothSides) {
  EXPECT_EQ(difference({"a", "b", "c"}, {"a", "x", "c"}), "    |a|\n  - |b|\n  + |x|\n    |c|\n");
}

TEST(RecordingReplay, WhatTheModelDoesNotSayDisagrees) {
  const auto read =
      read_recording("lab: disks=1 size=1M\nalpha# echo a\nb\n[1]\n\nalpha# echo c\nc\n[0]\n", "x.rec");
  const Replay result = replay(std::get<Recording>(read));
  ASSERT_EQ(result.commands.size(), 2u);
  EXPECT_EQ(result.commands[0].verdict, ReplayedCommand::Verdict::disagrees);
  EXPECT_EQ(result.commands[0].why, "status: recorded 1, the model 0\nstandard output:\n  - |b|\n  + |a|\n");
  EXPECT_EQ(result.commands[1].verdict, ReplayedCommand::Verdict::agrees);
}

TEST(RecordingReplay, IdentitiesAndTimesAreNoChanges) {
  const auto with = [](const std::string& said) {
    return std::get<Recording>(
        read_recording("lab: disks=1 size=1M\nalpha# blkid /dev/vda\n" + said + "[0]\n", "x.rec"));
  };
  const Recording before = with("ID 01234567-0123-0123-0123-0123456789ab at 2020-01-01 00:00:00\n");
  EXPECT_EQ(changes(before, with("ID 89abcdef-0123-0123-0123-0123456789ab at 2021-02-03 04:05:06\n")), "");
  EXPECT_EQ(changes(with("a\n"), with("b\n")), "x.rec:2: blkid /dev/vda\n  - |a|\n  + |b|\n");
}

TEST(RecordingReader, KnownDisagreementsNeedAReason) {
  const auto read = read_disagreements("# comment\nlvm/a.rec:12 shows its own uuid\n", "d.txt");
  ASSERT_TRUE(std::holds_alternative<std::vector<KnownDisagreement>>(read));
  EXPECT_EQ(std::get<0>(read), (std::vector<KnownDisagreement>{{"lvm/a.rec", 12, "shows its own uuid"}}));
  EXPECT_TRUE(std::holds_alternative<InputError>(read_disagreements("lvm/a.rec:12\n", "d.txt")));
}

}  // namespace
}  // namespace rehearse
