// Included by convolution.h: no guard.
// Convolutions by Winograd's F(4x4, 3x3), 36 multiplications where the direct sum takes 144, and
// F(2x2, 3x3), 16 where it takes 36, with less than half as many weights to read.
//
// A tile of 4x4 results needs 6x6 inputs. Inputs and weights are evaluated at the points
// 0, ±5/8, ±3/2 and ∞ in both directions and multiplied point by point: 36 matrix products over
// the channels. Then the products are turned back into results. These points round less than the
// usual 0, ±1, ±2, ∞, and the constants for maps are exact. A tile of 2x2 results has 4x4 inputs
// and the points 0, ±1 and ∞.
//
// Products are fused with their additions where the processor can, so instruction sets differ in
// the last bits. Within one set a result depends on nothing but its own image and the weights: not
// on how many images there are, nor on a tile's place among others.
//
// A block of tiles is cut in runs of up to RUN tiles. Scratch of a block:
//   inputs   [runs][input blocks][points][RUN][LANES]
//   products [runs][points][GROUP][RUN][LANES]
// Transformed weights: [groups][points][padded inputs][output blocks of the group][LANES],
// GROUP output blocks in a group, fewer in the last.

#pragma clang fp contract(fast)

#define INLINE TARGET static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")
/// Of a tile of 4x4 results.
#define POINTS 36
/// Floats between two points, in the inputs and in the products.
#define INPUT_STEP (RUN * LANES)
#define PRODUCT_STEP (RUN * GROUP * LANES)

// The points, their powers and what follows from them.
#define A1 0.625f
#define A2 (A1 * A1)
#define A3 (A1 * A2)
#define B1 1.5f
#define B2 (B1 * B1)
#define B3 (B1 * B2)

static int64_t points_of(const CEConvolution *w) { return (w->tile + 2) * (w->tile + 2); }

static int64_t tiles_along(const CEConvolution *w, int64_t pixels) {
  return (pixels + w->tile - 1) / w->tile;
}

static int64_t tiles_of(const CEConvolution *w) {
  return w->images * tiles_along(w, w->height) * tiles_along(w, w->width);
}

static int64_t run_floats(const CEConvolution *w) {
  return points_of(w) * (INPUT_STEP * blocks_of(w->inputs) + PRODUCT_STEP);
}

/// Runs in a block: as many as half of the second-level cache holds.
static int64_t runs_of(const CEConvolution *w) {
  const int64_t fit = ce_cache_bytes() / 2 / (int64_t)sizeof(float) / run_floats(w);
  return max_of(1, min_of(fit, (tiles_of(w) + RUN - 1) / RUN));
}

static int64_t winograd_scratch(const CEConvolution *w) { return runs_of(w) * run_floats(w); }

/// Floats between the weights of two points. A line more than needed: else the vectors of a
/// kernel would compete for one place in the first-level cache.
static int64_t weight_step(const CEConvolution *w, int64_t group) {
  return blocks_of(w->inputs) * LANES * group * LANES + 16;
}

/// Floats of the weights of all points for the first so many output blocks.
static int64_t weights_before(const CEConvolution *w, int64_t blocks) {
  const int64_t whole = blocks / GROUP, rest = blocks % GROUP;
  return points_of(w) * (whole * weight_step(w, GROUP) + (rest ? weight_step(w, rest) : 0));
}

static int64_t winograd_weight_count(const CEConvolution *w) {
  return weights_before(w, blocks_of(w->outputs));
}

// MARK: Weights

/// Three taps, `from` steps apart, seen by the points of a tile.
INLINE void evaluate_taps(int tile, const float *taps, int64_t from, float *to, int64_t step) {
  const vf first = READ(taps), middle = READ(taps + from), last = READ(taps + 2 * from);
  if (tile == 2) {
    const vf even = 0.5f * (first + last), odd = 0.5f * middle;
    AT(to) = first;
    AT(to + step) = even + odd;
    AT(to + 2 * step) = even - odd;
    AT(to + 3 * step) = last;
    return;
  }
  const float a = 1 / (2 * A2 * (A2 - B2)), b = 1 / (2 * B2 * (B2 - A2));
  const vf evenA = a * first + a * A2 * last, evenB = b * first + b * B2 * last;
  AT(to) = 1 / (A2 * B2) * first;
  AT(to + step) = evenA + a * A1 * middle;
  AT(to + 2 * step) = evenA - a * A1 * middle;
  AT(to + 3 * step) = evenB + b * B1 * middle;
  AT(to + 4 * step) = evenB - b * B1 * middle;
  AT(to + 5 * step) = last;
}

