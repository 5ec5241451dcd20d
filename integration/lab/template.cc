#include "integration/lab/template.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <cstdlib>

namespace rehearse {
namespace {

namespace files = std::filesystem;

constexpr std::size_t kTemplatesKept = 8;

files::path templates_folder() { return lab_cache() / "templates"; }

// What QEMU is, without asking it.
std::string qemu_mark() {
  const char* path = std::getenv("PATH");
  std::string_view rest = path != nullptr ? path : "";
  while (!rest.empty()) {
    const std::string_view folder = rest.substr(0, rest.find(':'));
    rest.remove_prefix(std::min(rest.size(), folder.size() + 1));
    struct stat found {};
    if (stat((files::path(folder) / "qemu-system-x86_64").c_str(), &found) == 0) {
      return fmt::format("{} {}", found.st_size, found.st_mtime);
    }
  }
  return {};
}

Bytes size_of_first(const GuestPlan& plan) { return plan.disks.empty() ? 0 : plan.disks.front().size; }

std::string name_of(const std::vector<GuestPlan>& plans) {
  std::string all = qemu_mark();
  for (const GuestPlan& plan : plans) all += machine_of(plan);
  const GuestPlan& first = plans.front();
  return fmt::format("{}x{}x{}M-{:016x}", plans.size(), first.disks.size(), size_of_first(first) / kMiB,
                     XXH3_64bits(all.data(), all.size()));
}

std::uintmax_t bytes_in(const files::path& folder) {
  std::uintmax_t bytes = 0;
  std::error_code ignored;
  for (const auto& entry : files::directory_iterator(folder, ignored)) {
    struct stat found {};
    if (stat(entry.path().c_str(), &found) == 0) bytes += static_cast<std::uintmax_t>(found.st_blocks) * 512;
  }
  return bytes;
}

std::vector<files::path> entries(const files::path& folder) {
  std::vector<files::path> found;
  std::error_code ignored;
  for (const auto& entry : files::directory_iterator(folder, ignored)) found.push_back(entry.path());
  return found;
}

void drop_oldest() {
  std::vector<files::path> all = entries(templates_folder());
  std::erase_if(all, [](const files::path& path) { return !files::is_directory(path); });
  const auto used = [](const files::path& path) {
    std::error_code ignored;
    return files::last_write_time(path, ignored);
  };
  std::sort(all.begin(), all.end(), [&](const auto& a, const auto& b) { return used(a) > used(b); });
  std::error_code ignored;
  for (std::size_t i = kTemplatesKept - 1; i < all.size(); ++i) files::remove_all(all[i], ignored);
}

// Boots the guests of a template and leaves them, saved, in a folder that has its name from then on.
Done make(const std::vector<GuestPlan>& plans, const files::path& folder, const Say& say) {
  if (say) {
    say(fmt::format("Booting {} to keep as a template ({} disks of {} MiB)",
                    plans.size() == 1 ? "a guest" : "two guests", plans.front().disks.size(),
                    size_of_first(plans.front()) / kMiB));
  }
  auto made = RunFolder::make();
  if (auto* failed = std::get_if<LabFailure>(&made)) return *failed;
  const RunFolder& run = std::get<RunFolder>(made);
  std::vector<std::unique_ptr<LabGuest>> guests;
  for (GuestPlan plan : plans) {
    plan.folder = run.path();
    guests.push_back(std::make_unique<LabGuest>(std::move(plan)));
  }
  const files::path kept = run.path() / "kept";
  std::error_code error;
  files::create_directory(kept, error);
  using Step = std::function<Done(LabGuest&)>;
  const Step steps[] = {[](LabGuest& guest) { return guest.blank_disks(); },
                        [](LabGuest& guest) { return guest.begin_boot(true); },
                        [](LabGuest& guest) { return guest.finish_boot(kBootPatience); },
                        [](LabGuest& guest) { return guest.pause(); },
                        [&](LabGuest& guest) { return guest.save(kept); }};
  for (const Step& step : steps) {
    for (const auto& guest : guests) {
      if (Done failed = step(*guest)) return failed;
    }
  }
  const auto alone = lock_file(lab_cache() / "templates.lock");
  drop_oldest();
  files::rename(kept, folder, error);
  if (error) return LabFailure{folder.string() + " cannot be made: " + error.message()};
  return std::nullopt;
}

}  // namespace

std::variant<RunFolder, LabFailure> RunFolder::make() {
  const files::path runs = lab_cache() / "runs";
  std::error_code error;
  files::create_directories(runs, error);
  const auto alone = lock_file(lab_cache() / "runs.lock");
  if (error || !alone) return LabFailure{runs.string() + " cannot be made"};
  // What a lab that was killed has left.
  for (const files::path& old : entries(runs)) {
    if (try_lock_file(old / "lock")) files::remove_all(old, error);
  }
  std::string name = (runs / "run-XXXXXX").string();
  RunFolder made;
  if (mkdtemp(name.data()) == nullptr) return LabFailure{runs.string() + " cannot be written"};
  made.path_ = name;
  auto lock = try_lock_file(made.path_ / "lock");
  if (!lock) return LabFailure{name + " cannot be locked"};
  made.lock_ = std::move(*lock);
  return made;
}

RunFolder::~RunFolder() {
  std::error_code ignored;
  if (lock_) files::remove_all(path_, ignored);
}

std::variant<Template, LabFailure> template_of(const std::vector<GuestPlan>& plans, const Say& say) {
  const files::path folder = templates_folder() / name_of(plans);
  const files::path locks = lab_cache() / "locks";
  std::error_code error;
  files::create_directories(templates_folder(), error);
  files::create_directories(locks, error);
  const auto existing = [&]() -> std::optional<Template> {
    auto kept = lock_file(lab_cache() / "templates.lock", true);
    if (!kept || !files::exists(folder)) return std::nullopt;
    files::last_write_time(folder, files::file_time_type::clock::now(), error);
    return Template{folder, std::move(*kept)};
  };
  if (auto found = existing()) return std::move(*found);
  const auto maker = lock_file(locks / folder.filename());
  if (!maker) return LabFailure{locks.string() + " cannot be written"};
  if (auto found = existing()) return std::move(*found);
  if (Done failed = make(plans, folder, say)) return *failed;
  if (auto found = existing()) return std::move(*found);
  return LabFailure{folder.string() + " was dropped as soon as it was made"};
}

std::vector<TemplateRow> templates() {
  std::vector<TemplateRow> rows;
  for (const files::path& folder : entries(templates_folder())) {
    rows.push_back({folder.filename(), bytes_in(folder)});
  }
  std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return rows;
}

Done drop_templates(bool images) {
  const auto alone = lock_file(lab_cache() / "templates.lock");
  const auto building = lock_file(lab_cache() / "image.lock");
  if (!alone || !building) return LabFailure{lab_cache().string() + " cannot be read"};
  std::error_code error;
  for (const files::path& folder : entries(templates_folder())) files::remove_all(folder, error);
  if (images) {
    for (const char* what : {"current", "current-qemu", "images", "apt"})
      files::remove_all(lab_cache() / what, error);
  }
  if (error) return LabFailure{lab_cache().string() + " cannot be emptied: " + error.message()};
  return std::nullopt;
}

}  // namespace rehearse
