#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ImageHeader.hpp"

class DcmDataset;
class DcmPixelData;
class DcmPixelSequence;

/// Takes frames of one image out of its pixel data.
class Frames {
 public:
  Frames(DcmDataset &dataSet, const ImageHeader &header);

  /// Decodes one frame into `pixels`, which has room for `frameSize()` zeroed bytes and one more.
  void decode(uint32_t frame, uint8_t *pixels);

  size_t frameSize() const { return header.samplesPerFrame() * bytesPerSample; }
  uint32_t sampleSize() const { return bytesPerSample; }
  /// The colours that come out, known after the first frame.
  const std::string &photometric() const { return colours; }

 private:
  void requireLength() const;
  uint64_t storedBits() const;
  std::vector<uint8_t> stored(uint64_t start, uint64_t count) const;
  void copyPlain(uint32_t frame, uint8_t *pixels);
  void spreadBits(uint32_t frame, uint8_t *pixels);
  void expandChroma(uint32_t frame, uint8_t *pixels);
  void decompress(const std::vector<uint8_t> &bytes, uint8_t *pixels);
  std::vector<uint32_t> matchFragments() const;
  std::vector<uint8_t> compressed(uint32_t frame) const;
  std::vector<uint8_t> fragment(uint32_t index) const;

  enum class Coding { plain, jpeg, jpegLS, jpeg2000, rle };

  DcmDataset &dataSet;
  ImageHeader header;
  Coding coding;
  uint32_t bytesPerSample;
  /// All frames of one answer have samples of one size.
  bool hasDecoded = false;
  std::string colours;
  DcmPixelData *element = nullptr;
  DcmPixelSequence *sequence = nullptr;
  /// First fragment of each frame, and one past the last of all.
  std::vector<uint32_t> starts;
};