/// `taps` is [9][LANES].
INLINE void evaluate_kernel(int tile, const float *taps, float *to, int64_t step) {
  float rows[18 * LANES];
  UNROLL for (int j = 0; j < 3; j++)
    evaluate_taps(tile, taps + j * LANES, 3 * LANES, rows + j * LANES, 3 * LANES);
  UNROLL for (int i = 0; i < tile + 2; i++)
    evaluate_taps(tile, rows + 3 * i * LANES, LANES, to + (tile + 2) * i * step, step);
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
TARGET static void take_weights(const CEConvolution *w, const float *weight, bool turned, int64_t in,
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

/// Output blocks, whole groups, of one of several workers.
typedef struct {
  int64_t first, end;
} Blocks;

static Blocks blocks_of_part(const CEConvolution *w, int64_t part, int64_t parts) {
  const int64_t blocks = blocks_of(w->outputs), groups = (blocks + GROUP - 1) / GROUP;
  return (Blocks){groups * part / parts * GROUP,
                  min_of(blocks, groups * (part + 1) / parts * GROUP)};
}

TARGET static void winograd_weights(const CEConvolution *w, int64_t part, int64_t parts,
                                    const float *weight, bool turned, float *transformed) {
  const int64_t inBlocks = blocks_of(w->inputs);
  const Blocks mine = blocks_of_part(w, part, parts);
  float taps[LANES * 9 * LANES];
  transformed += weights_before(w, mine.first);
  for (int64_t first = mine.first; first < mine.end; first += GROUP) {
    const int64_t group = min_of(GROUP, mine.end - first);
    const int64_t step = weight_step(w, group);
    for (int64_t in = 0; in < inBlocks * LANES; in += LANES)
      for (int64_t n = 0; n < group; n++) {
        take_weights(w, weight, turned, in, (first + n) * LANES, taps);
        for (int64_t i = 0; i < LANES; i++)
          if (w->tile == 2)
            evaluate_kernel(2, taps + i * 9 * LANES,
                            transformed + ((in + i) * group + n) * LANES, step);
          else
            evaluate_kernel(4, taps + i * 9 * LANES,
                            transformed + ((in + i) * group + n) * LANES, step);
      }
    transformed += points_of(w) * step;
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

/// 4x4 inputs, whose rows lie `row` floats apart, seen by all points.
INLINE void evaluate_few_inputs(const float *x, int64_t row, float *to) {
  vf seen[4][4];
  UNROLL for (int j = 0; j < 4; j++) {
    const float *d = x + j * LANES;
    const vf d0 = READ(d), d1 = READ(d + row), d2 = READ(d + 2 * row), d3 = READ(d + 3 * row);
    seen[0][j] = d0 - d2;
    seen[1][j] = d2 + d1;
    seen[2][j] = d2 - d1;
    seen[3][j] = d3 - d1;
  }
  UNROLL for (int i = 0; i < 4; i++, to += 4 * INPUT_STEP) {
    AT(to) = seen[i][0] - seen[i][2];
    AT(to + INPUT_STEP) = seen[i][2] + seen[i][1];
    AT(to + 2 * INPUT_STEP) = seen[i][2] - seen[i][1];
    AT(to + 3 * INPUT_STEP) = seen[i][3] - seen[i][1];
  }
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

static Tile tile_at(const CEConvolution *w, int64_t index) {
  const int64_t rows = tiles_along(w, w->height), columns = tiles_along(w, w->width);
  return (Tile){index / (rows * columns), index / columns % rows * w->tile,
                index % columns * w->tile};
}

static Tile tile_after(const CEConvolution *w, Tile t) {
  if ((t.column += w->tile) < w->width) return t;
  t.column = 0;
  if ((t.row += w->tile) < w->height) return t;
  return (Tile){t.image + 1, 0, 0};
}

/// The inputs of a tile at the edge, zeros around them, as [side][side][LANES].
INLINE void pad_inputs(int side, const CEConvolution *w, const float *map, int64_t top,
                       int64_t left, float *patch) {
  const int64_t begin = max_of(0, -left), end = min_of(side, w->width - left);
  for (int64_t i = 0; i < side; i++, patch += side * LANES) {
    const bool inside = top + i >= 0 && top + i < w->height;
    const float *from = map + ((top + i) * w->width + left) * LANES;
    UNROLL for (int j = 0; j < side; j++) AT(patch + j * LANES) = (vf){0};
    if (inside)
      for (int64_t j = begin; j < end; j++) AT(patch + j * LANES) = READ(from + j * LANES);
  }
}

INLINE void take_run_by(int side, const CEConvolution *w, const float *x, Tile first,
                        int64_t tiles, float *to) {
  const int64_t row = w->width * LANES, plane = w->height * row, blocks = blocks_of(w->inputs);
  for (int64_t block = 0; block < blocks; block++, to += side * side * INPUT_STEP) {
    Tile tile = first;
    for (int64_t t = 0; t < tiles; t++, tile = tile_after(w, tile)) {
      const int64_t top = tile.row - 1, left = tile.column - 1;
      const float *from = x + (tile.image * blocks + block) * plane;
      float patch[36 * LANES];
      int64_t step = row;
      if (top >= 0 && left >= 0 && top + side <= w->height && left + side <= w->width) {
        from += top * row + left * LANES;
      } else {
        pad_inputs(side, w, from, top, left, patch);
        from = patch;
        step = side * LANES;
      }
      if (side == 4)
        evaluate_few_inputs(from, step, to + t * LANES);
      else
        evaluate_inputs(from, step, to + t * LANES);
    }
  }
}

/// Transforms the inputs of a run of tiles.
TARGET static void take_run(const CEConvolution *w, const float *x, Tile first, int64_t tiles,
                            float *to) {
  if (w->tile == 2)
    take_run_by(4, w, x, first, tiles, to);
  else
    take_run_by(6, w, x, first, tiles, to);
}

// MARK: Products

/// products[t][n] = Σ inputs[block][t][lane] · weights[block][lane][n]; all sums in registers.
/// The inputs' blocks lie `step` floats apart.
INLINE void multiply(int tiles, int group, int64_t blocks, int64_t step, const float *inputs,
                     const float *weights, float *products) {
  vf sums[RUN][GROUP];
  UNROLL for (int t = 0; t < tiles; t++)
    UNROLL for (int n = 0; n < group; n++) sums[t][n] = (vf){0};
  for (int64_t block = 0; block < blocks; block++, inputs += step)
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
  TARGET static void multiply_##tiles(int64_t group, int64_t blocks, int64_t step,                 \
                                      const float *inputs, const float *weights,                   \
                                      float *products) {                                           \
    if (group == GROUP)                                                                            \
      multiply(tiles, GROUP, blocks, step, inputs, weights, products);                             \
    else                                                                                           \
      multiply(tiles, 1, blocks, step, inputs, weights, products);                                 \
  }
typedef void (*Multiply)(int64_t, int64_t, int64_t, const float *, const float *, float *);
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
  const float *bias, *residual;
  bool relu;
  float *y;
} Output;

/// Results of a line, finished and written, `columns` of them.
INLINE void finish_results(int tile, const vf *results, Output o, int64_t at, int64_t columns) {
  const vf zero = {0};
  UNROLL for (int j = 0; j < tile; j++) {
    if (j >= columns) break;
    const int64_t p = at + j * LANES;
    vf v = results[j];
    if (o.bias) v += READ(o.bias);
    if (o.residual) v += READ(o.residual + p);
    if (o.relu) v = WHERE(v > zero, v);
    AT(o.y + p) = v;
  }
}

/// Four results of a line from its six points.
INLINE void finish_line(const vf m[6], Output o, int64_t at, int64_t columns) {
  const vf sumA = m[1] + m[2], sumB = m[3] + m[4], differA = m[1] - m[2], differB = m[3] - m[4];
  const vf results[4] = {m[0] + sumA + sumB, A1 * differA + B1 * differB, A2 * sumA + B2 * sumB,
                         A3 * differA + (B3 * differB + m[5])};
  finish_results(4, results, o, at, columns);
}

/// 16 products to the results of a tile of 2x2, of which `rows` x `columns` are inside the map.
INLINE void finish_small_tile(const float *m, Output o, int64_t row, int64_t rows,
                              int64_t columns) {
  vf first[4], second[4];
  UNROLL for (int j = 0; j < 4; j++) {
    const float *p = m + j * PRODUCT_STEP;
    const vf a = READ(p + 4 * PRODUCT_STEP), b = READ(p + 8 * PRODUCT_STEP);
    first[j] = READ(p) + a + b;
    second[j] = a - b + READ(p + 12 * PRODUCT_STEP);
  }
  const vf above[2] = {first[0] + first[1] + first[2], first[1] - first[2] + first[3]};
  finish_results(2, above, o, 0, columns);
  if (rows < 2) return;
  const vf below[2] = {second[0] + second[1] + second[2], second[1] - second[2] + second[3]};
  finish_results(2, below, o, row, columns);
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
INLINE void give(int side, const CEConvolution *w, const float *products, Tile tile,
                 int64_t tiles, int64_t block, int64_t group, Output whole) {
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
      if (side == 2)
        finish_small_tile(m, o, row, rows, columns);
      else if (rows >= 4 && columns >= 4)
        finish_tile(m, o, row, 4, 4);
      else
        finish_tile(m, o, row, rows, columns);
    }
  }
}

TARGET static void give_run(const CEConvolution *w, const float *products, Tile tile, int64_t tiles,
                            int64_t block, int64_t group, Output o) {
  // In training there is most often nothing to add: that is compiled for itself.
  if (w->tile == 2)
    give(2, w, products, tile, tiles, block, group, o);
  else if (o.bias || o.residual || o.relu)
    give(4, w, products, tile, tiles, block, group, o);
  else
    give(4, w, products, tile, tiles, block, group, (Output){.y = o.y});
}

/// What one of several workers does: tiles or pixels, and output blocks, whole groups of these.
typedef struct {
  int64_t start, end, firstBlock, endBlock;
} Share;

/// Shares places out; or the outputs, where so many weights are too many for a cache: then each
/// worker reads only its own, and takes all inputs.
static Share share_of(const CEConvolution *w, int64_t places, int64_t weights, int64_t part,
                      int64_t parts) {
  const int64_t blocks = blocks_of(w->outputs), groups = (blocks + GROUP - 1) / GROUP;
  if (groups % parts == 0 && weights * (int64_t)sizeof(float) > 4 * ce_cache_bytes()) {
    const Blocks mine = blocks_of_part(w, part, parts);
    return (Share){0, places, mine.first, mine.end};
  }
  return (Share){places * part / parts, places * (part + 1) / parts, 0, blocks};
}

TARGET static void winograd(const CEConvolution *w, int64_t part, int64_t parts, const float *x,
                            const float *weights, const float *bias, const float *residual,
                            bool relu, float *y, float *scratch) {
  const Share share = share_of(w, tiles_of(w), winograd_weight_count(w), part, parts);
  const int64_t start = share.start, tiles = share.end - start;
  const int64_t most = runs_of(w) * RUN, blocks = (tiles + most - 1) / most;
  const int64_t inBlocks = blocks_of(w->inputs);
  const int64_t points = points_of(w), blockStep = points * INPUT_STEP;
  const int64_t inputStep = blockStep * inBlocks, productStep = points * PRODUCT_STEP;
  float *const products = scratch + runs_of(w) * inputStep;
  const Output output = {bias, residual, relu, y};
  for (int64_t b = 0; b < blocks; b++) {
    // Blocks are alike, and runs are, up to one tile: none is left nearly empty.
    const int64_t first = tiles * b / blocks, count = tiles * (b + 1) / blocks - first;
    const int64_t begin = start + first;
    const int64_t runs = (count + RUN - 1) / RUN, least = count / runs, longer = count % runs;
#define RUN_TILE(r) tile_at(w, begin + (r) * least + min_of(r, longer))
#define RUN_TILES(r) (least + ((r) < longer))
    for (int64_t r = 0; r < runs; r++)
      take_run(w, x, RUN_TILE(r), RUN_TILES(r), scratch + r * inputStep);
    const float *weight = weights + weights_before(w, share.firstBlock);
    for (int64_t out = share.firstBlock; out < share.endBlock; out += GROUP) {
      const int64_t group = min_of(GROUP, share.endBlock - out);
      for (int point = 0; point < points; point++, weight += weight_step(w, group))
        for (int64_t r = 0; r < runs; r++)
          multiplications[RUN_TILES(r) - 1](group, inBlocks, blockStep,
                                            scratch + r * inputStep + point * INPUT_STEP, weight,
                                            products + r * productStep + point * PRODUCT_STEP);
      for (int64_t r = 0; r < runs; r++)
        give_run(w, products + r * productStep, RUN_TILE(r), RUN_TILES(r), out, group, output);
    }
#undef RUN_TILE
#undef RUN_TILES
  }
}
