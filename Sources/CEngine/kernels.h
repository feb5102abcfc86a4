// Included several times on purpose: no guard.
// The kernels, written once; each kernels_*.c compiles them for one instruction set and lane count.
#include "CEngine.h"
#include <math.h>
#include <stddef.h>
#include <string.h>

// Without contraction every instruction set rounds alike, so one test compares them bit by bit.
#pragma clang fp contract(off)

typedef float vf __attribute__((vector_size(4 * LANES), aligned(4)));
typedef int32_t vi __attribute__((vector_size(4 * LANES), aligned(4)));
typedef double vd __attribute__((vector_size(8 * LANES), aligned(8)));
typedef float flat __attribute__((vector_size(64), aligned(4)));
typedef int32_t flati __attribute__((vector_size(64), aligned(4)));
typedef double flatd __attribute__((vector_size(128), aligned(8)));

#define AT(p) (*(vf *)(p))
#define READ(p) (*(const vf *)(p))
#define FLAT(p) (*(flat *)(p))
#define FLATREAD(p) (*(const flat *)(p))
#define WHERE(mask, v) ((vf)((mask) & (vi)(v)))
#define SELECT(mask, a, b) ((vf)(((mask) & (vi)(a)) | (~(mask) & (vi)(b))))
#define WIDEN(v) __builtin_convertvector(v, vd)
#define NARROW(v) __builtin_convertvector(v, vf)
/// Pixels summed in single precision before they join a double sum.
#define CHUNK 64

static int64_t min_of(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t max_of(int64_t a, int64_t b) { return a > b ? a : b; }
static int64_t blocks_of(int64_t channels) { return (channels + LANES - 1) / LANES; }
static int64_t rounded(int64_t count) { return (count + 15) & ~(int64_t)15; }

/// Fewest whole blocks that hold whole groups.
static int64_t span_of(const CENorm *n) {
  int64_t size = n->channels / n->groups, a = size, b = LANES;
  while (b) {
    int64_t rest = a % b;
    a = b;
    b = rest;
  }
  return size / a;
}

// MARK: Group norm

TARGET static void lane_sums(int64_t pixels, const float *x, double *sums) {
  vd total = {0};
  for (int64_t start = 0; start < pixels; start += CHUNK) {
    int64_t end = min_of(pixels, start + CHUNK), p = start;
    vf s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};
    for (; p + 4 <= end; p += 4) {
      s0 += READ(x + p * LANES);
      s1 += READ(x + (p + 1) * LANES);
      s2 += READ(x + (p + 2) * LANES);
      s3 += READ(x + (p + 3) * LANES);
    }
    for (; p < end; p++) s0 += READ(x + p * LANES);
    total += WIDEN((s0 + s1) + (s2 + s3));
  }
  *(vd *)sums = total;
}

TARGET static void lane_squares(int64_t pixels, const float *x, const double *means,
                                double *sums) {
  vd total = {0};
  vf mean = NARROW(*(const vd *)means);
  for (int64_t start = 0; start < pixels; start += CHUNK) {
    int64_t end = min_of(pixels, start + CHUNK), p = start;
    vf s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};
    for (; p + 4 <= end; p += 4) {
      vf d0 = READ(x + p * LANES) - mean, d1 = READ(x + (p + 1) * LANES) - mean;
      vf d2 = READ(x + (p + 2) * LANES) - mean, d3 = READ(x + (p + 3) * LANES) - mean;
      s0 += d0 * d0;
      s1 += d1 * d1;
      s2 += d2 * d2;
      s3 += d3 * d3;
    }
    for (; p < end; p++) {
      vf d = READ(x + p * LANES) - mean;
      s0 += d * d;
    }
    total += WIDEN((s0 + s1) + (s2 + s3));
  }
  *(vd *)sums = total;
}

TARGET static void norm_apply(int64_t pixels, const float *x, const float *residual,
                              const double *means, const double *scales, const double *shifts,
                              bool relu, float *y) {
  vf mean = NARROW(*(const vd *)means), scale = NARROW(*(const vd *)scales);
  vf shift = NARROW(*(const vd *)shifts), zero = {0};
  for (int64_t p = 0; p < pixels; p++) {
    vf v = (READ(x + p * LANES) - mean) * scale + shift;
    if (residual) v += READ(residual + p * LANES);
    if (relu) v = WHERE(v > zero, v);
    AT(y + p * LANES) = v;
  }
}

