#pragma once

#include <fcntl.h>

// glibc has renameat2 since 2.28 and shows it under _GNU_SOURCE alone, without which Swift's own
// module of it is built; its flag, of Linux 3.15, is hidden with it.

extern int renameat2(int fromFolder, const char *from, int toFolder, const char *to,
                     unsigned int flags);

/// Gives a file a new name that nobody has; EEXIST if somebody has it, EINVAL where the file system
/// cannot tell.
static inline int crename_to_free_name(const char *from, const char *to) {
  return renameat2(AT_FDCWD, from, AT_FDCWD, to, 1 /* RENAME_NOREPLACE */);
}
