#include "backends/reports/columns.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "model/text.h"

namespace rehearse::reports {
namespace {

std::string padded(const std::string& text, std::size_t width, bool right) {
  if (text.size() >= width) return text;
  const std::string blanks(width - text.size(), ' ');
  return right ? blanks + text : text + blanks;
}

std::vector<std::size_t> widths_of(const Table& table, const TableStyle& style) {
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    const Column& column = table.columns[i];
    std::size_t width = std::max(column.width, column.heading.size());
    for (const auto& row : table.rows) width = std::max(width, row[i].text.size());
    const bool last = i + 1 == table.columns.size();
    const bool pads = style.pads_last || !last || column.right;
    widths.push_back(style.aligned && !style.prefixes && !style.transposed && pads ? width : 0);
  }
  return widths;
}

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::toupper(c); });
  return text;
}

std::string shown(const Column& column, const Cell& cell, std::size_t width, const TableStyle& style) {
  if (!style.prefixes) return padded(cell.text, width, column.right);
  const std::string quote = style.quoted ? "'" : "";
  return style.prefix + upper(column.id) + "=" + quote + cell.text + quote;
}

std::string line_of(const std::vector<std::string>& pieces, const TableStyle& style) {
  std::string line = style.margin;
  for (std::size_t i = 0; i < pieces.size(); ++i) line += (i > 0 ? style.separator : "") + pieces[i];
  return line;
}

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

void print_json(const Table& table, Report& report) {
  report.out("  {{");
  report.out("      \"report\": [");
  report.out("          {{");
  report.out("              \"{}\": [", table.kind);
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    std::string line;
    for (std::size_t j = 0; j < table.columns.size(); ++j) {
      line += fmt::format("{}\"{}\":\"{}\"", j > 0 ? ", " : "", table.columns[j].id,
                          escaped(table.rows[i][j].text));
    }
    report.out("                  {{{}}}{}", line, i + 1 < table.rows.size() ? "," : "");
  }
  report.out("              ]");
  report.out("          }}");
  report.out("      ]");
  report.out("  }}");
}

// A hidden volume's name stands in brackets but is sorted without them.
std::string_view bare(const std::string& text) {
  std::string_view inner = text;
  if (inner.size() > 2 && inner.front() == '[' && inner.back() == ']')
    inner = inner.substr(1, inner.size() - 2);
  return inner;
}

}  // namespace

const Column* column_named(const std::vector<Column>& columns, std::string_view id) {
  const auto at =
      std::find_if(columns.begin(), columns.end(), [&](const Column& column) { return column.id == id; });
  return at == columns.end() ? nullptr : &*at;
}

std::vector<Column> columns_listed(const std::vector<Column>& columns, std::string_view ids) {
  std::vector<Column> listed;
  for (const std::string_view id : split(ids, ',')) listed.push_back(*column_named(columns, id));
  return listed;
}

bool all_known(const std::vector<Column>& columns, std::string_view ids) {
  const auto names = split(ids, ',');
  return std::all_of(names.begin(), names.end(),
                     [&](std::string_view id) { return column_named(columns, id) != nullptr; });
}

void sort_rows(Table& table, const std::vector<SortKey>& keys) {
  std::stable_sort(table.rows.begin(), table.rows.end(), [&](const auto& a, const auto& b) {
    for (const SortKey& key : keys) {
      const Cell& left = (key.descending ? b : a)[key.cell];
      const Cell& right = (key.descending ? a : b)[key.cell];
      if (left.number && right.number) {
        if (*left.number != *right.number) return *left.number < *right.number;
      } else if (left.text != right.text) {
        return bare(left.text) < bare(right.text);
      }
    }
    return false;
  });
}

void print_table(const Table& table, const TableStyle& style, Report& report) {
  if (style.json) return print_json(table, report);
  if (table.rows.empty()) return;
  const std::vector<std::size_t> widths = widths_of(table, style);
  if (style.transposed) {
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      std::vector<std::string> pieces;
      if (style.headings) pieces.push_back(table.columns[i].heading);
      for (const auto& row : table.rows) pieces.push_back(shown(table.columns[i], row[i], 0, style));
      report.out("{}", line_of(pieces, style));
    }
    return;
  }
  std::vector<std::string> pieces;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    pieces.push_back(
        padded(table.columns[i].heading, widths[i], style.headings_like_cells && table.columns[i].right));
  }
  if (style.headings) report.out("{}", line_of(pieces, style));
  for (const auto& row : table.rows) {
    pieces.clear();
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      pieces.push_back(shown(table.columns[i], row[i], widths[i], style));
    }
    report.out("{}", line_of(pieces, style));
  }
}

std::optional<JsonReport> read_json_report(std::string_view text) {
  const auto json = nlohmann::ordered_json::parse(text, nullptr, false);
  if (!json.is_object() || !json.contains("report") || !json["report"].is_array()) return std::nullopt;
  const auto& reports = json["report"];
  if (reports.size() != 1 || !reports[0].is_object() || reports[0].size() != 1) return std::nullopt;
  const auto first = reports[0].begin();
  if (!first.value().is_array()) return std::nullopt;
  JsonReport result;
  result.kind = first.key();
  for (const auto& row : first.value()) {
    if (!row.is_object()) return std::nullopt;
    std::vector<std::string> ids;
    std::vector<std::string> texts;
    for (const auto& [id, value] : row.items()) {
      if (!value.is_string()) return std::nullopt;
      ids.push_back(id);
      texts.push_back(value.get<std::string>());
    }
    if (!result.rows.empty() && ids != result.ids) return std::nullopt;
    result.ids = std::move(ids);
    result.rows.push_back(std::move(texts));
  }
  return result;
}

}  // namespace rehearse::reports
