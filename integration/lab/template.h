// Templates: guests that were booted once, with blank disks, and kept as memory and state; every lab is a
// clone of one. A template's name holds a hash of all that it depends on; the least used go when there are
// many.
#pragma once

#include "integration/lab/guest.h"

namespace rehearse {

/// A folder that is there as long as this is.
class RunFolder {
 public:
  static std::variant<RunFolder, LabFailure> make();
  RunFolder(RunFolder&&) = default;
  RunFolder& operator=(RunFolder&&) = default;
  ~RunFolder();
  const std::filesystem::path& path() const { return path_; }

 private:
  RunFolder() = default;
  std::filesystem::path path_;
  Handle lock_;
};

struct Template {
  std::filesystem::path folder;
  Handle kept;  // while this is held, nobody drops it
};

/// The template of guests of these plans; makes it if there is none.
std::variant<Template, LabFailure> template_of(const std::vector<GuestPlan>&, const Say&);

struct TemplateRow {
  std::string name;
  std::uintmax_t bytes = 0;  // really taken on the disk
};
std::vector<TemplateRow> templates();
/// Drops all templates, and with `images` the images and downloaded packages as well; guests that run go on.
Done drop_templates(bool images);

}  // namespace rehearse
