// Included by kernels.h for every instruction set and lane count: no guard.
// Convolutions by Winograd's F(4x4, 3x3): 36 multiplications where the direct sum takes 144.
//
// A tile of 4x4 results needs 6x6 inputs. Inputs and weights are evaluated at the points
// 0, ±5/8, ±3/2 and ∞ in both directions and multiplied point by point: 36 matrix products over
// the channels. Then the products are turned back into results. These points round less than the
// usual 0, ±1, ±2, ∞, and the constants for maps are exact.
//
// Products are fused with their additions where the processor can, so instruction sets differ in
// the last bits. Within one set a result depends on nothing but its own image and the weights: not
// on how many images there are, nor on a tile's place among others.
//
// A block of tiles is cut in runs of up to RUN tiles. Scratch of a block:
//   inputs   [runs][input blocks][36][RUN][LANES]
//   products [runs][36][GROUP][RUN][LANES]
// Transformed weights: [groups][36][padded inputs][output blocks of the group][LANES],
// GROUP output blocks in a group, fewer in the last.

#pragma clang fp contract(fast)

#define INLINE TARGET static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")
#define POINTS 36
/// Floats between two points, in the inputs and in the products.
#define INPUT_STEP (RUN * LANES)
#define PRODUCT_STEP (RUN * GROUP * LANES)
/// Bytes of scratch that a block may take: about half of a small second-level cache.
#define BLOCK_BYTES (256 * 1024)

// The points, their powers and what follows from them.
#define A1 0.625f
#define A2 (A1 * A1)
#define A3 (A1 * A2)
#define B1 1.5f
#define B2 (B1 * B1)
#define B3 (B1 * B2)

static int64_t tiles_along(int64_t pixels) { return (pixels + 3) / 4; }

static int64_t tiles_of(const CEWinograd *w) {
  return w->images * tiles_along(w->height) * tiles_along(w->width);
}

static int64_t run_floats(const CEWinograd *w) {
  return POINTS * (INPUT_STEP * blocks_of(w->inputs) + PRODUCT_STEP);
}

/// Runs in a block: as many as its share of the cache holds.
static int64_t runs_of(const CEWinograd *w) {
  const int64_t fit = BLOCK_BYTES / (int64_t)sizeof(float) / run_floats(w);
  return max_of(1, min_of(fit, (tiles_of(w) + RUN - 1) / RUN));
}

static int64_t winograd_scratch(const CEWinograd *w) { return runs_of(w) * run_floats(w); }

/// Floats between the weights of two points. A line more than needed: else the 36 vectors of a
/// kernel would compete for one place in the first-level cache.
static int64_t weight_step(const CEWinograd *w, int64_t group) {
  return blocks_of(w->inputs) * LANES * group * LANES + 16;
}

static int64_t winograd_weight_count(const CEWinograd *w) {
  const int64_t blocks = blocks_of(w->outputs), whole = blocks / GROUP, rest = blocks % GROUP;
  return POINTS * (whole * weight_step(w, GROUP) + (rest ? weight_step(w, rest) : 0));
}

// MARK: Weights

/// Three taps, `from` steps apart, seen by the points.
INLINE void evaluate_taps(const float *taps, int64_t from, float *to, int64_t step) {
  const float a = 1 / (2 * A2 * (A2 - B2)), b = 1 / (2 * B2 * (B2 - A2));
  const vf first = READ(taps), middle = READ(taps + from), last = READ(taps + 2 * from);
  const vf evenA = a * first + a * A2 * last, evenB = b * first + b * B2 * last;
  AT(to) = 1 / (A2 * B2) * first;
  AT(to + step) = evenA + a * A1 * middle;
  AT(to + 2 * step) = evenA - a * A1 * middle;
  AT(to + 3 * step) = evenB + b * B1 * middle;
  AT(to + 4 * step) = evenB - b * B1 * middle;
  AT(to + 5 * step) = last;
}

/// `taps` is [9][LANES].
TARGET static void evaluate_kernel(const float *taps, float *to, int64_t step) {
  float rows[18 * LANES];
  UNROLL for (int j = 0; j < 3; j++)
    evaluate_taps(taps + j * LANES, 3 * LANES, rows + j * LANES, 3 * LANES);
  UNROLL for (int i = 0; i < 6; i++)
    evaluate_taps(rows + 3 * i * LANES, LANES, to + 6 * i * step, step);
}

