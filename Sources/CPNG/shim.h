#pragma once

#include <png.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

// libpng reports errors by longjmp, which must never cross Swift frames. So reading is one C
// function that catches its own jumps, and all that Swift sees is a status.

/// What is in a PNG after palette, low depths and transparency are resolved.
typedef struct {
  uint32_t width, height;
  uint8_t channels;        ///< 1 grey, 3 red green blue
  uint8_t bytesPerSample;  ///< 1 or 2; words are little endian
  uint8_t *samples;        ///< row by row from the top; give it to free()
} cpng_image;

typedef enum { CPNG_OK, CPNG_DAMAGED, CPNG_TOO_LARGE, CPNG_NO_MEMORY } cpng_status;

typedef struct {
  const uint8_t *bytes;
  size_t left;
} cpng_source;

static inline void cpng_take(png_structp png, png_bytep into, size_t count) {
  cpng_source *source = (cpng_source *)png_get_io_ptr(png);
  if (count > source->left) png_error(png, "the file ends too early");
  memcpy(into, source->bytes, count);
  source->bytes += count;
  source->left -= count;
}

static inline void cpng_fail(png_structp png, png_const_charp text) {
  (void)text;
  longjmp(*png_set_longjmp_fn(png, longjmp, sizeof(jmp_buf)), 1);
}

static inline void cpng_ignore(png_structp png, png_const_charp text) {
  (void)png;
  (void)text;
}

/// Reads a whole PNG from memory; `pixelLimit` is checked before anything is reserved.
static inline cpng_status cpng_read(const uint8_t *bytes, size_t count, uint64_t pixelLimit,
                                    cpng_image *image) {
  memset(image, 0, sizeof *image);
  cpng_source source = {bytes, count};
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, cpng_fail, cpng_ignore);
  png_infop info = png ? png_create_info_struct(png) : NULL;
  if (!info) {
    png_destroy_read_struct(&png, NULL, NULL);
    return CPNG_NO_MEMORY;
  }
  volatile cpng_status status = CPNG_DAMAGED;
  if (setjmp(png_jmpbuf(png))) {
    png_destroy_read_struct(&png, &info, NULL);
    free(image->samples);
    image->samples = NULL;
    return status;
  }
  png_set_read_fn(png, &source, cpng_take);
  png_set_chunk_malloc_max(png, 1 << 24);
  png_set_chunk_cache_max(png, 128);
  png_read_info(png, info);
  image->width = png_get_image_width(png, info);
  image->height = png_get_image_height(png, info);
  if ((uint64_t)image->width * image->height > pixelLimit) {
    status = CPNG_TOO_LARGE;
    png_error(png, "too large");
  }
  png_set_expand(png);
  png_set_strip_alpha(png);
  if (png_get_bit_depth(png, info) == 16) png_set_swap(png);
  const int passes = png_set_interlace_handling(png);
  png_read_update_info(png, info);
  image->channels = png_get_channels(png, info);
  image->bytesPerSample = png_get_bit_depth(png, info) / 8;
  const size_t row = png_get_rowbytes(png, info);
  // Zeros, so that no picture shows what the heap held before.
  image->samples = (uint8_t *)calloc(image->height, row);
  if (!image->samples) {
    status = CPNG_NO_MEMORY;
    png_error(png, "no memory");
  }
  for (int pass = 0; pass < passes; ++pass) {
    for (uint32_t y = 0; y < image->height; ++y) {
      png_read_row(png, image->samples + (size_t)y * row, NULL);
    }
  }
  png_read_end(png, NULL);
  png_destroy_read_struct(&png, &info, NULL);
  return CPNG_OK;
}

/// Writes 8-bit grey as a PNG into memory; what it returns goes to free(), NULL for no memory.
static inline uint8_t *cpng_write(const uint8_t *greys, uint32_t width, uint32_t height,
                                  size_t *count) {
  png_image image = {.version = PNG_IMAGE_VERSION, .width = width, .height = height,
                     .format = PNG_FORMAT_GRAY};
  png_alloc_size_t size = 0;
  if (!png_image_write_to_memory(&image, NULL, &size, 0, greys, 0, NULL)) return NULL;
  uint8_t *bytes = (uint8_t *)malloc(size);
  if (bytes && !png_image_write_to_memory(&image, bytes, &size, 0, greys, 0, NULL)) {
    free(bytes);
    bytes = NULL;
  }
  *count = size;
  return bytes;
}
