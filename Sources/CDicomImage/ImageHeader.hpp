#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

class DcmItem;

/// What the data set says its pixels are, checked before any of them is touched.
struct ImageHeader {
  uint32_t rows, columns, frames;
  uint32_t samples, bitsAllocated, bitsStored, highBit;
  bool isSigned, isPlanar;
  std::string photometric, instance;

  /// Reads and checks the Image Pixel module (PS3.3 C.7.6.3).
  static ImageHeader read(DcmItem &dataSet);

  size_t samplesPerFrame() const { return size_t(rows) * columns * samples; }
  /// Bytes that one sample takes once it is taken out: 1, 2 or 4.
  uint32_t bytesPerSample() const { return (bitsAllocated + 7) / 8; }
};
