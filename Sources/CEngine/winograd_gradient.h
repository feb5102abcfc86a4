// Included by convolution.h after winograd.h: no guard.
// The gradient of a convolution's weights by Winograd's algorithm: 36 multiplications for a tile
// of 4x4 slopes and its 6x6 inputs where the direct sum takes 144.
//
// It is the transpose of the convolution: inputs are seen by the points as there, slopes by the
// transpose of what turns products into results, their products are summed over all tiles, and
// the transpose of what the weights go through turns the sums into 3x3 taps. Sums are taken in the
// order of images and tiles, so the same call gives the same bits.
//
// Scratch: sums as transformed weights, then for a block of tiles, cut in runs,
//   inputs [runs][input blocks][36][RUN][LANES]
//   slopes [runs][output blocks][36][RUN][LANES]

/// Inputs whose sums are in registers at a time, for a whole group and for one output block.
#if RUN > 6
#define STRIP 8
#define LONE_STRIP LANES
#else
#define STRIP 4
#define LONE_STRIP 4
#endif
/// Bytes of inputs and slopes that a block may take.
#define GRADIENT_BYTES (512 * 1024)

static int64_t gradient_run_floats(const CEConvolution *w) {
  return POINTS * INPUT_STEP * (blocks_of(w->inputs) + blocks_of(w->outputs));
}

/// At least two, so that sums are not taken to memory and back too often.
static int64_t gradient_runs_of(const CEConvolution *w) {
  const int64_t fit = GRADIENT_BYTES / (int64_t)sizeof(float) / gradient_run_floats(w);
  return max_of(2, min_of(fit, (tiles_of(w) + RUN - 1) / RUN));
}

static int64_t winograd_gradient_scratch(const CEConvolution *w) {
  return winograd_weight_count(w) + gradient_runs_of(w) * gradient_run_floats(w);
}

// MARK: Slopes

/// Four values of a line seen by the points.
INLINE void evaluate_slope_line(const vf d[4], float *to) {
  const vf evenA = d[0] + A2 * d[2], oddA = d[1] + A2 * d[3];
  const vf evenB = d[0] + B2 * d[2], oddB = d[1] + B2 * d[3];
  AT(to) = d[0];
  AT(to + INPUT_STEP) = evenA + A1 * oddA;
  AT(to + 2 * INPUT_STEP) = evenA - A1 * oddA;
  AT(to + 3 * INPUT_STEP) = evenB + B1 * oddB;
  AT(to + 4 * INPUT_STEP) = evenB - B1 * oddB;
  AT(to + 5 * INPUT_STEP) = d[3];
}

/// The rows of points ±p.
INLINE void evaluate_slope_rows(float p, const float *x, int64_t row, float *to) {
  vf plus[4], minus[4];
  UNROLL for (int j = 0; j < 4; j++) {
    const float *d = x + j * LANES;
    const vf even = READ(d) + p * p * READ(d + 2 * row);
    const vf odd = READ(d + row) + p * p * READ(d + 3 * row);
    plus[j] = even + p * odd;
    minus[j] = even - p * odd;
  }
  evaluate_slope_line(plus, to);
  evaluate_slope_line(minus, to + 6 * INPUT_STEP);
}

/// 4x4 slopes, whose rows lie `row` floats apart, seen by all points.
INLINE void evaluate_slopes(const float *x, int64_t row, float *to) {
  vf zero[4], infinity[4];
  UNROLL for (int j = 0; j < 4; j++) {
    zero[j] = READ(x + j * LANES);
    infinity[j] = READ(x + j * LANES + 3 * row);
  }
  evaluate_slope_line(zero, to);
  evaluate_slope_line(infinity, to + 30 * INPUT_STEP);
  evaluate_slope_rows(A1, x, row, to + 6 * INPUT_STEP);
  evaluate_slope_rows(B1, x, row, to + 18 * INPUT_STEP);
}

