// A text of XML as a tree, read with libxml2, which libvirt reads it with too: so that what is wrong with it
// is said in the same words.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

struct _xmlDoc;
struct _xmlNode;

namespace rehearse::libvirt {

/// An element of a document that is still there.
class Element {
 public:
  explicit Element(_xmlNode* node) : node_(node) {}
  std::string name() const;
  /// Its text without what is around it; nothing if it has children of other kinds only.
  std::string text() const;
  std::optional<std::string> attribute(const char* name) const;
  std::vector<Element> children() const;
  /// The first child of that name.
  std::optional<Element> child(std::string_view name) const;

 private:
  _xmlNode* node_;
};

class Document {
 public:
  explicit Document(_xmlDoc* doc);
  Element root() const;

 private:
  std::shared_ptr<_xmlDoc> doc_;
};

/// The words of what is wrong: "(domain_definition):1: Document is empty", the line, and a mark below it
/// (virxml.c catchXMLError). `what` is the document's name in them.
std::variant<Document, std::string> read_xml(std::string_view text, const std::string& what);

/// With the five characters that cannot stand in a value written as entities.
std::string escaped(std::string_view text);

}  // namespace rehearse::libvirt
