// What guests boot, and where the lab keeps what it made: the image (kernel, initramfs), templates, and the
// folders of running labs. The cache is `$REHEARSE_LAB`, else `${XDG_CACHE_HOME:-$HOME/.cache}/rehearse/lab`.
#pragma once

#include "integration/lab/process.h"

namespace rehearse {

using Say = std::function<void(const std::string&)>;

std::filesystem::path lab_cache();

/// What guests have: the storage tools alone; or QEMU and ssh too, so that they run guests of their own.
enum class LabWith : std::uint8_t { tools, qemu };
/// The word for it, empty for the tools alone; none: there is no such.
std::optional<LabWith> lab_with(std::string_view word);
std::string_view word_of(LabWith);

/// The image's folder; builds it if there is none that is up to date. Quick, and asked once per program.
std::variant<std::filesystem::path, LabFailure> lab_image(LabWith, const Say&);

/// Places for guests, counted over the whole machine: a guest runs while its place is held.
class Places {
 public:
  /// Waits until `count` of the first `all` places are free. Their lock files are in `folder`.
  static std::variant<Places, LabFailure> take(
      std::size_t count, std::size_t all, const Say&,
      const std::filesystem::path& folder = std::filesystem::temp_directory_path());

 private:
  std::vector<Handle> held_;
};

}  // namespace rehearse