/// Transforms the slopes of a run of tiles.
TARGET static void take_slopes(const CEConvolution *w, const float *slopes, Tile first,
                               int64_t tiles, float *to) {
  const int64_t row = w->width * LANES, plane = w->height * row, blocks = blocks_of(w->outputs);
  for (int64_t block = 0; block < blocks; block++, to += POINTS * INPUT_STEP) {
    Tile tile = first;
    for (int64_t t = 0; t < tiles; t++, tile = tile_after(w, tile)) {
      const int64_t rows = min_of(4, w->height - tile.row);
      const int64_t columns = min_of(4, w->width - tile.column);
      const float *corner = slopes + (tile.image * blocks + block) * plane + tile.row * row +
                            tile.column * LANES;
      if (rows == 4 && columns == 4) {
        evaluate_slopes(corner, row, to + t * LANES);
      } else {
        float patch[16 * LANES] = {0};
        for (int64_t i = 0; i < rows; i++)
          for (int64_t j = 0; j < columns; j++)
            AT(patch + (i * 4 + j) * LANES) = READ(corner + i * row + j * LANES);
        evaluate_slopes(patch, 4 * LANES, to + t * LANES);
      }
    }
  }
}

// MARK: Sums

/// How the tiles of a block are cut.
typedef struct {
  int64_t runs, least, longer, inputStep, slopeStep;
} Cut;

/// sums[i][n] (+)= Σ inputs[run][t][i] · slopes[run][n][t] for a strip of inputs.
INLINE void sum_strip(int strip, int group, const Cut *cut, const float *inputs,
                      const float *slopes, bool add, float *to) {
  vf sums[LANES][GROUP];
  UNROLL for (int i = 0; i < strip; i++)
    UNROLL for (int n = 0; n < group; n++)
      sums[i][n] = add ? READ(to + (i * group + n) * LANES) : (vf){0};
  for (int64_t r = 0; r < cut->runs; r++) {
    const float *in = inputs + r * cut->inputStep, *slope = slopes + r * cut->slopeStep;
    const int64_t tiles = cut->least + (r < cut->longer);
#pragma clang loop unroll(disable)
    for (int64_t t = 0; t < tiles; t++, in += LANES, slope += LANES) {
      vf s[GROUP];
      UNROLL for (int n = 0; n < group; n++) s[n] = READ(slope + n * POINTS * INPUT_STEP);
      UNROLL for (int i = 0; i < strip; i++)
        UNROLL for (int n = 0; n < group; n++) sums[i][n] += in[i] * s[n];
    }
  }
  UNROLL for (int i = 0; i < strip; i++)
    UNROLL for (int n = 0; n < group; n++) AT(to + (i * group + n) * LANES) = sums[i][n];
}

/// The sums of a point for all inputs and the output blocks of a group.
TARGET static void sum_point(int64_t group, int64_t blocks, const Cut *cut, const float *inputs,
                             const float *slopes, bool add, float *to) {
  for (int64_t block = 0; block < blocks; block++, inputs += POINTS * INPUT_STEP)
    if (group == GROUP && GROUP > 1)
      for (int64_t i = 0; i < LANES; i += STRIP, to += STRIP * GROUP * LANES)
        sum_strip(STRIP, GROUP, cut, inputs + i, slopes, add, to);
    else
      for (int64_t i = 0; i < LANES; i += LONE_STRIP, to += LONE_STRIP * LANES)
        sum_strip(LONE_STRIP, 1, cut, inputs + i, slopes, add, to);
}

// MARK: Taps

/// Six sums, `from` floats apart, to three taps, `step` floats apart.
INLINE void finish_taps(const float *sums, int64_t from, float *to, int64_t step) {
  const float a = 1 / (2 * A2 * (A2 - B2)), b = 1 / (2 * B2 * (B2 - A2));
  const vf u1 = READ(sums + from), u2 = READ(sums + 2 * from);
  const vf u3 = READ(sums + 3 * from), u4 = READ(sums + 4 * from);
  const vf sumA = u1 + u2, sumB = u3 + u4, differA = u1 - u2, differB = u3 - u4;
  AT(to) = 1 / (A2 * B2) * READ(sums) + (a * sumA + b * sumB);
  AT(to + step) = a * A1 * differA + b * B1 * differB;
  AT(to + 2 * step) = a * A2 * sumA + (b * B2 * sumB + READ(sums + 5 * from));
}

