/// Kernels of the engine for maps of bytes: convolutions of whole numbers and what lies between.
///
/// A byte b stands for the number (b - zero) · scale; scale and zero belong to the map. Maps are
/// blocked: [ceil(channels / lanes)][height + 2·halo][width + 2·halo][lanes], where the halo is
/// full of the map's zero, so that a convolution's window never leaves the map. Sums are exact in
/// 32 bits, and what follows is rounded one operation after another, at the end to even: every
/// instruction set gives the same bits.
#pragma once
#include <stdbool.h>
#include <stdint.h>

/// Where a map's bytes lie.
typedef struct {
  /// Blocks of channels; channels themselves where the map is plain.
  int64_t planes;
  int64_t height, width;
  /// Bytes of a pixel: the lanes; 1 where the map is [channels][height][width] with its halo.
  int64_t pixel;
  int64_t halo;
  uint8_t zero;
} CEByteMap;

/// A convolution from bytes.
typedef struct {
  CEByteMap input;
  /// Its zero and halo are of no use where the result is floats.
  CEByteMap output;
  int64_t kernel, stride, padding;
  /// Whether what is below 0 becomes 0.
  bool relu;
} CEByteConvolution;

/// Some of the output: rows, and groups of blocks.
typedef struct {
  int64_t firstRow, lastRow, firstGroup, lastGroup;
} CEBytePart;

/// A map that is added: its bytes, and what one is worth in steps of the output, or in numbers
/// where that is floats. What its zero adds is part of the shift.
typedef struct {
  CEByteMap map;
  const uint8_t *bytes;
  float worth;
} CEByteTerm;

typedef struct {
  /// Blocks of output channels that are computed together; the last group may have fewer.
  int64_t group;
  /// Bytes that `weights` writes.
  int64_t (*weight_count)(const CEByteConvolution *);
  /// Brings [outputs][inputs][kernel][kernel] into the order of `convolution`; weights of spare
  /// channels are 0.
  void (*weights)(const CEByteConvolution *, int64_t outputs, int64_t inputs,
                  const int8_t *plain, int8_t *packed);
  /// v = sum · scale + shift [+ other], by output channel. Then v, at least 0 where told, is
  /// written as floats (blocked without halo), or rounded and held in 0 to 255 as bytes; at least
  /// the output's zero where told. One of `y` and `floats` is NULL, and `other` may be.
  void (*convolution)(const CEByteConvolution *, const CEBytePart *, const uint8_t *x,
                      const int8_t *packed, const float *scale, const float *shift,
                      const CEByteTerm *other, uint8_t *y, float *floats);
  /// The largest byte of each window, for some rows of the output; padding never wins. Halos
  /// differ, zeros do not.
  void (*max_pool)(const CEByteMap *input, const CEByteMap *output, int64_t kernel,
                   int64_t stride, int64_t padding, int64_t first, int64_t last,
                   const uint8_t *x, uint8_t *y);
  /// Bytes of some rows of floats (blocked or plain, without halo): x · inverse + zero, rounded
  /// and held in 0 to 255.
  void (*quantize)(const CEByteMap *, float inverse, int64_t first, int64_t last, const float *x,
                   uint8_t *y);
  /// y = (x - zero) · scale for some rows.
  void (*dequantize)(const CEByteMap *, float scale, int64_t first, int64_t last,
                     const uint8_t *x, float *y);
  /// v = x · scale + shift [+ other], by channel, for some planes of blocked floats; rounded and
  /// held in 0 to 255, at least the zero where told.
  void (*affine)(const CEByteMap *, int64_t first, int64_t last, const float *x,
                 const float *scale, const float *shift, const CEByteTerm *other, bool relu,
                 uint8_t *y);
  /// Sums of some planes of blocked floats, and then of squared differences from means, by
  /// channel.
  void (*moments)(const CEByteMap *, int64_t first, int64_t last, const float *x,
                  const double *means, double *sums);
  /// The lowest and the highest number of any array, 0 counted; both NaN where one number is NaN or
  /// infinite.
  void (*extremes)(int64_t count, const float *x, float *low, float *high);
} CEByteKernels;

/// Ways to multiply bytes, weakest first.
typedef enum {
  CE_BYTES_BASELINE, CE_BYTES_AVX2, CE_BYTES_AVX2_VNNI, CE_BYTES_AVX512, CE_BYTES_AVX512_VNNI
} CEByteInstructions;

/// The kernels for so many lanes, 8 or 16; NULL where the processor lacks the instructions, or they
/// have other lanes.
const CEByteKernels *ce_byte_kernels(CEByteInstructions set, int lanes);
