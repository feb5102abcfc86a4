#define _GNU_SOURCE
#include "CEngine.h"
#include <dlfcn.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

extern const CEKernels ce_baseline8, ce_baseline16;
#if defined(__x86_64__)
extern const CEKernels ce_avx2_8, ce_avx2_16, ce_avx512_8, ce_avx512_16;
#endif

CEInstructionSet ce_instruction_set(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw"))
    return CE_AVX512;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return CE_AVX2;
#endif
  return CE_BASELINE;
}

const CEKernels *ce_kernels(CEInstructionSet set, int lanes) {
  if (lanes != 8 && lanes != 16) return NULL;
  switch (set) {
#if defined(__x86_64__)
  case CE_AVX512: return lanes == 16 ? &ce_avx512_16 : &ce_avx512_8;
  case CE_AVX2: return lanes == 16 ? &ce_avx2_16 : &ce_avx2_8;
#endif
  default: return lanes == 16 ? &ce_baseline16 : &ce_baseline8;
  }
}

int64_t ce_cache_bytes(void) {
  static int64_t known;
  int64_t bytes = __atomic_load_n(&known, __ATOMIC_RELAXED);
  if (bytes) return bytes;
  // What a machine says of itself may be missing, or be that of all cores together.
  bytes = sysconf(_SC_LEVEL2_CACHE_SIZE);
  if (bytes < 512 << 10) bytes = 512 << 10;
  if (bytes > 2 << 20) bytes = 2 << 20;
  __atomic_store_n(&known, bytes, __ATOMIC_RELAXED);
  return bytes;
}

/// Linux counts niceness by thread.
void ce_yield_to_others(void) {
  setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), 10);
}

/// Looked up at run time: oneDNN brings its OpenMP along, and there is no other use for one.
int ce_set_openmp_threads(int threads) {
  typedef int (*Get)(void);
  typedef void (*Set)(int);
  static Get get;
  static Set set;
  Set known = __atomic_load_n(&set, __ATOMIC_ACQUIRE);
  if (!known) {
    Get found = (Get)dlsym(RTLD_DEFAULT, "omp_get_max_threads");
    known = (Set)dlsym(RTLD_DEFAULT, "omp_set_num_threads");
    if (!found || !known) return 0;
    __atomic_store_n(&get, found, __ATOMIC_RELEASE);
    __atomic_store_n(&set, known, __ATOMIC_RELEASE);
  }
  int before = __atomic_load_n(&get, __ATOMIC_ACQUIRE)();
  known(threads);
  return before;
}
