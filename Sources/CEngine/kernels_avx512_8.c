#if defined(__x86_64__)
#define LANES 8
#define TARGET __attribute__((target("avx512f,avx512dq,avx512vl,avx512bw")))
#define RUN 14
#define GROUP 2
#define TABLE ce_avx512_8
#include "kernels.h"
#endif
