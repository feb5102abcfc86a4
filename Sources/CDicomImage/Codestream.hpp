#pragma once

#include <cstdint>
#include <vector>

struct ImageHeader;

/// What a compressed frame says about itself.
struct Codestream {
  uint32_t columns, rows, components, precision;

  /// Reads the frame header of a JPEG or JPEG-LS stream (ITU T.81 B.2.2, T.87 C.2.2).
  ///
  /// There is exactly one before the first scan: a decoder that met two might believe the other.
  static Codestream ofJPEG(const std::vector<uint8_t> &bytes);
  /// Reads the size marker of a JPEG 2000 codestream (ITU T.800 A.5.1).
  ///
  /// Components of different precision or resolution are refused: no header can say so.
  static Codestream ofJPEG2000(const std::vector<uint8_t> &bytes);

  /// Refuses a stream that differs from the data set: decoders trust one and write for the other.
  void requireEqual(const ImageHeader &header) const;
};