#if LANES == 16
#define ZIP_LOW(a, b)                                                                              \
  __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
#define ZIP_HIGH(a, b)                                                                             \
  __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
#else
#define ZIP_LOW(a, b) __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11)
#define ZIP_HIGH(a, b) __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15)
#endif

/// LANES rows of LANES floats, `row` floats apart, to their columns, `column` floats apart;
/// only `columns` of these are written.
TARGET static void transpose(const float *from, int64_t row, float *to, int64_t column,
                             int64_t columns) {
  vf all[LANES], next[LANES];
  UNROLL for (int i = 0; i < LANES; i++) all[i] = READ(from + i * row);
  // Each round moves the highest bit of a row's number to the lowest of the column's.
  UNROLL for (int round = 1; round < LANES; round *= 2) {
    UNROLL for (int i = 0; i < LANES / 2; i++) {
      next[2 * i] = ZIP_LOW(all[i], all[i + LANES / 2]);
      next[2 * i + 1] = ZIP_HIGH(all[i], all[i + LANES / 2]);
    }
    UNROLL for (int i = 0; i < LANES; i++) all[i] = next[i];
  }
  UNROLL for (int i = 0; i < LANES; i++)
    if (i < columns) AT(to + i * column) = all[i];
}

/// Weights of LANES outputs and LANES inputs, to [inputs][9][outputs]; those that do not exist
/// are 0.
TARGET static void take_weights(const CEWinograd *w, const float *weight, bool turned, int64_t in,
                                int64_t out, float *taps) {
  const int64_t ins = min_of(LANES, w->inputs - in), outs = min_of(LANES, w->outputs - out);
  const int64_t rows = turned ? ins : outs, across = 9 * (turned ? outs : ins);
  const float *from = weight + (turned ? in * w->outputs + out : out * w->inputs + in) * 9;
  const int64_t step = 9 * (turned ? w->outputs : w->inputs);
  // Rows of whole vectors, so that a transposition may read beyond the last kernel.
  float copy[LANES][10 * LANES];
  if (rows < LANES || across < 9 * LANES) memset(copy, 0, sizeof copy);
  for (int64_t r = 0; r < rows; r++)
    memcpy(copy[r], from + r * step, (size_t)across * sizeof(float));
  if (turned)
    for (int64_t i = 0; i < LANES; i++)
      for (int64_t tap = 0; tap < 9; tap += LANES)
        transpose(copy[i] + tap, 9, taps + (i * 9 + 8 - tap) * LANES, -LANES, 9 - tap);
  else
    for (int64_t column = 0; column < 9 * LANES; column += LANES)
      transpose(copy[0] + column, 10 * LANES, taps + column * LANES, LANES, LANES);
}

TARGET static void winograd_weights(const CEWinograd *w, const float *weight, bool turned,
                                    float *transformed) {
  const int64_t inBlocks = blocks_of(w->inputs), outBlocks = blocks_of(w->outputs);
  float taps[LANES * 9 * LANES];
  for (int64_t first = 0; first < outBlocks; first += GROUP) {
    const int64_t group = min_of(GROUP, outBlocks - first);
    const int64_t step = weight_step(w, group);
    for (int64_t in = 0; in < inBlocks * LANES; in += LANES)
      for (int64_t n = 0; n < group; n++) {
        take_weights(w, weight, turned, in, (first + n) * LANES, taps);
        for (int64_t i = 0; i < LANES; i++)
          evaluate_kernel(taps + i * 9 * LANES, transformed + ((in + i) * group + n) * LANES,
                          step);
      }
    transformed += POINTS * step;
  }
}

// MARK: Inputs

/// Six values of a line seen by the points.
INLINE void evaluate_line(const vf d[6], float *to) {
  const vf evenA = d[4] - B2 * d[2], oddA = d[3] - B2 * d[1];
  const vf evenB = d[4] - A2 * d[2], oddB = d[3] - A2 * d[1];
  AT(to) = A2 * B2 * d[0] + (d[4] - (A2 + B2) * d[2]);
  AT(to + INPUT_STEP) = evenA + A1 * oddA;
  AT(to + 2 * INPUT_STEP) = evenA - A1 * oddA;
  AT(to + 3 * INPUT_STEP) = evenB + B1 * oddB;
  AT(to + 4 * INPUT_STEP) = evenB - B1 * oddB;
  AT(to + 5 * INPUT_STEP) = A2 * B2 * d[1] + (d[5] - (A2 + B2) * d[3]);
}

