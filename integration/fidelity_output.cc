#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "integration/fidelity.h"

namespace rehearse {
namespace {

std::string share(const Score& score) {
  if (score.compared == 0) return "-";
  return fmt::format("{:.1f} %",
                     100.0 * static_cast<double>(score.agreed) / static_cast<double>(score.compared));
}

nlohmann::ordered_json json_of(const Score& score) {
  return {{"compared", score.compared},
          {"agreed", score.agreed},
          {"not_modelled", score.not_modelled},
          {"not_reached", score.not_reached}};
}

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '&') {
      out += "&amp;";
    } else {
      out += c;
    }
  }
  return out;
}

// In a cell of a Markdown table a bar would end it.
std::string in_cell(const std::string& text) {
  std::string out;
  for (const char c : text) out += c == '|' ? "\\|" : c == '\n' ? " " : std::string(1, c);
  return out;
}

std::string options_of(const CommandScore& score) {
  std::string text;
  for (const auto& [option, of] : score.options) {
    text += fmt::format("{}`{}` {}/{}", text.empty() ? "" : ", ", option, of.agreed, of.compared);
  }
  return text;
}

constexpr const char* kPage = R"(<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Fidelity of the model</title><style>
body { font: 15px/1.5 sans-serif; max-width: 75em; margin: 2em auto; padding: 0 1em; color: #222; }
table { border-collapse: collapse; }
th, td { padding: .2em .8em; border-bottom: 1px solid #ddd; text-align: left; }
td.n { text-align: right; font-variant-numeric: tabular-nums; } code, pre { font: 13px/1.4 monospace; }
.bar { display: inline-block; width: 8em; height: .7em; background: #e5b5b0; }
.bar i { display: block; height: 100%; background: #5a9367; }
pre { background: #f6f6f6; padding: .6em; overflow-x: auto; } td.o { color: #555; }
</style></head><body>
)";

}  // namespace

std::string fidelity_summary(const Fidelity& fidelity) {
  return fmt::format(
      "Of {} commands recorded on real LVM, device-mapper, file systems, DRBD, libvirt and QEMU ({} "
      "recordings),\n"
      "{} were compared word for word and {} agree ({}); {} are not modelled and {} stand behind one\n"
      "of those. {} commands are known to differ.\n",
      fidelity.all.compared + fidelity.all.not_modelled + fidelity.all.not_reached, fidelity.recordings,
      fidelity.all.compared, fidelity.all.agreed, share(fidelity.all), fidelity.all.not_modelled,
      fidelity.all.not_reached, fidelity.open.size());
}

std::string fidelity_markdown(const Fidelity& fidelity) {
  std::string text = "# Fidelity\n\n" + fidelity_summary(fidelity);
  text += "\n| command | compared | agreed | share | not modelled | options: agreed/compared |\n";
  text += "|---|---:|---:|---:|---:|---|\n";
  for (const auto& [name, score] : fidelity.commands) {
    text +=
        fmt::format("| `{}` | {} | {} | {} | {} | {} |\n", in_cell(name), score.all.compared,
                    score.all.agreed, share(score.all), score.all.not_modelled, in_cell(options_of(score)));
  }
  text += "\n## Open disagreements\n\n";
  for (const OpenDisagreement& open : fidelity.open) {
    text += fmt::format("* {}:{} `{}`: {}\n", open.recording, open.line, in_cell(open.command),
                        open.reason.empty() ? "not explained" : open.reason);
  }
  text += "\n## Not modelled\n\n";
  for (const auto& [what, times] : fidelity.not_modelled) {
    text += fmt::format("* `{}` ({} times)\n", in_cell(what), times);
  }
  return text;
}

std::string fidelity_json(const Fidelity& fidelity) {
  nlohmann::ordered_json json = {{"rehearse_fidelity", 1}, {"recordings", fidelity.recordings}};
  json["all"] = json_of(fidelity.all);
  json["commands"] = nlohmann::ordered_json::array();
  for (const auto& [name, score] : fidelity.commands) {
    nlohmann::ordered_json row = json_of(score.all);
    row["command"] = name;
    row["options"] = nlohmann::ordered_json::object();
    for (const auto& [option, of] : score.options) row["options"][option] = json_of(of);
    json["commands"].push_back(std::move(row));
  }
  json["open"] = nlohmann::ordered_json::array();
  for (const OpenDisagreement& open : fidelity.open) {
    json["open"].push_back({{"recording", open.recording},
                            {"line", open.line},
                            {"command", open.command},
                            {"reason", open.reason},
                            {"difference", open.why}});
  }
  json["not_modelled"] = fidelity.not_modelled;
  return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

std::string fidelity_html(const Fidelity& fidelity) {
  std::string text = kPage;
  text += "<h1>Fidelity of the model</h1><p>" + escaped(fidelity_summary(fidelity)) +
          "</p>\n<table><tr><th>command" +
          "</th><th>compared</th><th>agreed</th><th></th><th>not modelled</th><th>options: "
          "agreed/compared</th></tr>\n";
  for (const auto& [name, score] : fidelity.commands) {
    const double part = score.all.compared == 0 ? 0
                                                : 100.0 * static_cast<double>(score.all.agreed) /
                                                      static_cast<double>(score.all.compared);
    std::string options;
    for (const auto& [option, of] : score.options) {
      options += fmt::format("<code>{}</code> {}/{} ", escaped(option), of.agreed, of.compared);
    }
    text += fmt::format(
        "<tr><td><code>{}</code></td><td class=\"n\">{}</td><td class=\"n\">{}</td><td><span class=\"bar\">"
        "<i style=\"width:{:.1f}%\"></i></span></td><td class=\"n\">{}</td><td class=\"o\">{}</td></tr>\n",
        escaped(name), score.all.compared, score.all.agreed, part, score.all.not_modelled, options);
  }
  text += "</table>\n<h2>Open disagreements</h2>\n";
  for (const OpenDisagreement& open : fidelity.open) {
    text += fmt::format("<details><summary>{}:{} <code>{}</code>: {}</summary><pre>{}</pre></details>\n",
                        escaped(open.recording), open.line, escaped(open.command),
                        escaped(open.reason.empty() ? "not explained" : open.reason), escaped(open.why));
  }
  text += "<h2>Not modelled</h2><ul>\n";
  for (const auto& [what, times] : fidelity.not_modelled) {
    text += fmt::format("<li><code>{}</code> ({} times)</li>\n", escaped(what), times);
  }
  return text + "</ul></body></html>\n";
}

}  // namespace rehearse
