#if defined(__x86_64__)
#define LANES 16
#define TARGET __attribute__((target("avx512f,avx512dq,avx512vl,avx512bw,avx512vnni")))
#define RUN 14
#define WAY VNNI
#define REGISTER __m512i
#define DOT _mm512_dpbusd_epi32
#define TABLE ce_bytes_avx512_vnni_16
#include "bytes.h"
#endif
