// Included by bytes.h for every instruction set and lane count: no guard.
// A convolution keeps the sums of RUN pixels and GROUP blocks of output channels in registers. Four
// inputs of a pixel are multiplied at once by those of LANES outputs; each window is a few planes
// and rows of such quads that follow each other in memory. Weights lie in the order of their use:
// [groups][planes][rows][quads][blocks of the group][LANES][4].

/// Blocks of output channels computed together.
#define GROUP 2
/// Four neighbouring bytes, anywhere.
typedef int32_t quad __attribute__((aligned(1), may_alias));

// MARK: Products

// Four inputs, the same for every lane, by four weights of each lane. Pairs of products fit in 32
// bits but not in 16, where the older instruction for bytes would cut them off; so without VNNI
// bytes are widened first.

#if WAY == VNNI
typedef vi Inputs;
typedef vi Factors;
INLINE Inputs inputs_of(vi bytes) { return bytes; }
INLINE Factors factors_of(vi bytes) { return bytes; }
INLINE vi dot(vi sum, Inputs x, Factors w) {
  return (vi)DOT((REGISTER)sum, (REGISTER)x, (REGISTER)w);
}
#elif WAY == PAIRS
typedef int16_t vs __attribute__((vector_size(4 * LANES), aligned(4)));
typedef struct {
  vs even, odd;
} Inputs;
typedef Inputs Factors;
INLINE Inputs inputs_of(vi bytes) {
  return (Inputs){(vs)(bytes & 0x00ff00ff), (vs)((vi)((vu)bytes >> 8) & 0x00ff00ff)};
}
INLINE Factors factors_of(vi bytes) { return (Factors){(vs)bytes << 8 >> 8, (vs)bytes >> 8}; }
INLINE vi dot(vi sum, Inputs x, Factors w) {
  return sum + ((vi)PAIR((REGISTER)x.even, (REGISTER)w.even) +
                (vi)PAIR((REGISTER)x.odd, (REGISTER)w.odd));
}
#else
typedef struct {
  vi bytes[4];
} Inputs;
typedef Inputs Factors;
INLINE Inputs inputs_of(vi bytes) {
  return (Inputs){{bytes & 255, bytes >> 8 & 255, bytes >> 16 & 255, bytes >> 24 & 255}};
}
INLINE Factors factors_of(vi bytes) {
  return (Factors){{bytes << 24 >> 24, bytes << 16 >> 24, bytes << 8 >> 24, bytes >> 24}};
}
INLINE vi dot(vi sum, Inputs x, Factors w) {
  UNROLL for (int i = 0; i < 4; i++) sum += x.bytes[i] * w.bytes[i];
  return sum;
}
#endif

// MARK: Convolution

/// A window, as bytes of the input.
typedef struct {
  int64_t planes, plane, rows, row, quads;
  /// Between the windows of two neighbours.
  int64_t step;
} Windows;

static Windows windows_of(const CEByteConvolution *c) {
  const CEByteMap *in = &c->input;
  return (Windows){.planes = in->planes,
                   .plane = plane_bytes(in),
                   .rows = c->kernel,
                   .row = row_bytes(in),
                   .quads = (c->kernel * in->pixel + 3) / 4,
                   .step = c->stride * in->pixel};
}

static int64_t group_weights(const Windows *w, int64_t blocks) {
  return w->planes * w->rows * w->quads * blocks * LANES * 4;
}

static int64_t weight_count(const CEByteConvolution *c) {
  const Windows w = windows_of(c);
  return group_weights(&w, c->output.planes);
}

static void weights(const CEByteConvolution *c, int64_t outputs, int64_t inputs,
                    const int8_t *plain, int8_t *packed) {
  const Windows w = windows_of(c);
  const int64_t pixel = c->input.pixel, kernel = c->kernel;
  for (int64_t first = 0; first < c->output.planes; first += GROUP)
    for (int64_t plane = 0; plane < w.planes; plane++)
      for (int64_t row = 0; row < kernel; row++)
        for (int64_t place = 0; place < w.quads * 4; place += 4)
          for (int64_t output = first * LANES;
               output < min_of(first + GROUP, c->output.planes) * LANES; output++)
            for (int64_t byte = place; byte < place + 4; byte++) {
              const int64_t column = byte / pixel, input = plane * pixel + byte % pixel;
              const bool exists = output < outputs && input < inputs && column < kernel;
              const int64_t line = (output * inputs + input) * kernel + row;
              *packed++ = exists ? plain[line * kernel + column] : 0;
            }
}

/// What becomes of the sums.
typedef struct {
  const float *scale, *shift;
  float low;
  /// The other term's pixel, its bytes between two blocks, and its worth.
  const uint8_t *other;
  int64_t other_plane;
  float worth;
  /// The output's pixel, bytes or floats, and those between two blocks.
  uint8_t *y;
  float *floats;
  int64_t plane;
} Finish;

/// By block and pixel. They pass through memory, so that what follows is compiled once and not for
/// every run.
typedef vi Sums[GROUP][RUN];

