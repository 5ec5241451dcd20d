#include <algorithm>

#include "model/qemu/monitor.h"
#include "model/text.h"

namespace rehearse::qemu {

bool read_value(std::string_view text, StandardStreams&) {
  return text == "-" || text == "STDIO" || text == "stdio";
}
std::string show_value(const StandardStreams&) { return "-"; }

bool read_value(std::string_view text, SocketAddress& value) {
  for (const std::string_view kind : {"UNIX-CONNECT:", "unix-connect:", "UNIX:", "unix:"}) {
    if (!text.starts_with(kind)) continue;
    value.path = text.substr(kind.size());
    return value.path.starts_with('/') && value.path.find(',') == value.path.npos;
  }
  return false;
}
std::string show_value(const SocketAddress& value) { return "UNIX-CONNECT:" + value.path; }

bool read_value(std::string_view text, Patience& value) {
  value.typed = text;
  return !text.empty() && is_digit(text[0]) && std::count(text.begin(), text.end(), '.') <= 1 &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_digit(c) || c == '.'; });
}
std::string show_value(const Patience& value) { return value.typed; }

bool read_value(std::string_view text, MonitorText& value) {
  value.text = text;
  return read_requests(text).unknown.empty();
}
std::string show_value(const MonitorText& value) { return value.text; }

}  // namespace rehearse::qemu
