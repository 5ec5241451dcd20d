#include "backends/reports/lvm_fields.h"

#include <algorithm>
#include <array>
#include <string>

namespace rehearse::reports {
namespace {

// LVM's columns about things that the model has none of, or that no two runs share.
constexpr std::string_view kUnmodelled[] = {"raid_mismatch_count",
                                            "raid_sync_action",
                                            "raid_write_behind",
                                            "raid_min_recovery_rate",
                                            "raid_max_recovery_rate",
                                            "raidintegritymode",
                                            "raidintegrityblocksize",
                                            "integritymismatches",
                                            "move_pv_uuid",
                                            "convert_lv_uuid",
                                            "mirror_log_uuid",
                                            "data_lv_uuid",
                                            "metadata_lv_uuid",
                                            "pool_lv_uuid",
                                            "lv_time",
                                            "lv_time_removed",
                                            "lv_host",
                                            "writecache_block_size",
                                            "cache_total_blocks",
                                            "cache_used_blocks",
                                            "cache_dirty_blocks",
                                            "cache_read_hits",
                                            "cache_read_misses",
                                            "cache_write_hits",
                                            "cache_write_misses",
                                            "kernel_cache_settings",
                                            "kernel_cache_policy",
                                            "kernel_metadata_format",
                                            "kernel_discards",
                                            "vdo_operating_mode",
                                            "vdo_compression_state",
                                            "vdo_index_state",
                                            "vdo_used_size",
                                            "vdo_saving_percent",
                                            "writecache_total_blocks",
                                            "writecache_free_blocks",
                                            "writecache_writeback_blocks",
                                            "writecache_error",
                                            "pv_major",
                                            "pv_minor",
                                            "pv_mda_free",
                                            "pv_device_id",
                                            "pv_device_id_type",
                                            "vg_mda_free",
                                            "reshape_len",
                                            "reshape_len_le",
                                            "data_copies",
                                            "data_offset",
                                            "new_data_offset",
                                            "parity_chunks",
                                            "thin_count",
                                            "discards",
                                            "cache_metadata_format",
                                            "cache_mode",
                                            "zero",
                                            "transaction_id",
                                            "thin_id",
                                            "seg_monitor",
                                            "cache_policy",
                                            "cache_settings",
                                            "vdo_compression",
                                            "vdo_deduplication",
                                            "vdo_use_metadata_hints",
                                            "vdo_minimum_io_size",
                                            "vdo_block_map_cache_size",
                                            "vdo_block_map_era_length",
                                            "vdo_use_sparse_index",
                                            "vdo_index_memory_size",
                                            "vdo_slab_size",
                                            "vdo_ack_threads",
                                            "vdo_bio_threads",
                                            "vdo_bio_rotation",
                                            "vdo_cpu_threads",
                                            "vdo_hash_zone_threads",
                                            "vdo_logical_threads",
                                            "vdo_physical_threads",
                                            "vdo_max_discard",
                                            "vdo_write_policy",
                                            "vdo_header_size",
                                            "selected",
                                            "help",
                                            "?",
                                            "lv_all",
                                            "pv_all",
                                            "vg_all",
                                            "seg_all",
                                            "pvseg_all",
                                            "all"};

// Names are compared without underscores and case (libdm _canonicalize_field_id).
std::string canonical(std::string_view name) {
  std::string text;
  for (const char c : name) {
    if (c != '_') text += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return text;
}

// libdm _is_same_field: the prefix of the command's own things may be left out.
bool same_field(std::string_view id, const std::string& typed, std::string_view prefix) {
  const std::string own = canonical(id);
  const std::string start = canonical(prefix);
  return own == typed || (own.starts_with(start) && own.substr(start.size()) == typed);
}

}  // namespace

const Field* find_field(std::string_view name, std::string_view prefix) {
  const std::string typed = canonical(name);
  // In the order in which LVM lists them, which decides what "size" means to pvs.
  for (const auto& list : {volume_fields(), pv_fields(), group_fields(), segment_fields()}) {
    for (const Field& field : list) {
      if (same_field(field.id, typed, prefix)) return &field;
    }
  }
  return nullptr;
}

bool unmodelled_field(std::string_view name, std::string_view prefix) {
  const std::string typed = canonical(name);
  return std::any_of(std::begin(kUnmodelled), std::end(kUnmodelled),
                     [&](std::string_view id) { return same_field(id, typed, prefix); });
}

Cell number_cell(std::uint64_t number) { return {std::to_string(number), static_cast<double>(number)}; }

Cell size_cell(Sectors size, const CellStyle& style) {
  return {size_text(size * kSector, style.units, style.suffix ? SizeStyle::column : SizeStyle::bare_column),
          static_cast<double>(size)};
}

// LVM sorts what is not known behind every number (its reserved value is the largest one).
Cell blank_number() { return {"", 1e300}; }

Cell flag_cell(bool holds, std::string_view word) { return {holds ? std::string(word) : "", std::nullopt}; }

}  // namespace rehearse::reports
