/// Own kernels of the engine: convolutions, what lies between convolutions, optimisers.
///
/// Maps are blocked: `[images][ceil(channels / lanes)][pixels][lanes]`, lanes beyond the last
/// channel are 0 and stay 0, but for maps made of bytes, which nobody reads there. Flat arrays are 64-byte aligned and padded to 16 floats; their counts
/// are rounded up to 16. Every instruction set gives the same bits: no fused multiply-add, the same
/// order of additions everywhere. Only convolutions fuse, and differ in the last bits.
#pragma once
#include "CEBytes.h"
#include <stdbool.h>
#include <stdint.h>

/// What the processor can do, weakest first.
typedef enum { CE_BASELINE = 0, CE_AVX2 = 1, CE_AVX512 = 2 } CEInstructionSet;

/// The best set this processor has.
CEInstructionSet ce_instruction_set(void);

/// Bytes of the second-level cache, from 512 KiB to 2 MiB.
int64_t ce_cache_bytes(void);

/// Multiplies and adds in registers only, on the calling thread, for some 10 microseconds a round.
/// Returns how many operations that were.
int64_t ce_multiply_add(CEInstructionSet set, int64_t rounds);

/// Tells OpenMP (if the process has one) to use so many threads for work of the calling thread.
/// Returns what was set before, or 0 without OpenMP.
int ce_set_openmp_threads(int threads);

/// Lets every other thread go before the calling one where both want the processor.
void ce_yield_to_others(void);

