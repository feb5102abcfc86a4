#pragma once

#include <cstdint>

/// Gives up what a conversation with a peer does not need; what remains is bound for its life.
///
/// In both jails the process may talk over what is open, ask for memory and exit. Starting
/// programs and processes, threads, signals to others, tracing and memory that can be executed
/// kill it. Both return false if any part could not be closed, and then no foreign byte may be
/// touched.
namespace jail {

/// For one association: no socket besides the one that is open, files of at most `largest` bytes.
/// That files are only in the spool is Landlock's part, closed before.
bool closeForReceiving(uint64_t largest);

/// For echo and find: TCP connections yes, files no.
bool closeForAsking();

/// Tries one thing the jails forbid; returns 50 if it was denied, 51 if it worked.
int tryToEscape(const char *how);

}  // namespace jail

/// Forgets signal mask, ignored signals and open files of whoever started us; standard files that
/// were closed lead nowhere.
void forgetParent();
