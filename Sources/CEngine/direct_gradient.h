// Included by convolution.h after direct.h: no guard.
// The gradient of a convolution's weights by the direct sum: every tap's inputs against the slopes
// of two output blocks, the sums of a strip of inputs in registers, each gradient written once.
//
// Images are taken in bands of a few. Sums are taken in the order of images and pixels, whatever
// the bands, so the same call gives the same bits.
//
// Scratch: the inputs of a block as the taps see them, [9][pixels of the band][LANES].
// Gradient: [input blocks][groups][9][LANES][output blocks of the group][LANES].

static int64_t direct_plane(const CEConvolution *w) {
  return direct_out(w, w->height) * direct_out(w, w->width);
}

/// Images in a band: as many as leave the inputs half of the second-level cache.
static int64_t direct_gradient_band(const CEConvolution *w) {
  const int64_t image = direct_plane(w) * TAPS * LANES * (int64_t)sizeof(float);
  return min_of(w->images, max_of(1, ce_cache_bytes() / 2 / image));
}

static int64_t direct_gradient_scratch(const CEConvolution *w) {
  return direct_gradient_band(w) * direct_plane(w) * TAPS * LANES;
}

/// sums[i][n] (+)= Σ inputs[image][pixel][i] · slopes[image][n][pixel] for a strip of inputs;
/// slopes of two images lie `step` floats apart.
INLINE void sum_pixels(int strip, int group, int64_t images, int64_t pixels, const float *inputs,
                       const float *slopes, int64_t step, bool add, float *to) {
  vf sums[LANES][GROUP];
  UNROLL for (int i = 0; i < strip; i++)
    UNROLL for (int n = 0; n < group; n++)
      sums[i][n] = add ? READ(to + (i * group + n) * LANES) : (vf){0};
  for (int64_t image = 0; image < images; image++, slopes += step) {
    const float *slope = slopes;
#pragma clang loop unroll(disable)
    for (int64_t p = 0; p < pixels; p++, inputs += LANES, slope += LANES) {
      vf s[GROUP];
      UNROLL for (int n = 0; n < group; n++) s[n] = READ(slope + n * pixels * LANES);
      UNROLL for (int i = 0; i < strip; i++)
        UNROLL for (int n = 0; n < group; n++) sums[i][n] += inputs[i] * s[n];
    }
  }
  UNROLL for (int i = 0; i < strip; i++)
    UNROLL for (int n = 0; n < group; n++) AT(to + (i * group + n) * LANES) = sums[i][n];
}

/// The gradients of a tap for LANES inputs and the output blocks of a group.
TARGET static void sum_tap(int64_t group, int64_t images, int64_t pixels, const float *inputs,
                           const float *slopes, int64_t step, bool add, float *to) {
  if (group == GROUP && GROUP > 1)
    for (int64_t i = 0; i < LANES; i += STRIP, to += STRIP * GROUP * LANES)
      sum_pixels(STRIP, GROUP, images, pixels, inputs + i, slopes, step, add, to);
  else
    for (int64_t i = 0; i < LANES; i += LONE_STRIP, to += LONE_STRIP * LANES)
      sum_pixels(LONE_STRIP, 1, images, pixels, inputs + i, slopes, step, add, to);
}

TARGET static void direct_gradient(const CEConvolution *w, const float *x, const float *slopes,
                                   float *gradient, float *scratch) {
  const int64_t outBlocks = blocks_of(w->outputs), pixels = direct_plane(w);
  const int64_t plane = pixels * LANES, step = outBlocks * plane, band = direct_gradient_band(w);
  for (int64_t first = 0; first < w->images; first += band) {
    const int64_t images = min_of(band, w->images - first), all = images * pixels;
    float *to = gradient;
    for (int64_t in = 0; in < blocks_of(w->inputs); in++) {
      take_taps(w, x, in, first * pixels, all, scratch);
      for (int64_t out = 0; out < outBlocks; out += GROUP) {
        const int64_t group = min_of(GROUP, outBlocks - out);
        for (int64_t tap = 0; tap < TAPS; tap++, to += LANES * group * LANES)
          sum_tap(group, images, pixels, scratch + tap * all * LANES,
                  slopes + first * step + out * plane, step, first > 0, to);
      }
    }
  }
}

/// A gradient, or a sum of several, to [outputs][inputs][9].
TARGET static void direct_gradient_unpack(const CEConvolution *w, const float *gradient,
                                          float *plain) {
  const int64_t outBlocks = blocks_of(w->outputs);
  float taps[LANES * TAPS * LANES];
  for (int64_t in = 0; in < blocks_of(w->inputs); in++)
    for (int64_t out = 0; out < outBlocks; out += GROUP) {
      const int64_t group = min_of(GROUP, outBlocks - out);
      for (int64_t n = 0; n < group; n++) {
        for (int64_t tap = 0; tap < TAPS; tap++)
          for (int64_t lane = 0; lane < LANES; lane++)
            AT(taps + (lane * TAPS + tap) * LANES) =
                READ(gradient + ((tap * LANES + lane) * group + n) * LANES);
        give_weights(w, taps, in * LANES, (out + n) * LANES, plain);
      }
      gradient += TAPS * LANES * group * LANES;
    }
}