/// The rows of points ±p, where q is the other pair: down the columns, then along the rows.
INLINE void evaluate_rows(float p, float q, const float *x, int64_t row, float *to) {
  vf plus[6], minus[6];
  UNROLL for (int j = 0; j < 6; j++) {
    const float *d = x + j * LANES;
    const vf even = READ(d + 4 * row) - q * q * READ(d + 2 * row);
    const vf odd = READ(d + 3 * row) - q * q * READ(d + row);
    plus[j] = even + p * odd;
    minus[j] = even - p * odd;
  }
  evaluate_line(plus, to);
  evaluate_line(minus, to + 6 * INPUT_STEP);
}

/// 6x6 inputs, whose rows lie `row` floats apart, seen by all points.
/// Two rows of points at a time: so few values stay in registers.
INLINE void evaluate_inputs(const float *x, int64_t row, float *to) {
  vf zero[6], infinity[6];
  UNROLL for (int j = 0; j < 6; j++) {
    const float *d = x + j * LANES;
    zero[j] = A2 * B2 * READ(d) + (READ(d + 4 * row) - (A2 + B2) * READ(d + 2 * row));
    infinity[j] =
        A2 * B2 * READ(d + row) + (READ(d + 5 * row) - (A2 + B2) * READ(d + 3 * row));
  }
  evaluate_line(zero, to);
  evaluate_line(infinity, to + 30 * INPUT_STEP);
  evaluate_rows(A1, B1, x, row, to + 6 * INPUT_STEP);
  evaluate_rows(B1, A1, x, row, to + 18 * INPUT_STEP);
}

/// A place among the tiles of all images.
typedef struct {
  int64_t image, row, column;
} Tile;

static Tile tile_at(const CEWinograd *w, int64_t index) {
  const int64_t rows = tiles_along(w->height), columns = tiles_along(w->width);
  return (Tile){index / (rows * columns), index / columns % rows * 4, index % columns * 4};
}

static Tile tile_after(const CEWinograd *w, Tile t) {
  if ((t.column += 4) < w->width) return t;
  t.column = 0;
  if ((t.row += 4) < w->height) return t;
  return (Tile){t.image + 1, 0, 0};
}

/// The inputs of a tile at the edge, zeros around them, as [6][6][LANES].
INLINE void pad_inputs(const CEWinograd *w, const float *map, int64_t top, int64_t left,
                       float *patch) {
  const int64_t begin = max_of(0, -left), end = min_of(6, w->width - left);
  for (int64_t i = 0; i < 6; i++, patch += 6 * LANES) {
    const bool inside = top + i >= 0 && top + i < w->height;
    const float *from = map + ((top + i) * w->width + left) * LANES;
    UNROLL for (int j = 0; j < 6; j++) AT(patch + j * LANES) = (vf){0};
    if (inside)
      for (int64_t j = begin; j < end; j++) AT(patch + j * LANES) = READ(from + j * LANES);
  }
}

/// Transforms the inputs of a run of tiles.
TARGET static void take_run(const CEWinograd *w, const float *x, Tile first, int64_t tiles,
                            float *to) {
  const int64_t row = w->width * LANES, plane = w->height * row, blocks = blocks_of(w->inputs);
  for (int64_t block = 0; block < blocks; block++, to += POINTS * INPUT_STEP) {
    Tile tile = first;
    for (int64_t t = 0; t < tiles; t++, tile = tile_after(w, tile)) {
      const int64_t top = tile.row - 1, left = tile.column - 1;
      const float *map = x + (tile.image * blocks + block) * plane;
      if (top >= 0 && left >= 0 && top + 6 <= w->height && left + 6 <= w->width) {
        evaluate_inputs(map + top * row + left * LANES, row, to + t * LANES);
      } else {
        float patch[36 * LANES];
        pad_inputs(w, map, top, left, patch);
        evaluate_inputs(patch, 6 * LANES, to + t * LANES);
      }
    }
  }
}

// MARK: Products