TARGET static void finish(const Finish *f, Sums sums, int64_t run, int64_t group) {
  for (int64_t g = 0; g < group; g++) {
    const vf scale = FLOATS(f->scale + g * LANES), shift = FLOATS(f->shift + g * LANES);
    const vf low = (vf){0} + f->low;
    const float worth = f->worth;
    const uint8_t *other = f->other + g * f->other_plane;
    uint8_t *y = f->y + g * f->plane;
    float *floats = f->floats + g * f->plane;
#define VALUE(r) (__builtin_convertvector(sums[g][r], vf) * scale + shift)
#define BOTH(r) (VALUE(r) + widened(other + (r) * LANES) * worth)
#define FLOAT(r, v) *(vf *)(floats + (r) * LANES) = __builtin_elementwise_max(v, low)
#define BYTES(value)                                                                               \
  int64_t r = 0;                                                                                   \
  for (; r + 4 <= run; r += 4) {                                                                   \
    const vf four[4] = {value(r), value(r + 1), value(r + 2), value(r + 3)};                       \
    write_four(y + r * LANES, four, low);                                                          \
  }                                                                                                \
  for (; r < run; r++) *(vb *)(y + r * LANES) = rounded_bytes(value(r), low)
    if (f->floats && f->other)
      for (int64_t r = 0; r < run; r++) FLOAT(r, BOTH(r));
    else if (f->floats)
      for (int64_t r = 0; r < run; r++) FLOAT(r, VALUE(r));
    else if (f->other) {
      BYTES(BOTH);
    } else {
      BYTES(VALUE);
    }
  }
}

/// Some neighbouring pixels of some blocks; all counts but the window's are constants where this is
/// inlined.
INLINE void tile(const Windows *windows, const uint8_t *x, const int8_t *w, Sums to, int run,
                 int group, int64_t step) {
  vi sums[RUN][GROUP];
  UNROLL for (int r = 0; r < run; r++)
    UNROLL for (int g = 0; g < group; g++) sums[r][g] = (vi){0};
  for (int64_t plane = 0; plane < windows->planes; plane++)
    for (int64_t row = 0; row < windows->rows; row++) {
      const uint8_t *from = x + plane * windows->plane + row * windows->row;
      for (int64_t q = 0; q < windows->quads; q++, from += 4, w += group * LANES * 4) {
        Factors factors[GROUP];
        UNROLL for (int g = 0; g < group; g++)
          factors[g] = factors_of(*(const vi *)(w + g * LANES * 4));
        UNROLL for (int r = 0; r < run; r++) {
          const Inputs inputs = inputs_of((vi){0} + *(const quad *)(from + r * step));
          UNROLL for (int g = 0; g < group; g++)
            sums[r][g] = dot(sums[r][g], inputs, factors[g]);
        }
      }
    }
  UNROLL for (int g = 0; g < group; g++)
    UNROLL for (int r = 0; r < run; r++) to[g][r] = sums[r][g];
}

// The addresses of a run are constants where the step is one.
#define STEPS(run, group)                                                                          \
  switch (windows->step) {                                                                         \
  case LANES: return tile(windows, x, w, sums, run, group, LANES);                                 \
  case 2 * LANES: return tile(windows, x, w, sums, run, group, 2 * LANES);                         \
  case 2: return tile(windows, x, w, sums, run, group, 2);                                         \
  default: return tile(windows, x, w, sums, run, group, windows->step);                            \
  }
#define GROUPS(run)                                                                                \
  case run:                                                                                        \
    if (group == GROUP) STEPS(run, GROUP)                                                          \
    STEPS(run, 1)

TARGET static void any_tile(const Windows *windows, const uint8_t *x, const int8_t *w, Sums sums,
                            int64_t run, int64_t group) {
  switch (run) {
    GROUPS(1)
    GROUPS(2)
    GROUPS(3)
#if RUN > 3
    GROUPS(4)
    GROUPS(5)
    GROUPS(6)
#endif
#if RUN > 6
    GROUPS(7)
    GROUPS(8)
    GROUPS(9)
    GROUPS(10)
    GROUPS(11)
    GROUPS(12)
#endif
#if RUN > 12
    GROUPS(13)
    GROUPS(14)
#endif
  default: __builtin_unreachable();
  }
}

TARGET static void convolution(const CEByteConvolution *c, const CEBytePart *part,
                               const uint8_t *x, const int8_t *packed, const float *scale,
                               const float *shift, const CEByteTerm *other, uint8_t *y,
                               float *floats) {
  const Windows windows = windows_of(c);
  const CEByteMap *out = &c->output;
  const int64_t runs = (out->width + RUN - 1) / RUN;
  Sums sums __attribute__((aligned(64)));
  Finish f = {.plane = floats ? out->height * out->width * LANES : plane_bytes(out)};
  if (other) {
    f.worth = other->worth;
    f.other_plane = plane_bytes(&other->map);
  }
  if (floats)
    f.low = c->relu ? 0 : -__builtin_inff();
  else
    f.low = c->relu ? out->zero : 0;
  for (int64_t g = part->firstGroup; g < part->lastGroup; g++) {
    const int64_t block = g * GROUP, blocks = min_of(GROUP, out->planes - block);
    const int8_t *w = packed + group_weights(&windows, block);
    f.scale = scale + block * LANES;
    f.shift = shift + block * LANES;
    for (int64_t row = part->firstRow; row < part->lastRow; row++) {
      const uint8_t *from = x + place(&c->input, 0, row * c->stride - c->padding) -
                            c->padding * c->input.pixel;
      // Runs of nearly the same length: a short last one would leave registers unused.
      for (int64_t i = 0; i < runs; i++) {
        const int64_t column = out->width * i / runs, end = out->width * (i + 1) / runs;
        if (other) f.other = other->bytes + place(&other->map, block, row) + column * LANES;
        if (floats)
          f.floats = floats + ((block * out->height + row) * out->width + column) * LANES;
        else
          f.y = y + place(out, block, row) + column * LANES;
        any_tile(&windows, from + column * windows.step, w, sums, end - column, blocks);
        finish(&f, sums, end - column, blocks);
      }
    }
    if (!floats)
      for (int64_t b = block; b < block + blocks; b++)
        frame(out, b, part->firstRow, part->lastRow, y);
  }
}
