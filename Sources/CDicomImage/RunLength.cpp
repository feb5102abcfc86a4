#include "RunLength.hpp"

#include <algorithm>

#include "ImageHeader.hpp"
#include "Refusal.hpp"

namespace {

constexpr size_t headerSize = 64;

uint32_t doubleWord(const std::vector<uint8_t> &bytes, size_t at) {
  return uint32_t(bytes[at]) | uint32_t(bytes[at + 1]) << 8 | uint32_t(bytes[at + 2]) << 16 |
         uint32_t(bytes[at + 3]) << 24;
}

/// Unpacks the bytes between two places of the frame to every `stride`th byte of `pixels`.
///
/// Writers pad, before and after packing; what is less than a row more is such padding.
void unpack(const std::vector<uint8_t> &frame, size_t at, size_t end, uint8_t *pixels,
            size_t count, size_t row, size_t stride) {
  size_t filled = 0;
  while (at < end) {
    const uint8_t code = frame[at++];
    if (code == 128) continue;  // says nothing
    const bool isRun = code > 128;
    const size_t length = isRun ? 257 - size_t(code) : code + size_t(1);
    const size_t packed = isRun ? 1 : length;
    if (end - at < packed) break;
    for (size_t index = 0; index < length && filled + index < count; ++index) {
      pixels[(filled + index) * stride] = frame[isRun ? at : at + index];
    }
    at += packed;
    filled += length;
  }
  require(filled >= count, "an RLE segment ends early");
  require(filled - count < std::max(row, size_t(2)), "an RLE segment holds more than the image");
}

}  // namespace

void decodeRunLength(const std::vector<uint8_t> &frame, const ImageHeader &header,
                     uint8_t *pixels) {
  require(frame.size() > headerSize, "the RLE frame ends inside its header");
  const uint32_t size = header.bytesPerSample(), segments = header.samples * size;
  require(doubleWord(frame, 0) == segments, "header and RLE frame disagree about the segments");
  for (uint32_t segment = 0; segment < segments; ++segment) {
    const size_t start = doubleWord(frame, 4 + size_t(segment) * 4);
    const size_t end =
        segment + 1 < segments ? doubleWord(frame, 8 + size_t(segment) * 4) : frame.size();
    require(start >= headerSize && start < end && end <= frame.size(),
            "an RLE segment lies outside the frame");
    const uint32_t place = segment / size * size + size - 1 - segment % size;
    unpack(frame, start, end, pixels + place, size_t(header.rows) * header.columns,
           header.columns, segments);
  }
}
