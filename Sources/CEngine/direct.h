// Included by convolution.h after winograd.h: no guard.
// Convolutions with a kernel of 3x3 by the direct sum, for layers with many channels and few
// pixels: every weight is read from memory once and in one sweep, the next ones while these work.
//
// Pixels are cut in bands, input blocks in chunks. For a band and a chunk the inputs are laid out
// as each tap sees them, so a step of the sum is a vector of weights times one number of each
// pixel. Sums of a pixel are taken in the order of chunks, blocks, taps and lanes, whatever the
// bands, parts and images.
//
// Scratch:
//   inputs [blocks of the chunk][9][band][LANES]
//   sums   [output blocks][band][LANES]
// Weights: [chunks][groups][blocks of the chunk][9][LANES][output blocks of the group][LANES].

/// Input blocks in a chunk.
#define CHUNK_BLOCKS 8
#define TAPS 9

static int64_t direct_out(const CEConvolution *w, int64_t pixels) {
  return (pixels + w->stride - 1) / w->stride;
}

static int64_t direct_pixels(const CEConvolution *w) {
  return w->images * direct_out(w, w->height) * direct_out(w, w->width);
}

/// Pixels in a band: as many as leave the chunk's inputs a quarter of the second-level cache.
static int64_t direct_band(const CEConvolution *w) {
  const int64_t fit =
      ce_cache_bytes() / 4 / (int64_t)(CHUNK_BLOCKS * TAPS * LANES * sizeof(float));
  return min_of(direct_pixels(w), max_of(1, fit / RUN) * RUN);
}

static int64_t direct_scratch(const CEConvolution *w) {
  return direct_band(w) * LANES * (CHUNK_BLOCKS * TAPS + blocks_of(w->outputs));
}

static int64_t direct_weight_count(const CEConvolution *w) {
  return TAPS * blocks_of(w->inputs) * LANES * blocks_of(w->outputs) * LANES;
}

TARGET static void direct_weights(const CEConvolution *w, int64_t part, int64_t parts,
                                  const float *weight, bool turned, float *packed) {
  const int64_t inBlocks = blocks_of(w->inputs), outBlocks = blocks_of(w->outputs);
  const Blocks mine = blocks_of_part(w, part, parts);
  float taps[LANES * TAPS * LANES];
  for (int64_t chunk = 0; chunk < inBlocks; chunk += CHUNK_BLOCKS) {
    const int64_t end = min_of(inBlocks, chunk + CHUNK_BLOCKS);
    float *to = packed + TAPS * LANES * LANES * (chunk * outBlocks + (end - chunk) * mine.first);
    for (int64_t out = mine.first; out < mine.end; out += GROUP) {
      const int64_t group = min_of(GROUP, mine.end - out);
      for (int64_t in = chunk; in < end; in++, to += TAPS * LANES * group * LANES)
        for (int64_t n = 0; n < group; n++) {
          take_weights(w, weight, turned, in * LANES, (out + n) * LANES, taps);
          for (int64_t lane = 0; lane < LANES; lane++)
            for (int64_t tap = 0; tap < TAPS; tap++)
              AT(to + ((tap * LANES + lane) * group + n) * LANES) =
                  READ(taps + (lane * TAPS + tap) * LANES);
        }
    }
  }
}

/// The inputs of a block as the taps of `pixels` results see them, [9][pixels][LANES].
TARGET static void take_taps(const CEConvolution *w, const float *x, int64_t block, int64_t first,
                             int64_t pixels, float *to) {
  const int64_t rows = direct_out(w, w->height), columns = direct_out(w, w->width);
  const int64_t plane = w->height * w->width * LANES;
  for (int64_t p = 0; p < pixels; p++) {
    const int64_t image = (first + p) / (rows * columns);
    const int64_t row = (first + p) / columns % rows * w->stride - 1;
    const int64_t column = (first + p) % columns * w->stride - 1;
    const float *map = x + (image * blocks_of(w->inputs) + block) * plane;
    for (int64_t tap = 0; tap < TAPS; tap++) {
      const int64_t i = row + tap / 3, j = column + tap % 3;
      const bool inside = i >= 0 && i < w->height && j >= 0 && j < w->width;
      AT(to + (tap * pixels + p) * LANES) =
          inside ? READ(map + (i * w->width + j) * LANES) : (vf){0};
    }
  }
}

/// sums[n][t] (+)= Σ inputs[step][t][lane] · weights[step][lane][n]. Meanwhile a share of what is
/// read next comes nearer.
INLINE void sum_taps(int run, int group, int64_t steps, const float *inputs, int64_t inputStep,
                     const float *weights, const float *next, int64_t lines, bool add, float *to,
                     int64_t band) {
  vf sums[RUN][GROUP];
  UNROLL for (int t = 0; t < run; t++)
    UNROLL for (int n = 0; n < group; n++)
      sums[t][n] = add ? READ(to + (n * band + t) * LANES) : (vf){0};
  for (int64_t step = 0; step < steps; step++, inputs += inputStep)
#pragma clang loop unroll(disable)
    for (int64_t lane = 0; lane < LANES; lane++, weights += group * LANES) {
      if (lines-- > 0) __builtin_prefetch(next, 0, 2);
      next += 16;
      vf weight[GROUP];
      UNROLL for (int n = 0; n < group; n++) weight[n] = READ(weights + n * LANES);
      UNROLL for (int t = 0; t < run; t++)
        UNROLL for (int n = 0; n < group; n++)
          sums[t][n] += inputs[t * LANES + lane] * weight[n];
    }
  UNROLL for (int t = 0; t < run; t++)
    UNROLL for (int n = 0; n < group; n++) AT(to + (n * band + t) * LANES) = sums[t][n];
}