TARGET static void norm_forward(const CENorm *n, const float *x, const float *residual,
                                const float *weight, const float *bias, bool relu, float *y,
                                float *statistics, double *scratch) {
  const int64_t blocks = blocks_of(n->channels), size = n->channels / n->groups;
  const int64_t span = span_of(n), plane = n->pixels * LANES, padded = blocks * LANES;
  double *means = scratch, *sums = means + padded, *scales = sums + padded;
  double *shifts = scales + padded;
  for (int64_t image = 0; image < n->images; image++) {
    const int64_t offset = image * blocks * plane;
    float *kept = statistics + image * n->groups * 2;
    for (int64_t first = 0; first < blocks; first += span) {
      const int64_t last = min_of(blocks, first + span);
      const int64_t begin = first * LANES, end = min_of(n->channels, last * LANES);
      for (int64_t b = first; b < last; b++)
        lane_sums(n->pixels, x + offset + b * plane, sums + b * LANES);
      for (int64_t c = begin; c < last * LANES; c++) means[c] = scales[c] = shifts[c] = 0;
      for (int64_t g = begin; g < end; g += size) {
        double sum = 0;
        for (int64_t c = g; c < g + size; c++) sum += sums[c];
        for (int64_t c = g; c < g + size; c++) means[c] = sum / (double)(size * n->pixels);
      }
      for (int64_t b = first; b < last; b++)
        lane_squares(n->pixels, x + offset + b * plane, means + b * LANES, sums + b * LANES);
      for (int64_t g = begin; g < end; g += size) {
        double sum = 0;
        for (int64_t c = g; c < g + size; c++) sum += sums[c];
        double inverse = 1 / sqrt(sum / (double)(size * n->pixels) + (double)n->epsilon);
        kept[g / size * 2] = (float)means[g];
        kept[g / size * 2 + 1] = (float)inverse;
        for (int64_t c = g; c < g + size; c++) {
          scales[c] = inverse * (double)weight[c];
          shifts[c] = (double)bias[c];
        }
      }
      for (int64_t b = first; b < last; b++) {
        const int64_t at = offset + b * plane, c = b * LANES;
        norm_apply(n->pixels, x + at, residual ? residual + at : NULL, means + c, scales + c,
                   shifts + c, relu, y + at);
      }
    }
  }
}

/// Sums of g and of g · (x - mean) by lane, where g is the gradient behind the ReLU; `gated` (may
/// be NULL or `dy`) gets it.
TARGET static void norm_gather(int64_t pixels, const float *x, const float *y, const float *dy,
                               const double *means, float *gated, float *dresidual, bool add,
                               double *sums, double *products) {
  vd total = {0}, product = {0};
  vf mean = NARROW(*(const vd *)means), zero = {0};
  for (int64_t start = 0; start < pixels; start += CHUNK) {
    int64_t end = min_of(pixels, start + CHUNK);
    vf s[2] = {{0}, {0}}, t[2] = {{0}, {0}};
    for (int64_t p = start; p < end; p++) {
      vf g = READ(dy + p * LANES);
      if (y) g = WHERE(READ(y + p * LANES) > zero, g);
      if (gated) AT(gated + p * LANES) = g;
      if (dresidual)
        AT(dresidual + p * LANES) = add ? READ(dresidual + p * LANES) + g : g;
      s[p & 1] += g;
      t[p & 1] += g * (READ(x + p * LANES) - mean);
    }
    total += WIDEN(s[0] + s[1]);
    product += WIDEN(t[0] + t[1]);
  }
  *(vd *)sums = total;
  *(vd *)products = product;
}

TARGET static void norm_spread(int64_t pixels, const float *x, const float *y, const float *dy,
                               const double *means, const double *as, const double *bs,
                               const double *cs, float *dx, bool add) {
  vf mean = NARROW(*(const vd *)means), a = NARROW(*(const vd *)as), zero = {0};
  vf b = NARROW(*(const vd *)bs), c = NARROW(*(const vd *)cs);
  for (int64_t p = 0; p < pixels; p++) {
    vf g = READ(dy + p * LANES);
    if (y) g = WHERE(READ(y + p * LANES) > zero, g);
    vf d = a * g + (b * (READ(x + p * LANES) - mean) + c);
    AT(dx + p * LANES) = add ? READ(dx + p * LANES) + d : d;
  }
}

