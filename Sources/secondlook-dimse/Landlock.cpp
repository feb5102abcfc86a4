#include "Landlock.hpp"

#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace {

// The header of Debian 12 ends with version 2; these are from the kernel's own.
constexpr uint64_t truncate = uint64_t(1) << 14;
constexpr uint64_t connectTCP = uint64_t(1) << 1, bindTCP = uint64_t(1) << 0;
constexpr int portRule = 2;

struct Handled {
  uint64_t files, ports;
};

struct Port {
  uint64_t access, port;
};

/// Everything version 2 can forbid about files; 3 adds cutting them.
uint64_t everything() {
  const uint64_t known = (LANDLOCK_ACCESS_FS_REFER << 1) - 1;
  return landlock::version() >= 3 ? known | truncate : known;
}

uint64_t forSpool() {
  const uint64_t needed = LANDLOCK_ACCESS_FS_READ_DIR | LANDLOCK_ACCESS_FS_READ_FILE |
                          LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG |
                          LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_REFER;
  return (needed | truncate) & everything();
}

int ruleset(const Handled &handled) {
  // Before version 4 the structure ended after the files.
  const size_t size = landlock::version() >= 4 ? sizeof handled : sizeof handled.files;
  return int(syscall(SYS_landlock_create_ruleset, &handled, size, 0));
}

bool apply(int rules, bool isComplete) {
  isComplete = isComplete && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
               syscall(SYS_landlock_restrict_self, rules, 0) == 0;
  close(rules);
  return isComplete;
}

}  // namespace

int landlock::version() {
  const long version = syscall(SYS_landlock_create_ruleset, nullptr, 0,
                               LANDLOCK_CREATE_RULESET_VERSION);
  return version < 0 ? 0 : int(version);
}

bool landlock::restrictFiles(std::initializer_list<int> folders) {
  if (version() < 2) return false;
  const int rules = ruleset({everything(), 0});
  if (rules < 0) return false;
  bool isComplete = true;
  for (const int folder : folders) {
    const landlock_path_beneath_attr beneath{forSpool(), folder};
    isComplete = isComplete && syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH,
                                       &beneath, 0) == 0;
  }
  return apply(rules, isComplete);
}

bool landlock::restrictToPort(uint16_t port) {
  if (version() < 4) return false;
  const int rules = ruleset({everything(), connectTCP | bindTCP});
  if (rules < 0) return false;
  const Port only{connectTCP, port};
  return apply(rules, syscall(SYS_landlock_add_rule, rules, portRule, &only, 0) == 0);
}
