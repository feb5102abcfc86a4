#if defined(__x86_64__)
#define LANES 8
#define TARGET __attribute__((target("avx2")))
#define RUN 3
#define WAY PAIRS
#define REGISTER __m256i
#define PAIR _mm256_madd_epi16
#define TABLE ce_bytes_avx2_8
#include "bytes.h"
#endif