TARGET static void norm_backward(const CENorm *n, const float *x, const float *y,
                                 const float *statistics, const float *weight, const float *dy,
                                 float *dx, bool add_dx, float *dresidual, bool add_dresidual,
                                 float *dweight, float *dbias, double *scratch) {
  const int64_t blocks = blocks_of(n->channels), size = n->channels / n->groups;
  const int64_t span = span_of(n), plane = n->pixels * LANES, padded = blocks * LANES;
  double *means = scratch, *sums = means + padded, *products = sums + padded;
  double *as = products + padded, *bs = as + padded, *cs = bs + padded;
  for (int64_t c = 0; c < padded; c++) dweight[c] = dbias[c] = 0;
  for (int64_t image = 0; image < n->images; image++) {
    const int64_t offset = image * blocks * plane;
    const float *kept = statistics + image * n->groups * 2;
    for (int64_t first = 0; first < blocks; first += span) {
      const int64_t last = min_of(blocks, first + span);
      const int64_t begin = first * LANES, end = min_of(n->channels, last * LANES);
      for (int64_t c = begin; c < last * LANES; c++)
        means[c] = c < end ? (double)kept[c / size * 2] : 0;
      for (int64_t b = first; b < last; b++) {
        const int64_t at = offset + b * plane, c = b * LANES;
        norm_gather(n->pixels, x + at, y ? y + at : NULL, dy + at, means + c, NULL,
                    dresidual ? dresidual + at : NULL, add_dresidual, sums + c, products + c);
      }
      for (int64_t c = begin; c < last * LANES; c++) as[c] = bs[c] = cs[c] = 0;
      for (int64_t g = begin; g < end; g += size) {
        const double inverse = (double)kept[g / size * 2 + 1];
        double sum = 0, product = 0;
        for (int64_t c = g; c < g + size; c++) {
          dbias[c] += (float)sums[c];
          dweight[c] += (float)(products[c] * inverse);
          sum += sums[c] * (double)weight[c];
          product += products[c] * inverse * (double)weight[c];
        }
        const double count = (double)(size * n->pixels);
        for (int64_t c = g; c < g + size; c++) {
          as[c] = inverse * (double)weight[c];
          bs[c] = -inverse * inverse * product / count;
          cs[c] = -inverse * sum / count;
        }
      }
      if (!dx) continue;
      for (int64_t b = first; b < last; b++) {
        const int64_t at = offset + b * plane, c = b * LANES;
        norm_spread(n->pixels, x + at, y ? y + at : NULL, dy + at, means + c, as + c, bs + c,
                    cs + c, dx + at, add_dx);
      }
    }
  }
}

// MARK: Batch norm

// The batch lies in slices: each gathers by channel, somebody adds up, each applies.

/// Mean and sum of squared differences from it, by channel.
TARGET static void batch_moments(const CENorm *n, const float *x, double *means, double *squares,
                                 double *scratch) {
  const int64_t blocks = blocks_of(n->channels), plane = n->pixels * LANES;
  for (int64_t c = 0; c < blocks * LANES; c++) means[c] = squares[c] = 0;
  for (int pass = 0; pass < 2; pass++) {
    double *totals = pass ? squares : means;
    for (int64_t image = 0; image < n->images; image++)
      for (int64_t b = 0; b < blocks; b++) {
        const float *from = x + (image * blocks + b) * plane;
        if (pass)
          lane_squares(n->pixels, from, means + b * LANES, scratch);
        else
          lane_sums(n->pixels, from, scratch);
        for (int lane = 0; lane < LANES; lane++) totals[b * LANES + lane] += scratch[lane];
      }
    if (!pass)
      for (int64_t c = 0; c < blocks * LANES; c++)
        // As the second pass will see it: the rest goes to the squares.
        means[c] = (double)(float)(means[c] / (double)(n->images * n->pixels));
  }
}

