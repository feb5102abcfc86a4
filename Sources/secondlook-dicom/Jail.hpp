#pragma once

/// Gives up everything that decoding does not need: files, sockets, processes, signals.
///
/// Afterwards the process may read and write what is open, ask for memory and exit; opening a
/// file fails and anything else kills it. Returns false if any part could not be closed, and then
/// no foreign byte may be touched.
bool closeJail();

/// Forgets signal mask, ignored signals and open files of whoever started us.
void forgetParent();

/// Tries one thing the jail forbids; returns 50 if it was denied, 51 if it worked.
int tryToEscape(const char *how);
