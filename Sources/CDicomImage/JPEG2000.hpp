#pragma once

#include <cstdint>
#include <vector>

struct ImageHeader;

/// Decodes one JPEG 2000 codestream into interleaved little endian words of the header's width.
///
/// Strict: a stream that ends early is refused, not filled up.
void decodeJPEG2000(const std::vector<uint8_t> &codestream, const ImageHeader &header,
                    uint8_t *pixels);