/// Tells the processor that the caller is waiting in a loop, some 30 nanoseconds at a time.
static inline void ce_relax(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

/// A group norm over blocked maps.
typedef struct {
  int64_t images, channels, pixels, groups;
  float epsilon;
} CENorm;

/// A window sliding over blocked maps.
typedef struct {
  int64_t images, channels, height, width, outHeight, outWidth;
  int64_t kernelHeight, kernelWidth, stride, padding;
} CEWindow;

/// A convolution over blocked maps, kernel 3x3, padding 1.
///
/// A tile of 4 or 2 means Winograd's algorithm for so many results in both directions, with a
/// stride of 1; a tile of 1 means the direct sum.
typedef struct {
  int64_t images, inputs, outputs, height, width, stride, tile;
} CEConvolution;

/// One AdamW step; corrections are 1 - beta^step.
typedef struct {
  float learningRate, beta1, beta2, epsilon, decay, correction1, correction2;
} CEAdamW;

typedef struct {
  float learningRate, momentum, decay;
} CEMomentum;

typedef enum {
  CE_SIGMOID, CE_SWISH, CE_HARD_SIGMOID, CE_HARD_SWISH, CE_CLIP, CE_LEAKY
} CECurveKind;

/// A curve applied to each number; `a` and `b` are slope and offset, or the ends of a clip.
typedef struct {
  CECurveKind kind;
  float a, b;
} CECurve;

/// The kernels for one instruction set and one number of lanes.
typedef struct {
  /// y = norm(x) [+ residual] [then ReLU]; residual may be NULL.
  /// `statistics` gets mean and 1/deviation: [images][groups][2].
  /// `scratch` is 4 doubles for each padded channel.
  void (*norm_forward)(const CENorm *, const float *x, const float *residual, const float *weight,
                       const float *bias, bool relu, float *y, float *statistics, double *scratch);
  /// Gradients of norm_forward. `y` is its result where it had a ReLU, else NULL.
  /// `dx` and `dresidual` (each may be NULL) are added to where told, else written.
  /// `dweight` and `dbias` are written. `scratch` is 6 doubles for each padded channel.
  void (*norm_backward)(const CENorm *, const float *x, const float *y, const float *statistics,
                        const float *weight, const float *dy, float *dx, bool add_dx,
                        float *dresidual, bool add_dresidual, float *dweight, float *dbias,
                        double *scratch);

  /// Mean and sum of squared differences from it over the images of a slice, by channel;
  /// `scratch` is two blocks of doubles here and below.
  void (*batch_moments)(const CENorm *, const float *x, double *means, double *squares,
                        double *scratch);
  /// y = (x - mean) · scale + shift [+ residual] [then ReLU], by channel.
  void (*batch_apply)(const CENorm *, const float *x, const float *residual, const double *means,
                      const double *scales, const double *shifts, bool relu, float *y);
  /// Sums of the gradient behind the ReLU, and of its product with x - mean, by channel. `dy`
  /// becomes that gradient, and `dresidual` (may be NULL) gets it, added where told.
  void (*batch_gather)(const CENorm *, const float *x, const float *y, float *dy,
                       const double *means, float *dresidual, bool add, double *sums,
                       double *products, double *scratch);
  /// dx (+)= a · gathered dy + b · (x - mean) + c, by channel; `dx` may be `dy`.
  void (*batch_spread)(const CENorm *, const float *x, const float *dy, const double *means,
                       const double *a, const double *b, const double *c, float *dx, bool add);

  void (*max_pool_forward)(const CEWindow *, const float *x, float *y);
  /// The first of equal largest values gets the gradient.
  void (*max_pool_backward)(const CEWindow *, const float *x, const float *y, const float *dy,
                            float *dx, bool add);
  void (*average_pool_forward)(const CEWindow *, const float *x, float *y);
  void (*average_pool_backward)(const CEWindow *, const float *dy, float *dx, bool add);
  /// The window's stride is the factor.
  void (*upsample_forward)(const CEWindow *, const float *x, float *y);
  void (*upsample_backward)(const CEWindow *, const float *dy, float *dx, bool add);

  /// y = x · weight + shift [+ residual] [then ReLU], by channel; residual may be NULL. Weight
  /// and shift are 0 in spare lanes.
  void (*affine)(int64_t images, int64_t channels, int64_t pixels, const float *x,
                 const float *residual, const float *weight, const float *shift, bool relu,
                 float *y);
  void (*activate)(const CECurve *, int64_t images, int64_t channels, int64_t pixels,
                   const float *x, float *y);
  /// y = a · b, where b is a map like a or one number for each channel.
  void (*product)(int64_t images, int64_t channels, int64_t pixels, const float *a,
                   const float *b, bool by_channel, float *y);
  /// Copies the channels of one image to where they begin in a wider one; in order, the first
  /// input first.
  void (*concatenate)(int64_t channels, int64_t pixels, const float *x, int64_t first, float *y);
  void (*softmax)(int64_t images, int64_t channels, int64_t pixels, const float *x, float *y);
  /// The window's stride is the factor. With `corners` the outermost pixels stay outermost.
  void (*upsample_bilinear)(const CEWindow *, bool corners, const float *x, float *y);
  /// Floats that `convolution_weights` writes.
  int64_t (*convolution_weight_count)(const CEConvolution *);
  /// Floats of scratch for `convolution`.
  int64_t (*convolution_scratch)(const CEConvolution *);
  /// Makes weights ready for `convolution`. `weight` is [outputs][inputs][9]; turned, it is
  /// [inputs][outputs][9] with the taps in reverse: then `convolution` takes the gradient of a
  /// convolution's output to that of its input. Does one of so many parts.
  void (*convolution_weights)(const CEConvolution *, int64_t part, int64_t parts,
                              const float *weight, bool turned, float *packed);
  /// y = x * weights [+ bias] [+ residual] [then ReLU].
  /// `bias` and `residual` may be NULL; `residual` may be `y`, `x` may not. The bias is
  /// padded with 0 to whole blocks. Does one of so many parts; the parts share nothing but what
  /// they read.
  void (*convolution)(const CEConvolution *, int64_t part, int64_t parts, const float *x,
                      const float *packed, const float *bias, const float *residual, bool relu,
                      float *y, float *scratch);
  /// Floats that `convolution_gradient` writes.
  int64_t (*convolution_gradient_count)(const CEConvolution *);
  /// Floats of scratch for `convolution_gradient`.
  int64_t (*convolution_gradient_scratch)(const CEConvolution *);
  /// The gradient of the weights from the output's gradient, for a tile of 4 or 1; written. Of a
  /// tile of 4 it is [outputs][inputs][9].
  void (*convolution_gradient)(const CEConvolution *, const float *x, const float *slopes,
                               float *gradient, float *scratch);
  /// A gradient or a sum of gradients to [outputs][inputs][9].
  void (*convolution_gradient_unpack)(const CEConvolution *, const float *gradient, float *plain);

  /// Between [images][channels][pixels] and blocked; pack writes zeros into spare lanes.
  void (*pack)(int64_t images, int64_t channels, int64_t pixels, const float *plain,
               float *blocked);
  void (*unpack)(int64_t images, int64_t channels, int64_t pixels, const float *blocked,
                 float *plain);

  /// y = a + b, with ReLU where told; b may be NULL.
  void (*sum)(int64_t count, const float *a, const float *b, bool relu, float *y);
  /// dx (+)= dy where y > 0, everywhere if y is NULL.
  void (*gate)(int64_t count, const float *dy, const float *y, float *dx, bool add);
  /// total[i] = parts[0][i] + parts[1][i] + … in that order; parts lie `stride` floats apart.
  void (*sum_parts)(int64_t count, int64_t parts, int64_t stride, const float *first,
                    float *total);
  /// Sum of squares, in double precision.
  double (*squares)(int64_t count, const float *x);
  /// gradient = (gradient + pull · (weight - anchor)).
  void (*pull)(int64_t count, float pull, const float *weight, const float *anchor,
               float *gradient);
  void (*scale)(int64_t count, float factor, float *x);
  void (*adamw)(int64_t count, const CEAdamW *, const float *gradient, float *weight, float *mean,
                float *variance);
  void (*momentum)(int64_t count, const CEMomentum *, const float *gradient, float *weight,
                   float *velocity);
} CEKernels;

/// The kernels for a set this processor has, with 8 or 16 lanes; NULL for other lanes.
const CEKernels *ce_kernels(CEInstructionSet set, int lanes);
