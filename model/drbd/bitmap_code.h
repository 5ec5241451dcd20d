// A bitmap on its way to the peer: the runs of its bits, coded in few bytes, or as it stands in memory where
// that is shorter or `use-rle no` is set (drbd_main.c send_bitmap_rle_or_plain, drbd_vli.h). Only how long
// its packets are matters here: a link may lose large ones.
#pragma once

#include "model/drbd/metadata.h"

namespace rehearse::drbd {

/// The longest packet, its header among it, that carries a bitmap of `bits` bits.
Bytes longest_packet(const Bitmap&, std::uint64_t bits, bool use_rle);

}  // namespace rehearse::drbd
