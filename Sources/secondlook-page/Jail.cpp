#include "Jail.hpp"

#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <cerrno>
#include <initializer_list>

namespace {

bool limit(__rlimit_resource_t resource, rlim_t most) {
  const rlimit limits = {most, most};
  return setrlimit(resource, &limits) == 0;
}

}  // namespace

bool closeJail() {
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || !limit(RLIMIT_CPU, 60) ||
      !limit(RLIMIT_AS, rlim_t(2) << 30) || !limit(RLIMIT_FSIZE, rlim_t(1) << 28) || !limit(RLIMIT_CORE, 0)) {
    return false;
  }
  // What is not allowed fails and does not kill: libraries look around, and can do without.
  scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
  if (!filter) return false;
  bool isComplete = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1) == 0;
  for (int call :
       {SCMP_SYS(read), SCMP_SYS(pread64), SCMP_SYS(write), SCMP_SYS(writev), SCMP_SYS(close),
        SCMP_SYS(lseek), SCMP_SYS(fstat), SCMP_SYS(stat), SCMP_SYS(lstat), SCMP_SYS(newfstatat),
        SCMP_SYS(statx), SCMP_SYS(statfs), SCMP_SYS(fstatfs), SCMP_SYS(access),
        SCMP_SYS(faccessat), SCMP_SYS(faccessat2), SCMP_SYS(readlink), SCMP_SYS(readlinkat),
        SCMP_SYS(getdents64), SCMP_SYS(getcwd), SCMP_SYS(fcntl), SCMP_SYS(brk), SCMP_SYS(munmap),
        SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(futex), SCMP_SYS(getrandom),
        SCMP_SYS(clock_gettime), SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigprocmask),
        SCMP_SYS(sched_yield), SCMP_SYS(sysinfo), SCMP_SYS(rseq), SCMP_SYS(set_robust_list),
        SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(sched_getaffinity), SCMP_SYS(exit), SCMP_SYS(exit_group)}) {
    isComplete = isComplete && seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0) == 0;
  }
  // Memory may be mapped, but never made executable; files may be read, but never written.
  for (int call : {SCMP_SYS(mmap), SCMP_SYS(mprotect)}) {
    isComplete = isComplete && seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 1,
                                                SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) == 0;
  }
  const scmp_datum_t writing = O_ACCMODE | O_CREAT | O_TRUNC;
  isComplete = isComplete &&
               seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(open), 1,
                                SCMP_A1(SCMP_CMP_MASKED_EQ, writing, O_RDONLY)) == 0 &&
               seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(openat), 1,
                                SCMP_A2(SCMP_CMP_MASKED_EQ, writing, O_RDONLY)) == 0;
  // Pango looks for fonts in threads; processes there are none. What starts them by clone3 has to
  // fall back to clone, whose flags can be seen.
  isComplete = isComplete &&
               seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
                                SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD)) == 0 &&
               seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0) == 0;
  isComplete = isComplete && seccomp_load(filter) == 0;
  seccomp_release(filter);
  return isComplete;
}
