// Included by kernels.h for every instruction set and lane count: no guard.
// Convolutions with a kernel of 3x3: by Winograd's algorithm, or by the direct sum for a tile of 1.

#include "winograd.h"
#include "winograd_gradient.h"
#include "direct.h"
#include "direct_gradient.h"

static int64_t convolution_weight_count(const CEConvolution *w) {
  return w->tile == 1 ? direct_weight_count(w) : winograd_weight_count(w);
}

static int64_t convolution_scratch(const CEConvolution *w) {
  return w->tile == 1 ? direct_scratch(w) : winograd_scratch(w);
}

static void convolution_weights(const CEConvolution *w, int64_t part, int64_t parts,
                                const float *weight, bool turned, float *packed) {
  if (w->tile == 1)
    direct_weights(w, part, parts, weight, turned, packed);
  else
    winograd_weights(w, part, parts, weight, turned, packed);
}

static void convolution(const CEConvolution *w, int64_t part, int64_t parts, const float *x,
                        const float *packed, const float *bias, const float *residual, bool relu,
                        float *y, float *scratch) {
  if (w->tile == 1)
    direct(w, part, parts, x, packed, bias, residual, relu, y, scratch);
  else
    winograd(w, part, parts, x, packed, bias, residual, relu, y, scratch);
}

static int64_t convolution_gradient_count(const CEConvolution *w) {
  return w->tile == 1 ? direct_weight_count(w) : w->outputs * w->inputs * 9;
}

static int64_t convolution_gradient_scratch(const CEConvolution *w) {
  return w->tile == 1 ? direct_gradient_scratch(w) : winograd_gradient_scratch(w);
}

static void convolution_gradient(const CEConvolution *w, const float *x, const float *slopes,
                                 float *gradient, float *scratch) {
  if (w->tile == 1)
    direct_gradient(w, x, slopes, gradient, scratch);
  else
    winograd_gradient(w, x, slopes, gradient, scratch);
}

static void convolution_gradient_unpack(const CEConvolution *w, const float *gradient,
                                        float *plain) {
  if (w->tile == 1)
    direct_gradient_unpack(w, gradient, plain);
  else if (plain != gradient)
    memcpy(plain, gradient, (size_t)convolution_gradient_count(w) * sizeof(float));
}