TARGET static void batch_apply(const CENorm *n, const float *x, const float *residual,
                               const double *means, const double *scales, const double *shifts,
                               bool relu, float *y) {
  const int64_t blocks = blocks_of(n->channels), plane = n->pixels * LANES;
  for (int64_t image = 0; image < n->images; image++)
    for (int64_t b = 0; b < blocks; b++) {
      const int64_t at = (image * blocks + b) * plane, c = b * LANES;
      norm_apply(n->pixels, x + at, residual ? residual + at : NULL, means + c, scales + c,
                 shifts + c, relu, y + at);
    }
}

TARGET static void batch_gather(const CENorm *n, const float *x, const float *y, float *dy,
                                const double *means, float *dresidual, bool add, double *sums,
                                double *products, double *scratch) {
  const int64_t blocks = blocks_of(n->channels), plane = n->pixels * LANES;
  for (int64_t c = 0; c < blocks * LANES; c++) sums[c] = products[c] = 0;
  for (int64_t image = 0; image < n->images; image++)
    for (int64_t b = 0; b < blocks; b++) {
      const int64_t at = (image * blocks + b) * plane, c = b * LANES;
      norm_gather(n->pixels, x + at, y ? y + at : NULL, dy + at, means + c, y ? dy + at : NULL,
                  dresidual ? dresidual + at : NULL, add, scratch, scratch + LANES);
      for (int lane = 0; lane < LANES; lane++) {
        sums[c + lane] += scratch[lane];
        products[c + lane] += scratch[LANES + lane];
      }
    }
}

TARGET static void batch_spread(const CENorm *n, const float *x, const float *dy,
                                const double *means, const double *as, const double *bs,
                                const double *cs, float *dx, bool add) {
  const int64_t blocks = blocks_of(n->channels), plane = n->pixels * LANES;
  for (int64_t image = 0; image < n->images; image++)
    for (int64_t b = 0; b < blocks; b++) {
      const int64_t at = (image * blocks + b) * plane, c = b * LANES;
      norm_spread(n->pixels, x + at, NULL, dy + at, means + c, as + c, bs + c, cs + c, dx + at,
                  add);
    }
}

// MARK: Windows

/// The part of a window that lies inside the map.
typedef struct {
  int64_t top, bottom, left, right;
} Part;

static Part part_at(const CEWindow *w, int64_t row, int64_t column) {
  const int64_t top = row * w->stride - w->padding, left = column * w->stride - w->padding;
  return (Part){max_of(0, top), min_of(w->height, top + w->kernelHeight), max_of(0, left),
                min_of(w->width, left + w->kernelWidth)};
}

static int64_t planes_of(const CEWindow *w) { return w->images * blocks_of(w->channels); }
static int64_t in_plane(const CEWindow *w) { return w->height * w->width * LANES; }
static int64_t out_plane(const CEWindow *w) { return w->outHeight * w->outWidth * LANES; }

#define EACH_PIXEL(y, x, part)                                                                     \
  for (int64_t y = (part).top; y < (part).bottom; y++)                                             \
    for (int64_t x = (part).left; x < (part).right; x++)

TARGET static void max_pool_forward(const CEWindow *w, const float *x, float *y) {
  for (int64_t plane = 0; plane < planes_of(w); plane++, x += in_plane(w), y += out_plane(w))
    for (int64_t row = 0; row < w->outHeight; row++)
      for (int64_t column = 0; column < w->outWidth; column++) {
        const Part part = part_at(w, row, column);
        vf best = READ(x + (part.top * w->width + part.left) * LANES);
        EACH_PIXEL(i, j, part) {
          vf v = READ(x + (i * w->width + j) * LANES);
          best = SELECT(v > best, v, best);
        }
        AT(y + (row * w->outWidth + column) * LANES) = best;
      }
}

