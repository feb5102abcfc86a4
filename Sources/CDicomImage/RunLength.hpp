#pragma once

#include <cstdint>
#include <vector>

struct ImageHeader;

/// Decodes one RLE frame into interleaved little endian words of the header's width.
///
/// The frame holds one segment for every byte of a pixel, the high bytes of a sample first. One
/// that does not fill the image, or holds a row more, is refused. Source: PS3.5 G.
void decodeRunLength(const std::vector<uint8_t> &frame, const ImageHeader &header,
                     uint8_t *pixels);
