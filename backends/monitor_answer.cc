#include "backends/monitor_answer.h"

#include "backends/pattern.h"

namespace rehearse {

std::string comparable_answer(const std::string& line) {
  static const Pattern greeting("^\\{\"QMP\": .*$");
  static const Pattern time("\"timestamp\": \\{[^}]*\\}");
  static const Pattern memory("\"ram\": \\{[^}]*\\}");
  static const Pattern figure("\"(setup-time|downtime|expected-downtime|total-time)\": [0-9]+");
  static const Pattern node("\"#block[0-9]+\"");
  static const Pattern told("\"writeback\": (true|false)");
  static const Pattern closed("Unable to write to socket: (Broken pipe|Connection reset by peer)");
  static const Pattern socat("^[0-9/]+ [0-9:]+ socat\\[[0-9]+\\] ");
  if (line.find("socat[") != std::string::npos) return socat.replaced(line, "socat: ");
  if (!line.starts_with("{\"")) return line;
  std::string text = greeting.replaced(line, "{\"QMP\": <version>}");
  text = time.replaced(text, "\"timestamp\": <time>");
  text = memory.replaced(text, "\"ram\": <figures>");
  text = closed.replaced(figure.replaced(text, "<figure>"), "Unable to write to socket: <closed>");
  return told.replaced(node.replaced(text, "\"#block\""), "\"writeback\": <by the guest>");
}

std::vector<std::string> answers_in(const std::vector<Line>& said) {
  std::vector<std::string> all;
  for (const Line& line : said) {
    const bool answer = line.text.starts_with("{\"return\": ") || line.text.starts_with("{\"error\": ");
    if (!line.error && answer) all.push_back(comparable_answer(line.text));
  }
  return all;
}

}  // namespace rehearse