TARGET static void max_pool_backward(const CEWindow *w, const float *x, const float *y,
                                     const float *dy, float *dx, bool add) {
  if (!add) memset(dx, 0, (size_t)(planes_of(w) * in_plane(w)) * sizeof(float));
  for (int64_t plane = 0; plane < planes_of(w); plane++) {
    for (int64_t row = 0; row < w->outHeight; row++)
      for (int64_t column = 0; column < w->outWidth; column++) {
        const Part part = part_at(w, row, column);
        const int64_t at = (row * w->outWidth + column) * LANES;
        const vf best = READ(y + at), slope = READ(dy + at);
        vi taken = {0};
        EACH_PIXEL(i, j, part) {
          const int64_t from = (i * w->width + j) * LANES;
          const vi hit = (READ(x + from) == best) & ~taken;
          AT(dx + from) = READ(dx + from) + WHERE(hit, slope);
          taken |= hit;
        }
      }
    x += in_plane(w), dx += in_plane(w), y += out_plane(w), dy += out_plane(w);
  }
}

TARGET static void average_pool_forward(const CEWindow *w, const float *x, float *y) {
  for (int64_t plane = 0; plane < planes_of(w); plane++, x += in_plane(w), y += out_plane(w))
    for (int64_t row = 0; row < w->outHeight; row++)
      for (int64_t column = 0; column < w->outWidth; column++) {
        const Part part = part_at(w, row, column);
        vf sum = {0};
        EACH_PIXEL(i, j, part) sum += READ(x + (i * w->width + j) * LANES);
        const float count = (float)((part.bottom - part.top) * (part.right - part.left));
        AT(y + (row * w->outWidth + column) * LANES) = sum / count;
      }
}

TARGET static void average_pool_backward(const CEWindow *w, const float *dy, float *dx,
                                         bool add) {
  if (!add) memset(dx, 0, (size_t)(planes_of(w) * in_plane(w)) * sizeof(float));
  for (int64_t plane = 0; plane < planes_of(w); plane++, dx += in_plane(w), dy += out_plane(w))
    for (int64_t row = 0; row < w->outHeight; row++)
      for (int64_t column = 0; column < w->outWidth; column++) {
        const Part part = part_at(w, row, column);
        const float count = (float)((part.bottom - part.top) * (part.right - part.left));
        const vf slope = READ(dy + (row * w->outWidth + column) * LANES) / count;
        EACH_PIXEL(i, j, part) {
          float *at = dx + (i * w->width + j) * LANES;
          AT(at) = READ(at) + slope;
        }
      }
}

TARGET static void upsample_forward(const CEWindow *w, const float *x, float *y) {
  for (int64_t plane = 0; plane < planes_of(w); plane++, x += in_plane(w), y += out_plane(w))
    for (int64_t row = 0; row < w->outHeight; row++)
      for (int64_t column = 0; column < w->outWidth; column++)
        AT(y + (row * w->outWidth + column) * LANES) =
            READ(x + (row / w->stride * w->width + column / w->stride) * LANES);
}

TARGET static void upsample_backward(const CEWindow *w, const float *dy, float *dx, bool add) {
  for (int64_t plane = 0; plane < planes_of(w); plane++, dx += in_plane(w), dy += out_plane(w))
    for (int64_t row = 0; row < w->height; row++)
      for (int64_t column = 0; column < w->width; column++) {
        float *at = dx + (row * w->width + column) * LANES;
        vf sum = {0};
        if (add) sum = READ(at);
        for (int64_t i = row * w->stride; i < (row + 1) * w->stride; i++)
          for (int64_t j = column * w->stride; j < (column + 1) * w->stride; j++)
            sum += READ(dy + (i * w->outWidth + j) * LANES);
        AT(at) = sum;
      }
}

// MARK: Only for inference

TARGET static void affine(int64_t images, int64_t channels, int64_t pixels, const float *x,
                          const float *residual, const float *weight, const float *shift,
                          bool relu, float *y) {
  const vf zero = {0};
  for (int64_t image = 0; image < images; image++)
    for (int64_t first = 0; first < channels; first += LANES) {
      const vf w = READ(weight + first), s = READ(shift + first);
      for (int64_t p = 0; p < pixels; p++, x += LANES, y += LANES) {
        vf v = READ(x) * w + s;
        if (residual) {
          v += READ(residual);
          residual += LANES;
        }
        if (relu) v = WHERE(v > zero, v);
        AT(y) = v;
      }
    }
}

