#if defined(__x86_64__)
#define LANES 8
#define TARGET __attribute__((target("avx2,avxvnni")))
#define RUN 6
#define WAY VNNI
#define REGISTER __m256i
#define DOT _mm256_dpbusd_avx_epi32
#define TABLE ce_bytes_avx2_vnni_8
#include "bytes.h"
#endif
