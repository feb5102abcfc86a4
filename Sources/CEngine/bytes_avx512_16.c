#if defined(__x86_64__)
#define LANES 16
#define TARGET __attribute__((target("avx512f,avx512dq,avx512vl,avx512bw")))
#define RUN 12
#define WAY PAIRS
#define REGISTER __m512i
#define PAIR _mm512_madd_epi16
#define TABLE ce_bytes_avx512_16
#include "bytes.h"
#endif
