#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The stored values of one image, before any rescale, window or inversion.
///
/// Samples are interleaved, rows run from the top, words are little endian.
typedef struct CDImage {
  uint32_t rows;
  uint32_t columns;
  uint32_t frames;      ///< as the header says
  uint32_t firstFrame;  ///< first frame in `pixels`
  uint32_t frameCount;  ///< frames in `pixels`
  uint8_t samples;      ///< 1 or 3
  uint8_t bytesPerSample;  ///< 1, 2 or 4; one-bit pixels take a byte
  uint8_t bitsStored;
  uint8_t isSigned;
  char photometric[17];  ///< of `pixels`, which may differ from the header's
  char instance[65];     ///< SOP Instance UID
  uint8_t *pixels;       ///< owned by the caller after success: give it to cd_release
  size_t size;           ///< bytes in `pixels`
} CDImage;

/// Loads dictionary and codecs; call once, before the jail closes.
/// Returns NULL, or the reason why nothing may be decoded.
const char *cd_prepare(void);

/// Decodes one frame, or all of them where `frame` is negative.
///
/// Returns 1 and fills `image`, or returns 0 and puts one line into `reason`.
int cd_decode(const uint8_t *bytes, size_t count, int32_t frame, CDImage *image,
              char *reason, size_t reasonSize);

void cd_release(CDImage *image);

#ifdef __cplusplus
}
#endif
