// How fast the processor multiplies and adds when nothing else is in its way.
#include "CEngine.h"

#define CHAINS 12
#define STEPS 4096

typedef float v4 __attribute__((vector_size(16)));
typedef float v8 __attribute__((vector_size(32)));
typedef float v16 __attribute__((vector_size(64)));

#pragma clang fp contract(fast)

/// Twelve independent chains hide the latency of one; all stay in registers.
#define LOOP(NAME, VECTOR, TARGET)                                                                 \
  TARGET static int64_t NAME(int64_t rounds) {                                                     \
    volatile float start = 0.5f;                                                                   \
    VECTOR chain[CHAINS], factor = {0}, term = {0};                                                \
    factor += start + 0.499f, term += start * 1e-3f;                                               \
    for (int i = 0; i < CHAINS; i++) chain[i] = term * (float)(i + 1);                             \
    for (int64_t step = 0; step < rounds * STEPS; step++) {                                        \
      _Pragma("clang loop unroll(full)") for (int i = 0; i < CHAINS; i++)                          \
          chain[i] = chain[i] * factor + term;                                                     \
    }                                                                                              \
    VECTOR sum = {0};                                                                              \
    for (int i = 0; i < CHAINS; i++) sum += chain[i];                                              \
    volatile float sink = sum[0];                                                                  \
    (void)sink;                                                                                    \
    return 2 * (int64_t)(sizeof(VECTOR) / sizeof(float)) * CHAINS * STEPS * rounds;                \
  }

LOOP(baseline, v4, )
#if defined(__x86_64__)
LOOP(avx2, v8, __attribute__((target("avx2,fma"))))
LOOP(avx512, v16, __attribute__((target("avx512f"))))
#endif

int64_t ce_multiply_add(CEInstructionSet set, int64_t rounds) {
  switch (set) {
#if defined(__x86_64__)
  case CE_AVX512: return avx512(rounds);
  case CE_AVX2: return avx2(rounds);
#endif
  default: return baseline(rounds);
  }
}
