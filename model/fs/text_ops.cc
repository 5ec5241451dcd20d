#include "model/fs/text_ops.h"

#include "model/fs/path.h"
#include "model/fs/sed.h"
#include "model/fs/walk.h"

namespace rehearse::fs {
namespace {

Refused edit(World& world, Name host, const std::vector<SedCommand>& commands, Name path, bool extended) {
  const Place place = place_of(world, host, path);
  const File* file = file_at(world, place);
  if (!file) {
    const bool folder = directory_at(world, place);
    if (folder) return {Refusal::sed_not_regular, path};
    return {Refusal::sed_no_file, path,
            words(place.error == PathError::none ? PathError::not_found : place.error)};
  }
  if (file->kind != FileKind::regular) return {Refusal::sed_not_regular, path};
  if (place.read_only) return {Refusal::sed_no_temporary, folder_of(Name(absolute(path.str())))};
  const std::string text = file->text ? *file->text : "";
  const auto changed = run_sed(commands, text, extended);
  // sed writes a new file beside the old one, which needs room for both, and follows no symbolic link.
  File fresh = *file;
  fresh.size = changed->size();
  fresh.text = Part<std::string>(*changed);
  fresh.data.clear();
  const Place beside = place_of(world, host, path, false);
  World tried = world;
  Place temporary = beside;
  temporary.path = Name(beside.path.str() + ".sed");
  if (put_file(tried, temporary, fresh) == PathError::no_space) return {Refusal::sed_no_space};
  const PathError error = put_file(world, beside, std::move(fresh));
  if (error == PathError::no_space) return {Refusal::sed_no_space};
  return {};
}

// Is a group opened in it that does not end?
bool unmatched(const std::string& script, bool extended) {
  std::ptrdiff_t open = 0;
  for (std::size_t i = 0; i < script.size(); ++i) {
    const bool quoted = script[i] == '\\' && i + 1 < script.size();
    if (quoted) ++i;
    if (quoted == extended) continue;
    if (script[i] == '(') ++open;
    if (script[i] == ')') --open;
  }
  return open > 0;
}

Refused edit_all(World& world, Name host, const std::vector<SedScript>& scripts,
                 const std::vector<Name>& files, bool extended, Report& report) {
  std::vector<SedCommand> commands;
  for (const SedScript& script : scripts) {
    const auto more = read_sed(script.text);
    // Patterns are compiled before any file is looked at; the place is the end of the command.
    if (!run_sed(*more, "", extended)) {
      return {
          Refusal::sed_bad_pattern, &script - scripts.data() + 1, script.text.size(),
          unmatched(script.text, extended) ? "Unmatched ( or \\(" : "Invalid preceding regular expression"};
    }
    commands.insert(commands.end(), more->begin(), more->end());
  }
  std::size_t failed = 0;
  for (const Name file : files) {
    const Refused refused = edit(world, host, commands, file, extended);
    if (!refused) continue;
    if (++failed == files.size()) return refused;
    report.err("{}", refused.words());
    report.status = row_of(refused.why).status;
  }
  return {};
}

}  // namespace

bool read_value(std::string_view text, SedScript& value) {
  value.text = text;
  return read_sed(text).has_value();
}
std::string show_value(const SedScript& value) { return value.text; }

bool read_value(std::string_view text, HereString&) { return text == "<<<"; }
std::string show_value(HereString) { return "<<<"; }

Refused run(World& world, Name host, const EditFiles& form, Report& report) {
  return edit_all(world, host, form.scripts, form.files, form.extended, report);
}

Refused run(World& world, Name host, const EditFilesBy& form, Report& report) {
  return edit_all(world, host, {form.script}, form.files, form.extended, report);
}

Refused run(World&, Name, const Echo& form, Report& report) {
  std::string text;
  for (const std::string& word : form.words) text += (text.empty() ? "" : " ") + word;
  report.out("{}", text);
  return {};
}

Refused run(World& world, Name host, const WriteFile& form, Report&) {
  const Place place = place_of(world, host, form.path);
  const File* old = file_at(world, place);
  File file = old ? *old : File();
  std::string text = form.append && file.text ? *file.text : "";
  text += form.text;
  if (!form.append) {
    file.data.clear();
    file.size = 0;
  }
  file.size = file.data.empty() ? text.size() : file.size + form.text.size();
  file.text = Part<std::string>(std::move(text));
  const PathError error = put_file(world, place, std::move(file));
  if (error == PathError::no_space) return {Refusal::shell_no_space, words(error)};
  if (error != PathError::none) return {Refusal::shell_redirection, form.path, words(error)};
  return {};
}

}  // namespace rehearse::fs
