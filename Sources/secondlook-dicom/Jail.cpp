#include "Jail.hpp"

#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <initializer_list>

namespace {

/// Lowers a limit; one that is lower already stays.
bool limit(__rlimit_resource_t resource, rlim_t most) {
  rlimit limits;
  if (getrlimit(resource, &limits) != 0) return false;
  most = std::min(most, limits.rlim_max);
  limits = {most, most};
  return setrlimit(resource, &limits) == 0;
}

bool limitResources(const Limits &limits) {
  return limit(RLIMIT_AS, limits.memory) && limit(RLIMIT_CPU, limits.seconds) &&
         limit(RLIMIT_FSIZE, 0) && limit(RLIMIT_NOFILE, 3) && limit(RLIMIT_NPROC, 0) &&
         limit(RLIMIT_CORE, 0);
}

bool allow(scmp_filter_ctx filter, int call) {
  return seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0) == 0;
}

/// Memory may be mapped and protected, but never made executable.
bool allowWithoutExecution(scmp_filter_ctx filter, int call) {
  return seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 1,
                          SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) == 0;
}

/// Denied and not deadly: libraries look for configuration and can do without.
bool deny(scmp_filter_ctx filter, int call) {
  return seccomp_rule_add(filter, SCMP_ACT_ERRNO(EACCES), call, 0) == 0;
}

bool filterCalls() {
  scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
  if (!filter) return false;
  bool isComplete = true;
  for (int call : {SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(exit), SCMP_SYS(exit_group),
                   SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise),
                   SCMP_SYS(futex), SCMP_SYS(rt_sigreturn), SCMP_SYS(getrandom),
                   SCMP_SYS(clock_gettime), SCMP_SYS(close), SCMP_SYS(lseek), SCMP_SYS(fstat)}) {
    isComplete = isComplete && allow(filter, call);
  }
  for (int call : {SCMP_SYS(mmap), SCMP_SYS(mprotect)}) {
    isComplete = isComplete && allowWithoutExecution(filter, call);
  }
  for (int call : {SCMP_SYS(open), SCMP_SYS(openat), SCMP_SYS(stat), SCMP_SYS(newfstatat),
                   SCMP_SYS(access), SCMP_SYS(readlink)}) {
    isComplete = isComplete && deny(filter, call);
  }
  isComplete = isComplete && seccomp_load(filter) == 0;
  seccomp_release(filter);
  return isComplete;
}

}  // namespace

void forgetParent() {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  for (int number = 1; number < NSIG; ++number) signal(number, SIG_DFL);
  closefrom(3);
}

bool closeJail(const Limits &limits) {
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && limitResources(limits) && filterCalls();
}