/// x becomes e^x to about 1e-7 of itself. In place, since vectors are handed over differently with
/// each instruction set.
///
/// Source: the polynomial of Cephes' expf (Moshier 1992).
TARGET static inline void exponential(vf *value) {
  vf x = *value;
  const vf low = (vf){0} - 87.0f, high = (vf){0} + 88.0f, half = (vf){0} + 0.5f;
  x = SELECT(x < low, low, x);
  x = SELECT(x > high, high, x);
  const vf scaled = x * 1.44269504088896341f;
  const vi whole = __builtin_convertvector(scaled + SELECT(scaled < 0.0f, -half, half), vi);
  const vf n = __builtin_convertvector(whole, vf);
  const vf r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
  vf p = r * 1.9875691500e-4f + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * (r * r) + r + 1.0f;
  *value = p * (vf)((whole + 127) << 23);
}

TARGET static inline void curve(const CECurve *c, vf *value) {
  const vf x = *value, zero = {0}, one = zero + 1.0f, a = zero + c->a, b = zero + c->b;
  vf h = -x;
  switch (c->kind) {
  case CE_SIGMOID:
  case CE_SWISH:
    exponential(&h);
    h = (c->kind == CE_SWISH ? x : one) / (one + h);
    break;
  case CE_HARD_SIGMOID:
  case CE_HARD_SWISH:
    h = x * a + b;
    h = SELECT(h > zero, h, zero);
    h = SELECT(h < one, h, one);
    if (c->kind == CE_HARD_SWISH) h = x * h;
    break;
  case CE_CLIP:
    h = SELECT(x > a, x, a);
    h = SELECT(h < b, h, b);
    break;
  case CE_LEAKY: h = SELECT(x > zero, x, x * a); break;
  }
  *value = h;
}

/// All bits set in the lanes of a block that are channels.
TARGET static inline void used_lanes(int64_t channels, int64_t first, vi *mask) {
  for (int lane = 0; lane < LANES; lane++) (*mask)[lane] = first + lane < channels ? -1 : 0;
}

TARGET static void activate(const CECurve *c, int64_t images, int64_t channels, int64_t pixels,
                            const float *x, float *y) {
  for (int64_t image = 0; image < images; image++)
    for (int64_t first = 0; first < channels; first += LANES) {
      vi used;
      used_lanes(channels, first, &used);
      for (int64_t p = 0; p < pixels; p++, x += LANES, y += LANES) {
        vf v = READ(x);
        curve(c, &v);
        AT(y) = WHERE(used, v);
      }
    }
}

TARGET static void product(int64_t images, int64_t channels, int64_t pixels, const float *a,
                            const float *b, bool by_channel, float *y) {
  for (int64_t plane = 0; plane < images * blocks_of(channels); plane++)
    for (int64_t p = 0; p < pixels; p++, a += LANES, y += LANES)
      AT(y) = READ(a) * READ(b + (by_channel ? plane : plane * pixels + p) * LANES);
}

/// Lane by lane where the channels do not begin with a block; nobody's inner loop.
TARGET static void concatenate(int64_t channels, int64_t pixels, const float *x, int64_t first,
                               float *y) {
  if (first % LANES == 0) {
    memcpy(y + first * pixels, x, (size_t)(blocks_of(channels) * pixels * LANES) * sizeof(float));
    return;
  }
  // What follows in the last block is spare until the next input fills it.
  const int64_t end = (first + channels) / LANES * LANES;
  if (end > first && end < first + channels)
    memset(y + end * pixels, 0, (size_t)(pixels * LANES) * sizeof(float));
  for (int64_t channel = 0; channel < channels; channel++) {
    const int64_t to = first + channel;
    const float *source = x + channel / LANES * LANES * pixels + channel % LANES;
    float *destination = y + to / LANES * LANES * pixels + to % LANES;
    for (int64_t p = 0; p < pixels; p++) destination[p * LANES] = source[p * LANES];
  }
}

