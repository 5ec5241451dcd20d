// Small pieces of text that several reports have in common.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backends/reports/device_numbers.h"
#include "model/text.h"

namespace rehearse::observing {

/// All of the text is a decimal number that fits.
std::optional<std::uint64_t> read_number(std::string_view text);

/// Arguments of a device-mapper table with names in place of device numbers; a number whose name is empty
/// stays.
std::string with_names(std::string_view arguments,
                       const std::function<std::string(reports::DeviceNumber)>& name_of);

}  // namespace rehearse::observing
