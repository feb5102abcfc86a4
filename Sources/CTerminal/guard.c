// Signals: those that are news go to ct_wait, those that end us give the terminal back first.
//
// Handlers, not signalfd: a blocked mask would have to be set before the first thread starts and
// would be inherited by every child, while exec resets handlers by itself.
#define _GNU_SOURCE
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

atomic_uint ct_pending;

static const char *restoring;
static size_t restoring_length;
static atomic_size_t restoring_skip;

static const int crashes[] = {SIGSEGV, SIGABRT, SIGBUS, SIGILL, SIGTRAP, SIGFPE, SIGQUIT};
static const int news[] = {SIGTERM, SIGHUP, SIGINT, SIGWINCH, SIGTSTP, SIGCONT};
enum { crash_count = sizeof crashes / sizeof *crashes, news_count = sizeof news / sizeof *news };
static struct sigaction crash_before[crash_count], news_before[news_count], alarm_before;

void ct_guard_restoring(const char *bytes, size_t n) {
  restoring = bytes;
  restoring_length = n;
}

void ct_guard_skip(size_t n) { atomic_store(&restoring_skip, n); }

void ct_write_all(int fd, const void *bytes, size_t n) {
  const char *next = bytes;
  while (n > 0) {
    ssize_t written = write(fd, next, n);
    if (written > 0) {
      next += written;
      n -= (size_t)written;
    } else if (written < 0 && errno == EAGAIN) {
      struct pollfd room = {.fd = fd, .events = POLLOUT};
      if (poll(&room, 1, 1000) <= 0) return;
    } else if (written == 0 || errno != EINTR) {
      return;
    }
  }
}

// Gives the terminal back from within a signal handler. Answers whether it was ours.
static int restore_now(void) {
  int expected = 1;
  if (!atomic_compare_exchange_strong(&ct_active, &expected, 0)) return 0;
  // A stopped terminal must not keep a dying process: write what fits, never wait.
  int flags = fcntl(ct_tty, F_GETFL);
  fcntl(ct_tty, F_SETFL, flags | O_NONBLOCK);
  size_t skip = atomic_load(&restoring_skip);
  ssize_t ignored = write(ct_tty, restoring + skip, restoring_length - skip);
  (void)ignored;
  fcntl(ct_tty, F_SETFL, flags);
  tcsetattr(ct_tty, TCSANOW, &ct_modes);
  ct_log_restore();
  ct_log_print_tail();
  return 1;
}

static void crashed(int signal, siginfo_t *info, void *context) {
  (void)context;
  int saved = errno;
  restore_now();
  for (int i = 0; i < crash_count; i++) {
    if (crashes[i] == signal) sigaction(signal, &crash_before[i], NULL);
  }
  errno = saved;
  // A fault repeats when we return and then meets whoever was there before us, with the right
  // address in the core dump. A trap or a sent signal does not repeat: send it again.
  if (info->si_code <= 0 || signal == SIGTRAP) raise(signal);
}

static void noticed(int signal) {
  int saved = errno;
  switch (signal) {
  case SIGTERM: atomic_fetch_or(&ct_pending, CT_TERMINATED); break;
  case SIGHUP: atomic_fetch_or(&ct_pending, CT_HANGUP); break;
  case SIGINT: atomic_fetch_or(&ct_pending, CT_INTERRUPTED); break;
  case SIGWINCH: atomic_fetch_or(&ct_pending, CT_RESIZED); break;
  case SIGTSTP: atomic_fetch_or(&ct_pending, CT_STOPPED); break;
  case SIGCONT: atomic_fetch_or(&ct_pending, CT_CONTINUED); break;
  }
  // A loop that hangs must still be killable: it has two seconds to take the news.
  if (signal == SIGTERM || signal == SIGHUP) alarm(2);
  ct_wake();
  errno = saved;
}

static void gave_up(int signal) {
  (void)signal;
  restore_now();
  _exit(128 + SIGTERM);
}

void ct_guard_remember(void) {
  for (int i = 0; i < crash_count; i++) sigaction(crashes[i], NULL, &crash_before[i]);
  for (int i = 0; i < news_count; i++) sigaction(news[i], NULL, &news_before[i]);
  sigaction(SIGALRM, NULL, &alarm_before);
}

void ct_guard_install(void) {
  // A stack overflow leaves no stack for its handler; this covers the thread that opens.
  static char spare[64 * 1024];
  stack_t stack = {.ss_sp = spare, .ss_size = sizeof spare};
  sigaltstack(&stack, NULL);
  struct sigaction crash = {.sa_sigaction = crashed, .sa_flags = SA_SIGINFO | SA_ONSTACK};
  for (int i = 0; i < crash_count; i++) sigaction(crashes[i], &crash, NULL);
  struct sigaction notice = {.sa_handler = noticed, .sa_flags = SA_RESTART | SA_ONSTACK};
  for (int i = 0; i < news_count; i++) sigaction(news[i], &notice, NULL);
  struct sigaction end = {.sa_handler = gave_up, .sa_flags = SA_ONSTACK};
  sigaction(SIGALRM, &end, NULL);
}

void ct_guard_remove(void) {
  alarm(0);
  for (int i = 0; i < crash_count; i++) sigaction(crashes[i], &crash_before[i], NULL);
  for (int i = 0; i < news_count; i++) sigaction(news[i], &news_before[i], NULL);
  sigaction(SIGALRM, &alarm_before, NULL);
}

// The event that ends ct_wait. It exists without a terminal, so that anything may post messages.
static atomic_int wake_fd = -1;
static pthread_once_t wake_once = PTHREAD_ONCE_INIT;

static void make_wake(void) { atomic_store(&wake_fd, eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)); }

void ct_wake(void) {
  pthread_once(&wake_once, make_wake);
  uint64_t one = 1;
  ssize_t ignored = write(atomic_load(&wake_fd), &one, sizeof one);
  (void)ignored;
}

unsigned ct_wait(int timeout) {
  pthread_once(&wake_once, make_wake);
  unsigned events = 0;
  struct pollfd sources[2] = {
      {.fd = atomic_load(&ct_active) ? STDIN_FILENO : -1, .events = POLLIN},
      {.fd = atomic_load(&wake_fd), .events = POLLIN},
  };
  if (atomic_load(&ct_pending) == 0) poll(sources, 2, timeout);
  else poll(sources, 2, 0);
  if (sources[1].revents & POLLIN) {
    uint64_t count;
    if (read(sources[1].fd, &count, sizeof count) > 0) events |= CT_WOKEN;
  }
  if (sources[0].revents & POLLIN) events |= CT_INPUT;
  else if (sources[0].revents & (POLLHUP | POLLERR | POLLNVAL)) events |= CT_HANGUP;
  unsigned pending = atomic_exchange(&ct_pending, 0);
  // The loop is alive and knows; what it does about it may take as long as it needs.
  if (pending & (CT_TERMINATED | CT_HANGUP)) alarm(0);
  return events | pending;
}

long ct_read(uint8_t *bytes, size_t n) {
  ssize_t got = read(STDIN_FILENO, bytes, n);
  if (got > 0) return got;
  if (got < 0 && (errno == EINTR || errno == EAGAIN)) return 0;
  return -1;
}
