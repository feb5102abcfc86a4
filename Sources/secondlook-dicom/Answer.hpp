#pragma once

#include "CDicomImage.h"

/// Writes the decoded image to standard output; false if nobody reads it.
///
/// `SLP1`, then little endian: rows, columns, frames, first frame, frames here (32 bits each),
/// samples, bytes per sample, bits stored, signed (8 bits each), photometric interpretation
/// (16 bytes), SOP Instance UID (64 bytes), bytes of pixels (64 bits), the pixels.
bool answer(const CDImage &image);

/// Writes `SLE1`, a 32-bit length and one line that says why there is no image.
bool refuse(const char *reason);
