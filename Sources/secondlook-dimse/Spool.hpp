#pragma once

#include <cstdint>
#include <string>

#include "Problem.hpp"

/// The folder where objects wait for the ingest, and through which nothing is lost.
///
/// An object grows in `receiving/`, and when all its bytes are on the disk it gets its name in
/// `arrived/`: whatever is there is whole, and what was acknowledged is there. `events/` tells
/// what happened besides. Folders are 0700, files 0600.
class Spool {
 public:
  /// Seconds that a receiver still writes after it was asked to stop.
  static constexpr int graceSeconds = 5;

  /// Opens or makes the folders, waits for what an earlier receiver left behind to end and
  /// removes its halves.
  /// Throws Problem where a folder cannot be used or another receiver uses it.
  explicit Spool(const std::string &path);

  /// Removes what a process that ended left unfinished.
  void forget(int process) const;
  /// Bytes that a file may still take from the disk.
  uint64_t freeBytes() const;

  const std::string path;
  int receiving, arrived, events;  ///< the open folders

 private:
  int lock;  ///< held open by every process that may still write
};

/// One object on its way into the spool; unless it is kept, nothing of it stays.
class Arrival {
 public:
  /// At most `largest` bytes are taken. A file that cannot be made is a failed arrival.
  Arrival(const Spool &spool, uint64_t largest);
  ~Arrival();
  Arrival(const Arrival &) = delete;
  Arrival &operator=(const Arrival &) = delete;

  /// Adds bytes; after a failure they are dropped.
  void write(const void *bytes, size_t count);
  /// Puts the object where it counts as arrived, power failure or not; true if it is safe there.
  bool keep();

  uint64_t size() const { return count; }
  /// Why it cannot be stored, or nothing.
  const std::string &problem() const { return reason; }

 private:
  void fail(const std::string &what);

  const Spool &spool;
  const std::string name;
  const uint64_t largest;
  uint64_t count = 0;
  int file;
  bool isKept = false;
  std::string reason;
};
