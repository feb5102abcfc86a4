#if defined(__x86_64__)
#define LANES 8
#define TARGET __attribute__((target("avx2,fma")))
#define RUN 6
#define GROUP 2
#define TABLE ce_avx2_8
#include "kernels.h"
#endif
