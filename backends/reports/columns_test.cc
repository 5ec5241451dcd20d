#include "backends/reports/columns.h"

#include <gtest/gtest.h>

#include "backends/reports/sizes.h"

namespace rehearse::reports {
namespace {

Table fruit() {
  Table table;
  table.kind = "lv";
  table.columns = {{"lv_name", "LV", 4, false}, {"lv_size", "LSize", 0, true}};
  table.rows = {
      {{"fig", {}}, {"8.00m", 8.0}}, {{"apple", {}}, {"12.00m", 12.0}}, {{"a \"b\" \\", {}}, {"", {}}}};
  return table;
}

std::vector<std::string> printed(const Table& table, const TableStyle& style) {
  Report report;
  print_table(table, style, report);
  std::vector<std::string> lines;
  for (const Line& line : report.lines) lines.push_back(line.text);
  return lines;
}

TEST(Columns, AreAsWideAsTheirWidestCellAndNumbersAreFlushRight) {
  EXPECT_EQ(printed(fruit(), {}), (std::vector<std::string>{"  LV      LSize ", "  fig      8.00m",
                                                            "  apple   12.00m", "  a \"b\" \\       "}));
}

TEST(Columns, SeparatorsTakeThePaddingAway) {
  TableStyle style;
  style.aligned = false;
  style.separator = ":";
  style.headings = false;
  EXPECT_EQ(printed(fruit(), style),
            (std::vector<std::string>{"  fig:8.00m", "  apple:12.00m", "  a \"b\" \\:"}));
}

TEST(Columns, SortByNumberWhereThereIsOneAndKeepTheOrderOfEquals) {
  Table table = fruit();
  sort_rows(table, {{1, true}});
  EXPECT_EQ(table.rows[0][0].text, "apple");
  table.rows = {{{"b", {}}, {"1", 1.0}}, {{"a", {}}, {"1", 1.0}}};
  sort_rows(table, {{1, false}});
  EXPECT_EQ(table.rows[0][0].text, "b");
}

TEST(Columns, WhatIsPrintedAsJsonIsReadBackTheSame) {
  TableStyle style;
  style.json = true;
  std::string text;
  for (const std::string& line : printed(fruit(), style)) text += line + "\n";
  const auto read = read_json_report(text);
  ASSERT_TRUE(read.has_value()) << text;
  EXPECT_EQ(*read,
            (JsonReport{
                "lv", {"lv_name", "lv_size"}, {{"fig", "8.00m"}, {"apple", "12.00m"}, {"a \"b\" \\", ""}}}));
}

TEST(Columns, OtherJsonIsNoReport) {
  for (const char* text :
       {"", "{}", "[]", "{\"report\":[]}", "{\"report\":[{\"lv\":[1]}]}", "{\"report\":[{\"lv\":["}) {
    EXPECT_FALSE(read_json_report(text).has_value()) << text;
  }
}

TEST(Sizes, AreThoseOfTheRealReports) {
  const auto column = [](Bytes bytes, const char* units) {
    return size_text(bytes, Units{units}, SizeStyle::column);
  };
  const auto display = [](Bytes bytes, const char* units) {
    return size_text(bytes, Units{units}, SizeStyle::display);
  };
  EXPECT_EQ(column(12 * kMiB, "r"), "12.00m");
  EXPECT_EQ(column(100 * kMiB, "R"), "<104.86M");
  EXPECT_EQ(column(104 * kMiB, "R"), "109.05M");
  EXPECT_EQ(column(8 * kMiB, "H"), "8.39M");
  EXPECT_EQ(column(8 * kMiB, "s"), "16384S");
  EXPECT_EQ(column(8 * kMiB, "b"), "8388608B");
  EXPECT_EQ(column(8 * kMiB, "K"), "8388.61K");
  EXPECT_EQ(column(100 * kMiB, "3m"), "33.33U");
  EXPECT_EQ(column(20 * kMiB, "1m"), "20.00m");
  EXPECT_EQ(column(0, "r"), "0 ");
  EXPECT_EQ(display(12 * kMiB, "r"), "12.00 MiB");
  EXPECT_EQ(display(8 * kMiB, "s"), "16384 Se");
  EXPECT_EQ(display(8 * kMiB, "b"), "8388608 B ");
  EXPECT_EQ(display(0, "r"), "0   ");
  EXPECT_EQ(size_text(20 * kMiB, Units{"m"}, SizeStyle::bare_column), "20.00");
  EXPECT_FALSE(Units{"q"}.valid());
  EXPECT_FALSE(Units{"0m"}.valid());
}

}  // namespace
}  // namespace rehearse::reports
