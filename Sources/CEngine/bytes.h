// Included several times on purpose: no guard.
// The kernels for bytes, written once; each bytes_*.c compiles them for one instruction set and
// lane count. See CEBytes.h for what they compute.
#include "CEBytes.h"
#include <stddef.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Vectors are handed over only where functions are inlined.
#pragma clang diagnostic ignored "-Wpsabi"
// Without contraction every instruction set rounds alike, so one test compares them bit by bit.
#pragma clang fp contract(off)

typedef float vf __attribute__((vector_size(4 * LANES), aligned(4)));
typedef int32_t vi __attribute__((vector_size(4 * LANES), aligned(4)));
typedef uint32_t vu __attribute__((vector_size(4 * LANES), aligned(4)));
typedef double vd __attribute__((vector_size(8 * LANES), aligned(8)));
typedef uint8_t vb __attribute__((vector_size(LANES), aligned(1)));

// How bytes are multiplied.
#define SINGLY 0
#define PAIRS 1
#define VNNI 2

#define INLINE TARGET static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")
#define FLOATS(p) (*(const vf *)(p))
/// Pixels summed in single precision before they join a double sum.
#define CHUNK 64

static int64_t min_of(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t max_of(int64_t a, int64_t b) { return a > b ? a : b; }

// MARK: Maps

static int64_t row_bytes(const CEByteMap *m) { return (m->width + 2 * m->halo) * m->pixel; }
static int64_t plane_bytes(const CEByteMap *m) { return (m->height + 2 * m->halo) * row_bytes(m); }

/// Bytes before the first pixel of a row, which may lie in the halo.
static int64_t place(const CEByteMap *m, int64_t plane, int64_t row) {
  return plane * plane_bytes(m) + (row + m->halo) * row_bytes(m) + m->halo * m->pixel;
}

/// Writes the halo beside some rows, and above the first and below the last of the map.
TARGET static void frame(const CEByteMap *m, int64_t plane, int64_t first, int64_t last,
                         uint8_t *y) {
  const int64_t side = m->halo * m->pixel, row = row_bytes(m);
  if (!side) return;
  for (int64_t i = first; i < last; i++) {
    uint8_t *pixels = y + place(m, plane, i);
    memset(pixels - side, m->zero, (size_t)side);
    memset(pixels + m->width * m->pixel, m->zero, (size_t)side);
  }
  if (first == 0) memset(y + plane * plane_bytes(m), m->zero, (size_t)(m->halo * row));
  if (last == m->height)
    memset(y + place(m, plane, last) - side, m->zero, (size_t)(m->halo * row));
}

// MARK: Numbers

/// To the nearest whole number from `low` to 255, to even between two.
INLINE vb rounded_bytes(vf v, vf low) {
  const vf high = (vf){0} + 255.0f;
  v = __builtin_elementwise_min(__builtin_elementwise_max(v, low), high);
  // Beside 1.5 · 2^23 a float's last bit is worth 1.
  return __builtin_convertvector((vi)(v + 12582912.0f) & 255, vb);
}

/// Four neighbouring pixels.
INLINE void write_four(uint8_t *y, const vf v[4], vf low) {
#if LANES == 16 && WAY != SINGLY
  // One store instead of four. Packing goes by quarters: their order is mended at the end.
  const vf high = (vf){0} + 255.0f;
  __m512i i[4];
  UNROLL for (int p = 0; p < 4; p++)
    i[p] = _mm512_cvtps_epi32(
        (__m512)__builtin_elementwise_min(__builtin_elementwise_max(v[p], low), high));
  const __m512i bytes =
      _mm512_packus_epi16(_mm512_packus_epi32(i[0], i[1]), _mm512_packus_epi32(i[2], i[3]));
  const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
  _mm512_storeu_si512(y, _mm512_permutexvar_epi32(order, bytes));
#else
  UNROLL for (int p = 0; p < 4; p++) *(vb *)(y + p * LANES) = rounded_bytes(v[p], low);
#endif
}

INLINE vf widened(const uint8_t *bytes) {
  return __builtin_convertvector(__builtin_convertvector(*(const vb *)bytes, vi), vf);
}

#include "bytes_convolution.h"

// MARK: Between convolutions

/// The largest of a window that begins there; where the extents are constants, without loops.
INLINE vb largest(const uint8_t *x, int64_t row, int64_t height, int64_t width) {
  vb best = *(const vb *)x;
  for (int64_t i = 0; i < height; i++)
    for (int64_t j = 0; j < width; j++)
      best = __builtin_elementwise_max(best, *(const vb *)(x + i * row + j * LANES));
  return best;
}

TARGET static void max_pool(const CEByteMap *in, const CEByteMap *out, int64_t kernel,
                            int64_t stride, int64_t padding, int64_t first, int64_t last,
                            const uint8_t *x, uint8_t *y) {
  const int64_t line = row_bytes(in);
  for (int64_t plane = 0; plane < out->planes; plane++) {
    for (int64_t row = first; row < last; row++) {
      const int64_t top = max_of(0, row * stride - padding);
      const int64_t bottom = min_of(in->height, row * stride - padding + kernel);
      const uint8_t *rows = x + place(in, plane, top);
      uint8_t *to = y + place(out, plane, row);
      for (int64_t column = 0; column < out->width; column++) {
        const int64_t left = max_of(0, column * stride - padding);
        const int64_t right = min_of(in->width, column * stride - padding + kernel);
        const int64_t height = bottom - top, width = right - left;
        const uint8_t *from = rows + left * LANES;
        vb best;
        if (height == 3 && width == 3)
          best = largest(from, line, 3, 3);
        else if (height == 2 && width == 2)
          best = largest(from, line, 2, 2);
        else
          best = largest(from, line, height, width);
        *(vb *)(to + column * LANES) = best;
      }
    }
    frame(out, plane, first, last, y);
  }
}

TARGET static void quantize(const CEByteMap *m, float inverse, int64_t first, int64_t last,
                            const float *x, uint8_t *y) {
  const int64_t count = m->width * m->pixel;
  const vf low = {0};
  for (int64_t plane = 0; plane < m->planes; plane++) {
    for (int64_t row = first; row < last; row++) {
      const float *from = x + (plane * m->height + row) * count;
      uint8_t *to = y + place(m, plane, row);
      int64_t i = 0;
      for (; i + LANES <= count; i += LANES)
        *(vb *)(to + i) = rounded_bytes(FLOATS(from + i) * inverse + (float)m->zero, low);
      for (; i < count; i++) {
        const vb one = rounded_bytes((low + from[i]) * inverse + (float)m->zero, low);
        to[i] = one[0];
      }
    }
    frame(m, plane, first, last, y);
  }
}

TARGET static void dequantize(const CEByteMap *m, float scale, int64_t first, int64_t last,
                              const uint8_t *x, float *y) {
  for (int64_t plane = 0; plane < m->planes; plane++)
    for (int64_t row = first; row < last; row++)
      for (int64_t column = 0; column < m->width; column++)
        *(vf *)(y + ((plane * m->height + row) * m->width + column) * LANES) =
            (widened(x + place(m, plane, row) + column * LANES) - (float)m->zero) * scale;
}

TARGET static void affine(const CEByteMap *m, int64_t first, int64_t last, const float *x,
                          const float *scale, const float *shift, const CEByteTerm *other,
                          bool relu, uint8_t *y) {
  const vf low = (vf){0} + (relu ? (float)m->zero : 0);
  for (int64_t plane = first; plane < last; plane++) {
    const vf by = FLOATS(scale + plane * LANES), more = FLOATS(shift + plane * LANES);
    for (int64_t row = 0; row < m->height; row++) {
      const float *from = x + (plane * m->height + row) * m->width * LANES;
      const uint8_t *term = other ? other->bytes + place(&other->map, plane, row) : NULL;
      uint8_t *to = y + place(m, plane, row);
      for (int64_t i = 0; i < m->width * LANES; i += LANES) {
        vf v = FLOATS(from + i) * by + more;
        if (term) v += widened(term + i) * other->worth;
        *(vb *)(to + i) = rounded_bytes(v, low);
      }
    }
    frame(m, plane, 0, m->height, y);
  }
}

TARGET static void moments(const CEByteMap *m, int64_t first, int64_t last, const float *x,
                           const double *means, double *sums) {
  const int64_t pixels = m->height * m->width;
  for (int64_t plane = first; plane < last; plane++) {
    const float *from = x + plane * pixels * LANES;
    vd total = {0};
    const vf none = {0};
    const vf mean = means ? __builtin_convertvector(*(const vd *)(means + plane * LANES), vf)
                          : (vf){0};
    for (int64_t start = 0; start < pixels; start += CHUNK) {
      const int64_t end = min_of(pixels, start + CHUNK);
      vf parts[4] = {none, none, none, none};
      int64_t p = start;
      for (; p + 4 <= end; p += 4)
        UNROLL for (int i = 0; i < 4; i++) {
          const vf v = FLOATS(from + (p + i) * LANES) - mean;
          parts[i] += means ? v * v : v;
        }
      for (; p < end; p++) {
        const vf v = FLOATS(from + p * LANES) - mean;
        parts[0] += means ? v * v : v;
      }
      total += __builtin_convertvector((parts[0] + parts[1]) + (parts[2] + parts[3]), vd);
    }
    *(vd *)(sums + plane * LANES) = total;
  }
}

TARGET static void extremes(int64_t count, const float *x, float *low, float *high) {
  // The flaw stays 0 unless a number is none.
  vf least = {0}, most = {0}, flaw = {0};
  int64_t i = 0;
  for (; i + LANES <= count; i += LANES) {
    const vf v = FLOATS(x + i);
    least = __builtin_elementwise_min(least, v);
    most = __builtin_elementwise_max(most, v);
    flaw += v - v;
  }
  for (; i < count; i++) {
    least[0] = x[i] < least[0] ? x[i] : least[0];
    most[0] = x[i] > most[0] ? x[i] : most[0];
    flaw[0] += x[i] - x[i];
  }
  *low = *high = 0;
  float flaws = 0;
  for (int lane = 0; lane < LANES; lane++) {
    *low = least[lane] < *low ? least[lane] : *low;
    *high = most[lane] > *high ? most[lane] : *high;
    flaws += flaw[lane];
  }
  *low += flaws;
  *high += flaws;
}

const CEByteKernels TABLE = {
    .group = GROUP,
    .weight_count = weight_count,
    .weights = weights,
    .convolution = convolution,
    .max_pool = max_pool,
    .quantize = quantize,
    .dequantize = dequantize,
    .affine = affine,
    .moments = moments,
    .extremes = extremes,
};
