#include "model/libvirt/xml.h"

#include <fmt/format.h>
#include <libxml/parser.h>
#include <libxml/tree.h>

namespace rehearse::libvirt {
namespace {

std::string string_of(const xmlChar* text) { return text ? reinterpret_cast<const char*>(text) : ""; }

// The line the reader stands in, and a mark below where it stands.
std::string place_of(const xmlParserInput& input) {
  const auto ends = [](xmlChar letter) { return letter == '\n' || letter == '\r'; };
  const xmlChar* from = input.cur;
  while (from > input.base && ends(*from)) --from;
  while (from > input.base && !ends(*from)) --from;
  if (ends(*from)) ++from;
  const xmlChar* to = from;
  while (*to != 0 && !ends(*to)) ++to;
  const auto column = static_cast<std::size_t>(input.cur > from ? input.cur - from : 0);
  return std::string(from, to) + "\n" + std::string(column, '-') + "^";
}

struct Reader {
  std::string what;
  std::string error;  // the first
};

void note_error(void* context, const char* /*format*/, ...) {
  auto* parser = static_cast<xmlParserCtxtPtr>(context);
  if (!parser || !parser->input || parser->lastError.level != XML_ERR_FATAL || !parser->lastError.message)
    return;
  auto& reader = *static_cast<Reader*>(parser->_private);
  if (!reader.error.empty()) return;
  reader.error = fmt::format("{}:{}: {}{}", reader.what, parser->lastError.line, parser->lastError.message,
                             place_of(*parser->input));
}

}  // namespace

std::string Element::name() const { return string_of(node_->name); }

std::string Element::text() const {
  xmlChar* content = xmlNodeGetContent(node_);
  std::string text = string_of(content);
  xmlFree(content);
  return text;
}

std::optional<std::string> Element::attribute(const char* name) const {
  xmlChar* value = xmlGetProp(node_, reinterpret_cast<const xmlChar*>(name));
  if (!value) return std::nullopt;
  std::string text = string_of(value);
  xmlFree(value);
  return text;
}

std::vector<Element> Element::children() const {
  std::vector<Element> all;
  for (xmlNode* node = node_->children; node; node = node->next) {
    if (node->type == XML_ELEMENT_NODE) all.emplace_back(node);
  }
  return all;
}

std::optional<Element> Element::child(std::string_view name) const {
  for (const Element& each : children()) {
    if (each.name() == name) return each;
  }
  return std::nullopt;
}

Document::Document(xmlDoc* doc) : doc_(doc, xmlFreeDoc) {}
Element Document::root() const { return Element(xmlDocGetRootElement(doc_.get())); }

std::variant<Document, std::string> read_xml(std::string_view text, const std::string& what) {
  Reader reader{what, {}};
  const std::unique_ptr<xmlParserCtxt, void (*)(xmlParserCtxtPtr)> parser(xmlNewParserCtxt(),
                                                                          xmlFreeParserCtxt);
  parser->_private = &reader;
  parser->sax->error = note_error;
  const std::string whole(text.substr(0, text.find('\0')));
  xmlDoc* doc = xmlCtxtReadDoc(parser.get(), reinterpret_cast<const xmlChar*>(whole.c_str()), what.c_str(),
                               nullptr, XML_PARSE_NONET | XML_PARSE_NOWARNING);
  if (!doc || !xmlDocGetRootElement(doc)) {
    xmlFreeDoc(doc);
    return reader.error.empty() ? "failed to parse xml document '" + what + "'" : reader.error;
  }
  return Document(doc);
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char letter : text) {
    switch (letter) {
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '&':
        out += "&amp;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&apos;";
        break;
      default:
        out += letter;
    }
  }
  return out;
}

}  // namespace rehearse::libvirt
