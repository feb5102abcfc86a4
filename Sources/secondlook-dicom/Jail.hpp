#pragma once

#include <cstddef>

/// How much one image may cost.
struct Limits {
  /// Address space in bytes.
  size_t memory = size_t(3) << 30;
  /// Processor time in seconds.
  unsigned seconds = 60;
};

/// Gives up everything that decoding does not need: files, sockets, processes, signals.
///
/// Afterwards the process may read and write what is open, ask for memory and exit; opening a
/// file fails and anything else kills it. Returns false if any part could not be closed, and then
/// no foreign byte may be touched.
bool closeJail(const Limits &limits);

/// Forgets signal mask, ignored signals and open files of whoever started us.
void forgetParent();
