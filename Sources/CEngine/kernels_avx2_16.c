#if defined(__x86_64__)
#define LANES 16
#define TARGET __attribute__((target("avx2,fma")))
#define RUN 6
#define GROUP 1
#define TABLE ce_avx2_16
#include "kernels.h"
#endif
