#pragma once
#include "CTerminal.h"

#include <stdatomic.h>
#include <termios.h>

/// Whether the terminal is ours right now. Whoever sets it from 1 to 0 gives the terminal back.
extern atomic_int ct_active;
/// The terminal, a descriptor of our own: standard output is redirected.
extern int ct_tty;
/// The modes to give back.
extern struct termios ct_modes;

/// Remembers the bytes that bring the terminal back; called when terminfo is loaded.
void ct_guard_restoring(const char *bytes, size_t n);
/// Leaves out so many of them at the start.
void ct_guard_skip(size_t n);
/// Remembers who handled signals before us; called before ncurses puts its own handlers in.
void ct_guard_remember(void);
/// Catches signals, crashes first of all.
void ct_guard_install(void);
void ct_guard_remove(void);

/// Sends standard error and output to the log; 0 if that worked.
int ct_log_open(const char *path);
void ct_log_redirect(void);
/// Gives them back. Async-signal-safe.
void ct_log_restore(void);
/// Prints the end of what was logged since ct_log_open. Async-signal-safe.
void ct_log_print_tail(void);

/// Signals that came and were not yet reported, as ct_event bits.
extern atomic_uint ct_pending;
/// Writes all bytes; gives up when the terminal is gone. Async-signal-safe.
void ct_write_all(int fd, const void *bytes, size_t n);