TARGET static void softmax(int64_t images, int64_t channels, int64_t pixels, const float *x,
                           float *y) {
  const int64_t blocks = blocks_of(channels), plane = pixels * LANES;
  for (int64_t image = 0; image < images; image++, x += blocks * plane, y += blocks * plane)
    for (int64_t p = 0; p < pixels; p++) {
      const float *from = x + p * LANES;
      float *to = y + p * LANES, largest = from[0];
      for (int64_t c = 0; c < channels; c++) {
        const float v = from[c / LANES * plane + c % LANES];
        if (v > largest) largest = v;
      }
      double sum = 0;
      for (int64_t b = 0; b < blocks; b++) {
        vi used;
        used_lanes(channels, b * LANES, &used);
        vf e = READ(from + b * plane) - largest;
        exponential(&e);
        e = WHERE(used, e);
        AT(to + b * plane) = e;
        for (int lane = 0; lane < LANES; lane++) sum += (double)e[lane];
      }
      for (int64_t b = 0; b < blocks; b++)
        AT(to + b * plane) = READ(to + b * plane) * (float)(1 / sum);
    }
}

/// The pixels beside a place of an enlarged line, and the share of the second.
typedef struct {
  int64_t first, second;
  float share;
} Beside;

static Beside beside(int64_t place, int64_t factor, int64_t length, bool corners) {
  // An enlarged line of one place has the factor 1.
  const int64_t last = max_of(factor * length - 1, 1);
  const double exact = corners ? (double)(place * (length - 1)) / (double)last
                               : ((double)place + 0.5) / (double)factor - 0.5;
  const double inside = exact < 0 ? 0 : exact;
  const int64_t first = min_of((int64_t)inside, length - 1);
  return (Beside){first, min_of(first + 1, length - 1), (float)(inside - (double)first)};
}

TARGET static void upsample_bilinear(const CEWindow *w, bool corners, const float *x, float *y) {
  for (int64_t plane = 0; plane < planes_of(w); plane++, x += in_plane(w), y += out_plane(w))
    for (int64_t row = 0; row < w->outHeight; row++) {
      const Beside v = beside(row, w->stride, w->height, corners);
      const float *above = x + v.first * w->width * LANES, *below = x + v.second * w->width * LANES;
      for (int64_t column = 0; column < w->outWidth; column++) {
        const Beside h = beside(column, w->stride, w->width, corners);
        const int64_t left = h.first * LANES, right = h.second * LANES;
        const vf top = READ(above + left) * (1 - h.share) + READ(above + right) * h.share;
        const vf bottom = READ(below + left) * (1 - h.share) + READ(below + right) * h.share;
        AT(y + (row * w->outWidth + column) * LANES) = top * (1 - v.share) + bottom * v.share;
      }
    }
}

// MARK: Layout

TARGET static void pack(int64_t images, int64_t channels, int64_t pixels, const float *plain,
                        float *blocked) {
  for (int64_t image = 0; image < images; image++, plain += channels * pixels)
    for (int64_t first = 0; first < channels; first += LANES, blocked += pixels * LANES) {
      const int64_t used = min_of(LANES, channels - first);
      if (used < LANES) memset(blocked, 0, (size_t)(pixels * LANES) * sizeof(float));
      for (int64_t lane = 0; lane < used; lane++)
        for (int64_t p = 0; p < pixels; p++)
          blocked[p * LANES + lane] = plain[(first + lane) * pixels + p];
    }
}

TARGET static void unpack(int64_t images, int64_t channels, int64_t pixels, const float *blocked,
                          float *plain) {
  for (int64_t image = 0; image < images; image++, plain += channels * pixels)
    for (int64_t first = 0; first < channels; first += LANES, blocked += pixels * LANES)
      for (int64_t lane = 0; lane < min_of(LANES, channels - first); lane++)
        for (int64_t p = 0; p < pixels; p++)
          plain[(first + lane) * pixels + p] = blocked[p * LANES + lane];
}

// MARK: Flat arrays

TARGET static void sum(int64_t count, const float *a, const float *b, bool relu, float *y) {
  const flat zero = {0};
  for (int64_t i = 0; i < rounded(count); i += 16) {
    flat v = FLATREAD(a + i);
    if (b) v += FLATREAD(b + i);
    if (relu) v = (flat)((v > zero) & (flati)v);
    FLAT(y + i) = v;
  }
}

TARGET static void gate(int64_t count, const float *dy, const float *y, float *dx, bool add) {
  const flat zero = {0};
  for (int64_t i = 0; i < rounded(count); i += 16) {
    flat g = FLATREAD(dy + i);
    if (y) g = (flat)((FLATREAD(y + i) > zero) & (flati)g);
    FLAT(dx + i) = add ? FLATREAD(dx + i) + g : g;
  }
}