/// The taps of LANES inputs and an output block, [inputs][9][outputs], to [outputs][inputs][9].
TARGET static void give_weights(const CEConvolution *w, const float *taps, int64_t in,
                                int64_t out, float *gradient) {
  float copy[LANES][9 * LANES];
  for (int64_t column = 0; column < 9 * LANES; column += LANES)
    transpose(taps + column * LANES, LANES, copy[0] + column, 9 * LANES, LANES);
  const int64_t ins = min_of(LANES, w->inputs - in), outs = min_of(LANES, w->outputs - out);
  for (int64_t lane = 0; lane < outs; lane++)
    memcpy(gradient + ((out + lane) * w->inputs + in) * 9, copy[lane],
           (size_t)ins * 9 * sizeof(float));
}

/// The sums of LANES inputs and an output block to [outputs][inputs][9].
TARGET static void give_taps(const CEConvolution *w, const float *sums, int64_t step, int64_t next,
                             int64_t in, int64_t out, float *gradient) {
  float taps[LANES * 9 * LANES], lines[18 * LANES];
  for (int64_t i = 0; i < LANES; i++, sums += next) {
    UNROLL for (int j = 0; j < 6; j++)
      finish_taps(sums + j * step, 6 * step, lines + j * LANES, 6 * LANES);
    UNROLL for (int k = 0; k < 3; k++)
      finish_taps(lines + 6 * k * LANES, LANES, taps + (i * 9 + 3 * k) * LANES, LANES);
  }
  give_weights(w, taps, in, out, gradient);
}

TARGET static void winograd_gradient(const CEConvolution *w, const float *x, const float *slopes,
                                     float *gradient, float *scratch) {
  const int64_t inBlocks = blocks_of(w->inputs), outBlocks = blocks_of(w->outputs);
  const int64_t tiles = tiles_of(w), most = gradient_runs_of(w) * RUN;
  const int64_t blocks = (tiles + most - 1) / most;
  Cut cut = {.inputStep = POINTS * INPUT_STEP * inBlocks,
             .slopeStep = POINTS * INPUT_STEP * outBlocks};
  float *const inputs = scratch + winograd_weight_count(w);
  float *const seen = inputs + gradient_runs_of(w) * cut.inputStep;
  for (int64_t b = 0; b < blocks; b++) {
    const int64_t begin = tiles * b / blocks, count = tiles * (b + 1) / blocks - begin;
    cut.runs = (count + RUN - 1) / RUN;
    cut.least = count / cut.runs;
    cut.longer = count % cut.runs;
    for (int64_t r = 0; r < cut.runs; r++) {
      const Tile tile = tile_at(w, begin + r * cut.least + min_of(r, cut.longer));
      const int64_t length = cut.least + (r < cut.longer);
      take_run(w, x, tile, length, inputs + r * cut.inputStep);
      take_slopes(w, slopes, tile, length, seen + r * cut.slopeStep);
    }
    float *sums = scratch;
    for (int64_t first = 0; first < outBlocks; first += GROUP) {
      const int64_t group = min_of(GROUP, outBlocks - first);
      for (int64_t point = 0; point < POINTS; point++, sums += weight_step(w, group))
        sum_point(group, inBlocks, &cut, inputs + point * INPUT_STEP,
                  seen + (first * POINTS + point) * INPUT_STEP, b > 0, sums);
    }
  }
  const float *sums = scratch;
  for (int64_t first = 0; first < outBlocks; first += GROUP) {
    const int64_t group = min_of(GROUP, outBlocks - first), step = weight_step(w, group);
    for (int64_t in = 0; in < inBlocks * LANES; in += LANES)
      for (int64_t n = 0; n < group; n++)
        give_taps(w, sums + (in * group + n) * LANES, step, group * LANES, in,
                  (first + n) * LANES, gradient);
    sums += POINTS * step;
  }
}
