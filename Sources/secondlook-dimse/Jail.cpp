#include "Jail.hpp"

#include <fcntl.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <initializer_list>

namespace {

/// Most memory of one conversation: many times what the largest messages need.
constexpr rlim_t memoryLimit = rlim_t(1) << 30;
/// Most bytes of all answers, should standard output be a file.
constexpr uint64_t answerLimit = uint64_t(1) << 28;

class Filter {
 public:
  Filter() : filter(seccomp_init(SCMP_ACT_KILL_PROCESS)), isComplete(filter != nullptr) {}
  ~Filter() {
    if (filter) seccomp_release(filter);
  }
  Filter(const Filter &) = delete;
  Filter &operator=(const Filter &) = delete;

  void allow(std::initializer_list<int> calls) {
    for (const int call : calls) {
      isComplete = isComplete && seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0) == 0;
    }
  }

  /// Denied and not deadly: libraries look for configuration and can do without.
  void deny(std::initializer_list<int> calls) {
    for (const int call : calls) {
      isComplete = isComplete && seccomp_rule_add(filter, SCMP_ACT_ERRNO(EACCES), call, 0) == 0;
    }
  }

  /// Allowed where every argument that is named has its value.
  void allow(int call, std::initializer_list<scmp_arg_cmp> only) {
    isComplete = isComplete && seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, call,
                                                      unsigned(only.size()), only.begin()) == 0;
  }

  bool load() { return isComplete && seccomp_load(filter) == 0; }

 private:
  scmp_filter_ctx filter;
  bool isComplete;
};

/// The argument with this number has the value, at least under the mask.
scmp_arg_cmp has(unsigned argument, uint64_t value, uint64_t mask = ~uint64_t(0)) {
  return {argument, SCMP_CMP_MASKED_EQ, mask, value};
}

bool limit(__rlimit_resource_t resource, rlim_t most) {
  const rlimit limits{most, most};
  return setrlimit(resource, &limits) == 0;
}

/// What both jails allow: to talk, to wait, to ask for memory, to end.
void allowTalking(Filter &filter) {
  filter.allow({SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(readv), SCMP_SYS(writev),
                SCMP_SYS(recvfrom), SCMP_SYS(recvmsg), SCMP_SYS(sendto), SCMP_SYS(sendmsg),
                SCMP_SYS(shutdown), SCMP_SYS(setsockopt), SCMP_SYS(getsockopt),
                SCMP_SYS(getpeername), SCMP_SYS(getsockname), SCMP_SYS(poll), SCMP_SYS(ppoll),
                SCMP_SYS(select), SCMP_SYS(pselect6), SCMP_SYS(close), SCMP_SYS(lseek),
                SCMP_SYS(fstat), SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap),
                SCMP_SYS(madvise), SCMP_SYS(futex), SCMP_SYS(rt_sigreturn),
                SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(restart_syscall),
                SCMP_SYS(alarm), SCMP_SYS(setitimer), SCMP_SYS(nanosleep),
                SCMP_SYS(clock_nanosleep), SCMP_SYS(getpid), SCMP_SYS(getrandom),
                SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday), SCMP_SYS(time), SCMP_SYS(exit),
                SCMP_SYS(exit_group)});
  // Whether a file blocks and is inherited; not whom the kernel sends signals about it.
  for (const int command : {F_GETFD, F_SETFD, F_GETFL, F_SETFL}) {
    filter.allow(SCMP_SYS(fcntl), {has(1, uint64_t(command))});
  }
  // Memory may be mapped and protected, but never made executable.
  filter.allow(SCMP_SYS(mmap), {has(2, 0, PROT_EXEC)});
  filter.allow(SCMP_SYS(mprotect), {has(2, 0, PROT_EXEC)});
  filter.deny({SCMP_SYS(open), SCMP_SYS(stat), SCMP_SYS(access), SCMP_SYS(readlink),
               SCMP_SYS(ioctl)});
}

bool limitProcess(uint64_t largestFile) {
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && limit(RLIMIT_AS, memoryLimit) &&
         limit(RLIMIT_FSIZE, largestFile) && limit(RLIMIT_NPROC, 0) && limit(RLIMIT_CORE, 0);
}

}  // namespace

bool jail::closeForReceiving(uint64_t largest) {
  // A file that grows too large is an error that can be answered, not a signal that kills.
  signal(SIGXFSZ, SIG_IGN);
  Filter filter;
  allowTalking(filter);
  filter.allow({SCMP_SYS(openat), SCMP_SYS(renameat), SCMP_SYS(renameat2), SCMP_SYS(unlinkat),
                SCMP_SYS(fsync), SCMP_SYS(fdatasync), SCMP_SYS(ftruncate), SCMP_SYS(newfstatat),
                SCMP_SYS(fstatfs), SCMP_SYS(getdents64)});
  return limitProcess(largest) && filter.load();
}

bool jail::closeForAsking() {
  Filter filter;
  allowTalking(filter);
  filter.deny({SCMP_SYS(openat), SCMP_SYS(newfstatat)});
  for (const int family : {AF_INET, AF_INET6}) {
    // Flags stand above the type. Datagrams could go to any port: Landlock binds TCP alone.
    filter.allow(SCMP_SYS(socket), {has(0, uint64_t(family)), has(1, SOCK_STREAM, 0xf)});
  }
  filter.allow({SCMP_SYS(connect)});
  return limitProcess(answerLimit) && filter.load();
}

int jail::tryToEscape(const char *how) {
  const auto denied = [](int result) { return result < 0 && errno == EACCES ? 50 : 51; };
  if (!strcmp(how, "open")) return denied(open("/etc/passwd", O_RDONLY));
  if (!strcmp(how, "write")) return denied(open("/dev/shm/escaped", O_WRONLY | O_CREAT, 0600));
  if (!strcmp(how, "connect")) {
    // Port 1 is not the one that the jail was closed for.
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(1);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int peer = socket(AF_INET, SOCK_STREAM, 0);
    return denied(connect(peer, reinterpret_cast<sockaddr *>(&address), sizeof address));
  }
  if (!strcmp(how, "socket")) (void)socket(AF_UNIX, SOCK_STREAM, 0);
  if (!strcmp(how, "datagram")) (void)socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (!strcmp(how, "owner")) (void)fcntl(STDIN_FILENO, F_SETOWN, getppid());
  if (!strcmp(how, "exec")) (void)execl("/bin/true", "true", nullptr);
  if (!strcmp(how, "fork")) (void)fork();
  if (!strcmp(how, "kill")) (void)kill(getppid(), 0);
  if (!strcmp(how, "trace")) (void)ptrace(PTRACE_ATTACH, getppid(), nullptr, nullptr);
  if (!strcmp(how, "code")) {
    (void)mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  }
  return 51;
}

void forgetParent() {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  for (int number = 1; number < NSIG; ++number) signal(number, SIG_DFL);
  // The next socket would take the number of a standard file that is closed, and get what is said
  // to people. A file that is opened takes the lowest number that is free, here this one.
  for (const int file : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(file, F_GETFD) < 0) (void)open("/dev/null", O_RDWR);
  }
  closefrom(3);
  // A peer that leaves while we write is an error code, not the end.
  signal(SIGPIPE, SIG_IGN);
}
