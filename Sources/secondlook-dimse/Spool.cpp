#include "Spool.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <functional>

#include "Text.hpp"

namespace {

int openFolder(const std::string &path) {
  if (mkdir(path.c_str(), 0700) < 0 && errno != EEXIST) {
    throw Problem("The folder " + path + " cannot be made: " + systemReason() + ".");
  }
  const int folder = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  require(folder >= 0, "The folder " + path + " cannot be opened: " + systemReason() + ".");
  require(faccessat(folder, ".", W_OK | X_OK, AT_EACCESS) == 0,
          "Nothing can be written into the folder " + path + ": " + systemReason() + ".");
  return folder;
}

/// Attempts to get the lock, one every 10 ms: longer than a receiver that was asked to stop lets
/// objects arrive that are on their way.
constexpr int lockAttempts = 100 * (Spool::graceSeconds + 2);

/// The one lock of this spool. Every process of a receiver holds it, so whoever gets it knows that
/// nobody is still writing; processes of a receiver that was killed need a moment to end.
int lockFolder(const std::string &path) {
  const std::string name = path + "/lock";
  const int lock = open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  require(lock >= 0, "The file " + name + " cannot be opened: " + systemReason() + ".");
  for (int attempt = 0; flock(lock, LOCK_EX | LOCK_NB) != 0; ++attempt) {
    require(attempt < lockAttempts, "Another receiver uses the spool " + path +
                                        "; stop it first or give this one a spool of its own.");
    usleep(10'000);
  }
  return lock;
}

void removeFiles(int folder, const std::function<bool(const std::string &)> &isMeant) {
  DIR *entries = fdopendir(openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!entries) return;
  while (const dirent *entry = readdir(entries)) {
    if (entry->d_name[0] != '.' && isMeant(entry->d_name)) unlinkat(folder, entry->d_name, 0);
  }
  closedir(entries);
}

}  // namespace

Spool::Spool(const std::string &path) : path(path) {
  close(openFolder(path));
  receiving = openFolder(path + "/receiving");
  arrived = openFolder(path + "/arrived");
  events = openFolder(path + "/events");
  lock = lockFolder(path);
  removeFiles(receiving, [](const std::string &) { return true; });
}

void Spool::forget(int process) const {
  const std::string owner = "-" + std::to_string(process) + "-";
  removeFiles(receiving, [&](const std::string &name) {
    return name.find(owner) != std::string::npos;
  });
}

uint64_t Spool::freeBytes() const {
  struct statvfs disk{};
  if (fstatvfs(receiving, &disk) != 0) return 0;
  return uint64_t(disk.f_bavail) * disk.f_frsize;
}

Arrival::Arrival(const Spool &spool, uint64_t largest)
    : spool(spool), name(uniqueName() + ".dcm"), largest(largest) {
  file = openat(spool.receiving, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) fail("the file for it cannot be made: " + systemReason());
}

Arrival::~Arrival() {
  if (file >= 0) close(file);
  if (!isKept) unlinkat(spool.receiving, name.c_str(), 0);
}

void Arrival::write(const void *bytes, size_t size) {
  if (!reason.empty()) return;
  if (size > largest - count) {
    return fail("it is larger than the " + std::to_string(largest) + " bytes that are allowed");
  }
  count += size;
  auto *next = static_cast<const char *>(bytes);
  while (size > 0) {
    const ssize_t written = ::write(file, next, size);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return fail("it cannot be written: " + systemReason());
    next += written;
    size -= size_t(written);
  }
}

bool Arrival::keep() {
  if (!reason.empty()) return false;
  // First the bytes, then the name, then the folder that holds the name.
  if (fdatasync(file) != 0 ||
      renameat(spool.receiving, name.c_str(), spool.arrived, name.c_str()) != 0) {
    fail("it cannot be written: " + systemReason());
    return false;
  }
  isKept = true;
  if (fsync(spool.arrived) == 0) return true;
  fail("it cannot be made sure that it stays: " + systemReason());
  return false;
}

void Arrival::fail(const std::string &what) {
  reason = what;
  // The room is needed by others at once, not when the peer has sent the rest.
  if (file >= 0 && !isKept) (void)ftruncate(file, 0);
}
