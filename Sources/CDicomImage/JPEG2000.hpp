#pragma once

#include <cstdint>
#include <vector>

struct ImageHeader;

/// The codestream of a frame that is a JP2 file, which PS3.5 A.4.4 forbids and some writers send.
///
/// A frame that is none is given back as it is. Source: ITU T.800 I.4.
std::vector<uint8_t> withoutContainer(std::vector<uint8_t> frame);

/// Decodes one JPEG 2000 codestream into interleaved little endian words of the header's width.
///
/// Strict: a stream that ends early is refused, not filled up.
void decodeJPEG2000(const std::vector<uint8_t> &codestream, const ImageHeader &header,
                    uint8_t *pixels);