/// products[t][n] = Σ inputs[block][t][lane] · weights[block][lane][n]; all sums in registers.
INLINE void multiply(int tiles, int group, int64_t blocks, const float *inputs,
                     const float *weights, float *products) {
  vf sums[RUN][GROUP];
  UNROLL for (int t = 0; t < tiles; t++)
    UNROLL for (int n = 0; n < group; n++) sums[t][n] = (vf){0};
  for (int64_t block = 0; block < blocks; block++, inputs += POINTS * INPUT_STEP)
#pragma clang loop unroll(disable)
    for (int64_t lane = 0; lane < LANES; lane++, weights += group * LANES) {
      vf weight[GROUP];
      UNROLL for (int n = 0; n < group; n++) weight[n] = READ(weights + n * LANES);
      UNROLL for (int t = 0; t < tiles; t++)
        UNROLL for (int n = 0; n < group; n++)
          sums[t][n] += inputs[t * LANES + lane] * weight[n];
    }
  UNROLL for (int t = 0; t < tiles; t++)
    UNROLL for (int n = 0; n < group; n++) AT(products + (n * RUN + t) * LANES) = sums[t][n];
}

#define MULTIPLY(tiles)                                                                            \
  TARGET static void multiply_##tiles(int64_t group, int64_t blocks, const float *inputs,          \
                                      const float *weights, float *products) {                     \
    if (group == GROUP)                                                                            \
      multiply(tiles, GROUP, blocks, inputs, weights, products);                                   \
    else                                                                                           \
      multiply(tiles, 1, blocks, inputs, weights, products);                                       \
  }
typedef void (*Multiply)(int64_t, int64_t, const float *, const float *, float *);
MULTIPLY(1)
MULTIPLY(2)
MULTIPLY(3)
#if RUN > 3
MULTIPLY(4)
MULTIPLY(5)
MULTIPLY(6)
#endif
#if RUN > 6
MULTIPLY(7)
MULTIPLY(8)
MULTIPLY(9)
MULTIPLY(10)
MULTIPLY(11)
MULTIPLY(12)
MULTIPLY(13)
MULTIPLY(14)
#endif

/// One for each length of a run.
static const Multiply multiplications[RUN] = {
    multiply_1,  multiply_2,  multiply_3,
#if RUN > 3
    multiply_4,  multiply_5,  multiply_6,
#endif
#if RUN > 6
    multiply_7,  multiply_8,  multiply_9,  multiply_10,
    multiply_11, multiply_12, multiply_13, multiply_14,
#endif
};

// MARK: Outputs

/// What is done to results on their way to memory; places are those of the tile's corner.
typedef struct {
  const float *bias, *residual, *gate;
  bool relu;
  float *y;
} Output;

/// Four results of a line from its six points, finished and written, `columns` of them.
INLINE void finish_line(const vf m[6], Output o, int64_t at, int64_t columns) {
  const vf sumA = m[1] + m[2], sumB = m[3] + m[4], differA = m[1] - m[2], differB = m[3] - m[4];
  const vf results[4] = {m[0] + sumA + sumB, A1 * differA + B1 * differB, A2 * sumA + B2 * sumB,
                         A3 * differA + (B3 * differB + m[5])};
  const vf zero = {0};
  UNROLL for (int j = 0; j < 4; j++) {
    if (j >= columns) break;
    const int64_t p = at + j * LANES;
    vf v = results[j];
    if (o.bias) v += READ(o.bias);
    if (o.residual) v += READ(o.residual + p);
    if (o.relu) v = WHERE(v > zero, v);
    if (o.gate) v = WHERE(READ(o.gate + p) > zero, v);
    AT(o.y + p) = v;
  }
}

/// 36 products to the results of a tile, of which `rows` x `columns` are inside the map.
/// Even and odd rows one after the other: so few values stay in registers.
INLINE void finish_tile(const float *m, Output o, int64_t row, int64_t rows, int64_t columns) {
  vf first[6], second[6];
  UNROLL for (int j = 0; j < 6; j++) {
    const float *p = m + j * PRODUCT_STEP;
    const vf sumA = READ(p + 6 * PRODUCT_STEP) + READ(p + 12 * PRODUCT_STEP);
    const vf sumB = READ(p + 18 * PRODUCT_STEP) + READ(p + 24 * PRODUCT_STEP);
    first[j] = READ(p) + sumA + sumB;
    second[j] = A2 * sumA + B2 * sumB;
  }
  finish_line(first, o, 0, columns);
  if (rows > 2) finish_line(second, o, 2 * row, columns);
  UNROLL for (int j = 0; j < 6; j++) {
    const float *p = m + j * PRODUCT_STEP;
    const vf differA = READ(p + 6 * PRODUCT_STEP) - READ(p + 12 * PRODUCT_STEP);
    const vf differB = READ(p + 18 * PRODUCT_STEP) - READ(p + 24 * PRODUCT_STEP);
    first[j] = A1 * differA + B1 * differB;
    second[j] = A3 * differA + (B3 * differB + READ(p + 30 * PRODUCT_STEP));
  }
  if (rows > 1) finish_line(first, o, row, columns);
  if (rows > 3) finish_line(second, o, 3 * row, columns);
}

