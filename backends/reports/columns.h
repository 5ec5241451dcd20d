// Reports in columns, as LVM's own library lays them out (libdm's dm_report): aligned, separated, with
// prefixes, transposed, or as JSON. A report is a list of columns and of rows of cells; how they are shown is
// a style.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/report.h"
#include "model/units.h"

namespace rehearse::reports {

struct Column {
  std::string id;         // "lv_size"
  std::string heading;    // "LSize"
  std::size_t width = 0;  // at least; the heading counts too, shown or not
  bool right = false;     // where the cells are flush; headings are flush left
  bool operator==(const Column&) const = default;
};

/// Null if there is none of that name.
const Column* column_named(const std::vector<Column>& columns, std::string_view id);
/// The columns of a list such as "name,uuid".
std::vector<Column> columns_listed(const std::vector<Column>& columns, std::string_view ids);
/// Does it know every column of the list?
bool all_known(const std::vector<Column>& columns, std::string_view ids);

struct Cell {
  std::string text;
  std::optional<double> number{};  // what numbers and sizes are sorted by; none: by text
  bool operator==(const Cell&) const = default;
};

struct Table {
  std::string kind;  // "lv", as the JSON form names it
  std::vector<Column> columns;
  std::vector<std::vector<Cell>> rows;  // a cell a column; cells behind are only sorted by
};

struct TableStyle {
  std::string margin = "  ";
  bool aligned = true;
  bool pads_last = true;  // blanks behind the last column where its cells are flush left
  bool headings = true;
  bool headings_like_cells = false;  // flush as their cells are
  bool transposed = false;           // --rows
  bool prefixes = false;             // --nameprefixes
  bool quoted = true;                // with prefixes
  bool json = false;
  std::string separator = " ";
  std::string prefix = "LVM2_";
};

struct SortKey {
  std::size_t cell = 0;
  bool descending = false;
};
/// Rows that are equal by all keys keep their order.
void sort_rows(Table& table, const std::vector<SortKey>& keys);

/// Nothing at all is printed for a table without rows, except as JSON.
void print_table(const Table& table, const TableStyle& style, Report& report);

/// What a JSON report says: texts by column, in the order in which they stand.
struct JsonReport {
  std::string kind;
  std::vector<std::string> ids;
  std::vector<std::vector<std::string>> rows;
  bool operator==(const JsonReport&) const = default;
};
/// Reads what `print_table` (or the real tool) wrote as JSON; none if it is no such report.
std::optional<JsonReport> read_json_report(std::string_view text);

}  // namespace rehearse::reports
