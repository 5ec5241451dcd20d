#include <nlohmann/json.hpp>

#include "scenarios/output.h"

namespace rehearse {
namespace {

using Json = nlohmann::ordered_json;

std::string_view kind_of(const Result& result) {
  if (result.command) return "command";
  if (std::holds_alternative<Assertion>(result.item->what)) return "assertion";
  return result.text.starts_with('!') ? "fault" : "world";
}

Json json_of(const Place& place) { return {{"file", place.file}, {"line", place.line}}; }

Json json_of(const PlacedFinding& found) {
  Json chain = Json::array();
  for (const Place& place : found.chain) chain.push_back(json_of(place));
  const Finding& row = found.finding;
  return {{"code", row.code},         {"what", row.what},         {"subject", row.subject},
          {"file", found.place.file}, {"line", found.place.line}, {"chain", chain},
          {"remedy", row.remedy},     {"expected", row.expected}};
}

Json json_of(const Complaint& complaint) {
  Json row = json_of(complaint.place);
  row["what"] = complaint.what;
  return row;
}

Json json_of(const Line& line) { return {{"stream", line.error ? "stderr" : "stdout"}, {"text", line.text}}; }

Json json_of(const LogLine& line) { return {{"host", line.host.str()}, {"text", line.text}}; }

Json json_of(const Result& result);

template <class T>
Json list_of(const std::vector<T>& rows) {
  Json all = Json::array();
  for (const T& row : rows) all.push_back(json_of(row));
  return all;
}

Json json_of(const Result& result) {
  Json row = json_of(result.place);
  row["column"] = result.place.column;
  row["kind"] = kind_of(result);
  row["host"] = result.command ? Json(result.host.str()) : Json();
  row["command"] = result.text;
  row["verdict"] = name_of(result.verdict);
  row["refusal"] = result.refusal == Refusal::none ? Json() : Json(row_of(result.refusal).name);
  row["status"] = result.status;
  row["not_modelled"] = result.not_modelled.empty() ? Json() : Json(result.not_modelled);
  row["output"] = list_of(result.output);
  row["kernel_log"] = list_of(result.log);
  row["findings"] = list_of(result.findings);
  row["complaints"] = list_of(result.complaints);
  return row;
}

Json json_of(const Rehearsal& rehearsal) {
  return {{"runbook", rehearsal.runbook},
          {"title", rehearsal.title},
          {"clean", rehearsal.clean()},
          {"commands", rehearsal.commands},
          {"not_modelled", rehearsal.not_modelled},
          {"steps", list_of(rehearsal.results)},
          {"findings_at_end", list_of(rehearsal.at_end)},
          {"complaints", list_of(rehearsal.complaints)}};
}

}  // namespace

std::string as_json(std::span<const Rehearsal> rehearsals, std::string_view version) {
  Json all = Json::array();
  bool clean = true;
  for (const Rehearsal& rehearsal : rehearsals) {
    all.push_back(json_of(rehearsal));
    clean = clean && rehearsal.clean();
  }
  const Json whole{{"rehearse", version}, {"clean", clean}, {"runbooks", all}};
  return whole.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace rehearse