#define SUM_TAPS(run)                                                                              \
  TARGET static void sum_taps_##run(int64_t group, int64_t steps, const float *inputs,             \
                                    int64_t inputStep, const float *weights, const float *next,    \
                                    int64_t lines, bool add, float *to, int64_t band) {            \
    if (group == GROUP)                                                                            \
      sum_taps(run, GROUP, steps, inputs, inputStep, weights, next, lines, add, to, band);         \
    else                                                                                           \
      sum_taps(run, 1, steps, inputs, inputStep, weights, next, lines, add, to, band);             \
  }
typedef void (*SumTaps)(int64_t, int64_t, const float *, int64_t, const float *, const float *,
                        int64_t, bool, float *, int64_t);
SUM_TAPS(1)
SUM_TAPS(2)
SUM_TAPS(3)
#if RUN > 3
SUM_TAPS(4)
SUM_TAPS(5)
SUM_TAPS(6)
#endif
#if RUN > 6
SUM_TAPS(7)
SUM_TAPS(8)
SUM_TAPS(9)
SUM_TAPS(10)
SUM_TAPS(11)
SUM_TAPS(12)
SUM_TAPS(13)
SUM_TAPS(14)
#endif

/// One for each length of a run.
static const SumTaps sums_of_taps[RUN] = {
    sum_taps_1,  sum_taps_2,  sum_taps_3,
#if RUN > 3
    sum_taps_4,  sum_taps_5,  sum_taps_6,
#endif
#if RUN > 6
    sum_taps_7,  sum_taps_8,  sum_taps_9,  sum_taps_10,
    sum_taps_11, sum_taps_12, sum_taps_13, sum_taps_14,
#endif
};

/// Writes the sums of a band and an output block.
TARGET static void give_sums(const CEConvolution *w, const float *sums, int64_t first,
                             int64_t pixels, int64_t block, Output o) {
  const int64_t plane = direct_out(w, w->height) * direct_out(w, w->width);
  const vf zero = {0}, bias = o.bias ? READ(o.bias + block * LANES) : zero;
  for (int64_t p = 0; p < pixels; p++) {
    const int64_t image = (first + p) / plane, pixel = (first + p) % plane;
    const int64_t at = ((image * blocks_of(w->outputs) + block) * plane + pixel) * LANES;
    vf v = READ(sums + p * LANES) + bias;
    if (o.residual) v += READ(o.residual + at);
    if (o.relu) v = WHERE(v > zero, v);
    AT(o.y + at) = v;
  }
}

TARGET static void direct(const CEConvolution *w, int64_t part, int64_t parts, const float *x,
                          const float *weights, const float *bias, const float *residual,
                          bool relu, float *y, float *scratch) {
  const Share share = share_of(w, direct_pixels(w), direct_weight_count(w), part, parts);
  const Output output = {bias, residual, relu, y};
  const int64_t inBlocks = blocks_of(w->inputs), outBlocks = blocks_of(w->outputs);
  const int64_t most = direct_band(w), total = share.end - share.start;
  const int64_t bands = (total + most - 1) / most;
  float *const sums = scratch + most * LANES * CHUNK_BLOCKS * TAPS;
  for (int64_t b = 0; b < bands; b++) {
    const int64_t first = share.start + total * b / bands;
    const int64_t band = share.start + total * (b + 1) / bands - first;
    const int64_t runs = (band + RUN - 1) / RUN;
    for (int64_t chunk = 0; chunk < inBlocks; chunk += CHUNK_BLOCKS) {
      const int64_t blocks = min_of(CHUNK_BLOCKS, inBlocks - chunk), steps = blocks * TAPS;
      for (int64_t in = 0; in < blocks; in++)
        take_taps(w, x, chunk + in, first, band, scratch + in * TAPS * band * LANES);
      const float *before = weights + chunk * TAPS * LANES * outBlocks * LANES;
      for (int64_t out = share.firstBlock; out < share.endBlock; out += GROUP) {
        const int64_t group = min_of(GROUP, share.endBlock - out);
        const float *weight = before + steps * LANES * out * LANES;
        const float *next = weight + steps * LANES * group * LANES;
        const int64_t lines = steps * group * LANES * LANES / 16;
        for (int64_t r = 0; r < runs; r++) {
          const int64_t t = band * r / runs, length = band * (r + 1) / runs - t;
          const int64_t from = lines * r / runs;
          sums_of_taps[length - 1](group, steps, scratch + t * LANES, band * LANES, weight,
                                   next + from * 16, lines * (r + 1) / runs - from, chunk > 0,
                                   sums + (out * band + t) * LANES, band);
        }
      }
    }
    for (int64_t out = share.firstBlock; out < share.endBlock; out++)
      give_sums(w, sums + out * band * LANES, first, band, out, output);
  }
}
