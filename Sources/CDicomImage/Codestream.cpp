#include "Codestream.hpp"

#include "ImageHeader.hpp"
#include "Refusal.hpp"

namespace {

uint32_t word(const std::vector<uint8_t> &bytes, size_t at) {
  require(at + 2 <= bytes.size(), "the compressed frame ends inside its header");
  return uint32_t(bytes[at]) << 8 | bytes[at + 1];
}

uint32_t doubleWord(const std::vector<uint8_t> &bytes, size_t at) {
  return word(bytes, at) << 16 | word(bytes, at + 2);
}

/// All "start of frame" markers; C4, C8 and CC in between are something else.
bool startsFrame(uint32_t marker) {
  return marker == 0xfff7 || (marker >= 0xffc0 && marker <= 0xffcf && marker != 0xffc4 &&
                              marker != 0xffc8 && marker != 0xffcc);
}

}  // namespace

Codestream Codestream::ofJPEG(const std::vector<uint8_t> &bytes) {
  require(word(bytes, 0) == 0xffd8, "the compressed frame is no JPEG");
  Codestream stream{};
  for (size_t at = 2;;) {
    const uint32_t marker = word(bytes, at);
    if (marker == 0xffff) {  // fill byte
      at += 1;
      continue;
    }
    require(marker >= 0xffc0 && marker != 0xffd8 && marker != 0xffd9,
            "the compressed frame has no frame header");
    if (marker == 0xffda) break;
    const uint32_t length = word(bytes, at + 2);
    require(length >= 2, "the compressed frame has a damaged header");
    if (startsFrame(marker)) {
      require(stream.components == 0, "the compressed frame has two frame headers");
      const uint32_t height = word(bytes, at + 5), width = word(bytes, at + 7);
      const uint32_t precision = word(bytes, at + 4) >> 8, components = word(bytes, at + 9) >> 8;
      require(components > 0, "the compressed frame has no components");
      stream = {width, height, components, precision};
    }
    at += 2 + length;
  }
  require(stream.components > 0, "the compressed frame has no frame header");
  return stream;
}

Codestream Codestream::ofJPEG2000(const std::vector<uint8_t> &bytes) {
  require(word(bytes, 0) == 0xff4f && word(bytes, 2) == 0xff51,
          "the compressed frame is no JPEG 2000 codestream");
  const uint32_t right = doubleWord(bytes, 8), bottom = doubleWord(bytes, 12);
  const uint32_t left = doubleWord(bytes, 16), top = doubleWord(bytes, 20);
  require(right > left && bottom > top, "the compressed frame has no area");
  const uint32_t components = word(bytes, 40), depth = word(bytes, 42) >> 8;
  for (uint32_t index = 0; index < components; ++index) {
    const size_t at = 42 + size_t(index) * 3;
    require(word(bytes, at) >> 8 == depth && word(bytes, at + 1) == 0x0101,
            "the JPEG 2000 components differ in depth or resolution");
  }
  return {right - left, bottom - top, components, (depth & 0x7f) + 1};
}

void Codestream::requireEqual(const ImageHeader &header) const {
  require(columns == header.columns && rows == header.rows,
          "header and compressed frame disagree about the size");
  require(components == header.samples,
          "header and compressed frame disagree about the samples per pixel");
  // Many archives store 12 bits in 16-bit streams; what matters is that the samples fit.
  require(precision >= 1 && precision <= header.bitsAllocated,
          "the compressed frame has more bits than the header allocates");
}