TARGET static void sum_parts(int64_t count, int64_t parts, int64_t stride, const float *first,
                             float *total) {
  for (int64_t i = 0; i < rounded(count); i += 16) {
    flat sum = FLATREAD(first + i);
    for (int64_t part = 1; part < parts; part++) sum += FLATREAD(first + part * stride + i);
    FLAT(total + i) = sum;
  }
}

TARGET static double squares(int64_t count, const float *x) {
  flatd lanes = {0};
  for (int64_t i = 0; i < rounded(count); i += 16) {
    const flatd v = __builtin_convertvector(FLATREAD(x + i), flatd);
    lanes += v * v;
  }
  double sum = 0;
  for (int lane = 0; lane < 16; lane++) sum += lanes[lane];
  return sum;
}

TARGET static void pull(int64_t count, float pull, const float *weight, const float *anchor,
                        float *gradient) {
  for (int64_t i = 0; i < rounded(count); i += 16)
    FLAT(gradient + i) =
        FLATREAD(gradient + i) + pull * (FLATREAD(weight + i) - FLATREAD(anchor + i));
}

TARGET static void scale(int64_t count, float factor, float *x) {
  for (int64_t i = 0; i < rounded(count); i += 16) FLAT(x + i) = FLATREAD(x + i) * factor;
}

TARGET static void adamw(int64_t count, const CEAdamW *o, const float *gradient, float *weight,
                         float *mean, float *variance) {
  const float rate = o->learningRate / o->correction1, fade = o->learningRate * o->decay;
  const float root = 1 / sqrtf(o->correction2);
  for (int64_t i = 0; i < rounded(count); i += 16) {
    const flat g = FLATREAD(gradient + i), w = FLATREAD(weight + i);
    const flat m = o->beta1 * FLATREAD(mean + i) + (1 - o->beta1) * g;
    const flat v = o->beta2 * FLATREAD(variance + i) + (1 - o->beta2) * (g * g);
    FLAT(mean + i) = m;
    FLAT(variance + i) = v;
    FLAT(weight + i) =
        w - fade * w - rate * (m / (__builtin_elementwise_sqrt(v) * root + o->epsilon));
  }
}

TARGET static void momentum(int64_t count, const CEMomentum *o, const float *gradient,
                            float *weight, float *velocity) {
  for (int64_t i = 0; i < rounded(count); i += 16) {
    const flat w = FLATREAD(weight + i);
    const flat v = o->momentum * FLATREAD(velocity + i) + (FLATREAD(gradient + i) + o->decay * w);
    FLAT(velocity + i) = v;
    FLAT(weight + i) = w - o->learningRate * v;
  }
}

#include "convolution.h"

const CEKernels TABLE = {
    .norm_forward = norm_forward,
    .norm_backward = norm_backward,
    .batch_moments = batch_moments,
    .batch_apply = batch_apply,
    .batch_gather = batch_gather,
    .batch_spread = batch_spread,
    .max_pool_forward = max_pool_forward,
    .max_pool_backward = max_pool_backward,
    .average_pool_forward = average_pool_forward,
    .average_pool_backward = average_pool_backward,
    .upsample_forward = upsample_forward,
    .upsample_backward = upsample_backward,
    .affine = affine,
    .activate = activate,
    .product = product,
    .concatenate = concatenate,
    .softmax = softmax,
    .upsample_bilinear = upsample_bilinear,
    .convolution_weight_count = convolution_weight_count,
    .convolution_scratch = convolution_scratch,
    .convolution_weights = convolution_weights,
    .convolution = convolution,
    .convolution_gradient_count = convolution_gradient_count,
    .convolution_gradient_scratch = convolution_gradient_scratch,
    .convolution_gradient = convolution_gradient,
    .convolution_gradient_unpack = convolution_gradient_unpack,
    .pack = pack,
    .unpack = unpack,
    .sum = sum,
    .gate = gate,
    .sum_parts = sum_parts,
    .squares = squares,
    .pull = pull,
    .scale = scale,
    .adamw = adamw,
    .momentum = momentum,
};