/// Writes the results of a run of tiles for the output blocks of a group.
INLINE void give(const CEWinograd *w, const float *products, Tile tile, int64_t tiles,
                 int64_t block, int64_t group, Output whole) {
  const int64_t row = w->width * LANES, plane = w->height * row;
  const int64_t blocks = blocks_of(w->outputs);
  for (int64_t t = 0; t < tiles; t++, tile = tile_after(w, tile)) {
    const int64_t rows = w->height - tile.row, columns = w->width - tile.column;
    for (int64_t n = 0; n < group; n++) {
      const float *m = products + (n * RUN + t) * LANES;
      const int64_t at = (tile.image * blocks + block + n) * plane + tile.row * row +
                         tile.column * LANES;
      Output o = whole;
      o.y += at;
      if (o.bias) o.bias += (block + n) * LANES;
      if (o.residual) o.residual += at;
      if (o.gate) o.gate += at;
      if (rows >= 4 && columns >= 4)
        finish_tile(m, o, row, 4, 4);
      else
        finish_tile(m, o, row, rows, columns);
    }
  }
}

TARGET static void give_run(const CEWinograd *w, const float *products, Tile tile, int64_t tiles,
                            int64_t block, int64_t group, Output o) {
  // Most often there is nothing to add: that is compiled for itself.
  if (o.bias || o.residual || o.gate || o.relu)
    give(w, products, tile, tiles, block, group, o);
  else
    give(w, products, tile, tiles, block, group, (Output){.y = o.y});
}

TARGET static void winograd(const CEWinograd *w, int64_t part, int64_t parts, const float *x,
                            const float *weights, const float *bias, const float *residual,
                            bool relu, const float *gate, float *y, float *scratch) {
  const int64_t inBlocks = blocks_of(w->inputs), outBlocks = blocks_of(w->outputs);
  const int64_t start = tiles_of(w) * part / parts, most = runs_of(w) * RUN;
  const int64_t tiles = tiles_of(w) * (part + 1) / parts - start;
  const int64_t blocks = (tiles + most - 1) / most;
  const int64_t inputStep = POINTS * INPUT_STEP * inBlocks, productStep = POINTS * PRODUCT_STEP;
  float *const products = scratch + runs_of(w) * inputStep;
  const Output output = {bias, residual, gate, relu, y};
  for (int64_t b = 0; b < blocks; b++) {
    // Blocks are alike, and runs are, up to one tile: none is left nearly empty.
    const int64_t first = tiles * b / blocks, count = tiles * (b + 1) / blocks - first;
    const int64_t begin = start + first;
    const int64_t runs = (count + RUN - 1) / RUN, least = count / runs, longer = count % runs;
#define RUN_TILE(r) tile_at(w, begin + (r) * least + min_of(r, longer))
#define RUN_TILES(r) (least + ((r) < longer))
    for (int64_t r = 0; r < runs; r++)
      take_run(w, x, RUN_TILE(r), RUN_TILES(r), scratch + r * inputStep);
    const float *weight = weights;
    for (int64_t out = 0; out < outBlocks; out += GROUP) {
      const int64_t group = min_of(GROUP, outBlocks - out);
      for (int point = 0; point < POINTS; point++, weight += weight_step(w, group))
        for (int64_t r = 0; r < runs; r++)
          multiplications[RUN_TILES(r) - 1](group, inBlocks,
                                            scratch + r * inputStep + point * INPUT_STEP, weight,
                                            products + r * productStep + point * PRODUCT_STEP);
      for (int64_t r = 0; r < runs; r++)
        give_run(w, products + r * productStep, RUN_TILE(r), RUN_TILES(r), out, group, output);
    }
#undef RUN_TILE
#undef RUN_TILES
  }
}

#include "winograd_gradient.h"
