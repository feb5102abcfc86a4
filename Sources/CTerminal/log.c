// Where standard error goes while the screen is ours: a message in the middle of a frame would be
// seen by nobody and spoil the frame.
#define _GNU_SOURCE
#include "internal.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { tail_length = 4096 };

static int log_fd = -1, saved_out = -1, saved_err = -1;
static off_t log_start;
static int is_redirected;

int ct_log_open(const char *path) {
  if (log_fd >= 0) close(log_fd);
  log_fd = path == NULL ? memfd_create("terminal", MFD_CLOEXEC)
                        : open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (log_fd < 0) return -1;
  log_start = lseek(log_fd, 0, SEEK_END);
  return 0;
}

void ct_log_redirect(void) {
  if (is_redirected) return;
  fflush(stdout);
  saved_out = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
  dup2(log_fd, STDOUT_FILENO);
  // Who sent errors to a file of their own wants them there.
  saved_err = isatty(STDERR_FILENO) ? fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3) : -1;
  if (saved_err >= 0) dup2(log_fd, STDERR_FILENO);
  is_redirected = 1;
}

void ct_log_restore(void) {
  if (!is_redirected) return;
  is_redirected = 0;
  if (saved_out >= 0) dup2(saved_out, STDOUT_FILENO), close(saved_out);
  if (saved_err >= 0) dup2(saved_err, STDERR_FILENO), close(saved_err);
  saved_out = saved_err = -1;
}

void ct_log_print_tail(void) {
  static char tail[tail_length];
  struct stat file;
  if (log_fd < 0 || fstat(log_fd, &file) != 0) return;
  off_t from = file.st_size - tail_length;
  if (from < log_start) from = log_start;
  ssize_t got = pread(log_fd, tail, tail_length, from);
  // Whatever was logged is shown, not obeyed.
  for (ssize_t i = 0; i < got; i++) {
    unsigned char byte = (unsigned char)tail[i];
    if ((byte < 0x20 && byte != '\n' && byte != '\t') || byte == 0x7f) tail[i] = '?';
  }
  if (got > 0) ct_write_all(STDERR_FILENO, tail, (size_t)got);
  log_start = file.st_size;
}
