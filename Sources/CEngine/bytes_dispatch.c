#include "CEBytes.h"
#include <stddef.h>

extern const CEByteKernels ce_bytes_baseline8, ce_bytes_baseline16;
#if defined(__x86_64__)
extern const CEByteKernels ce_bytes_avx2_8, ce_bytes_avx2_vnni_8;
extern const CEByteKernels ce_bytes_avx512_16, ce_bytes_avx512_vnni_16;

static bool has_avx512(void) {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw");
}
#endif

const CEByteKernels *ce_byte_kernels(CEByteInstructions set, int lanes) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  const bool is_wide = lanes == 16 && has_avx512(), is_narrow = lanes == 8;
#endif
  switch (set) {
  case CE_BYTES_BASELINE:
    return lanes == 16 ? &ce_bytes_baseline16 : lanes == 8 ? &ce_bytes_baseline8 : NULL;
#if defined(__x86_64__)
  case CE_BYTES_AVX2: return is_narrow && __builtin_cpu_supports("avx2") ? &ce_bytes_avx2_8 : NULL;
  case CE_BYTES_AVX2_VNNI:
    return is_narrow && __builtin_cpu_supports("avxvnni") ? &ce_bytes_avx2_vnni_8 : NULL;
  case CE_BYTES_AVX512: return is_wide ? &ce_bytes_avx512_16 : NULL;
  case CE_BYTES_AVX512_VNNI:
    return is_wide && __builtin_cpu_supports("avx512vnni") ? &ce_bytes_avx512_vnni_16 : NULL;
#endif
  default: return NULL;
  }
}
