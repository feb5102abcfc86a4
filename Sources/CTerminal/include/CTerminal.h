#pragma once
/// The only door to ncurses: it paints cells, reads bytes and gives the terminal back.
///
/// One terminal per process. Everything belongs to the thread that called ct_open, except ct_wake,
/// which any thread may call at any time, even before ct_open.

#include <stddef.h>
#include <stdint.h>

enum ct_status {
  CT_OK = 0,
  CT_NOT_A_TERMINAL,   ///< standard input or output is no terminal
  CT_UNKNOWN_TERMINAL, ///< terminfo has no usable entry for $TERM
  CT_NO_LOG,           ///< the log file cannot be opened
};

enum ct_event {
  CT_INPUT = 1,       ///< bytes can be read
  CT_WOKEN = 2,       ///< ct_wake was called
  CT_HANGUP = 4,      ///< the terminal is gone, or SIGHUP
  CT_RESIZED = 8,     ///< SIGWINCH
  CT_INTERRUPTED = 16,///< SIGINT
  CT_TERMINATED = 32, ///< SIGTERM
  CT_STOPPED = 64,    ///< SIGTSTP from outside: call ct_suspend
  CT_CONTINUED = 128, ///< SIGCONT after a stop that was not ours: call ct_resume
};

enum ct_attribute { CT_BOLD = 1, CT_REVERSE = 2, CT_UNDERLINE = 4 };

/// One glyph: a base and at most four marks, ended by 0 if fewer.
typedef struct {
  int32_t text[5];
  int16_t foreground; ///< palette index, -1 is the default colour
  int16_t background; ///< palette index, -1 is the default colour
  uint8_t width;      ///< 1 or 2 columns
  uint8_t attributes; ///< of ct_attribute
} ct_cell;

typedef struct {
  int rows, columns;
  int pixel_width, pixel_height; ///< of one cell; 0 if the terminal does not say
} ct_dimensions;

/// Takes the terminal: alternate screen, raw mode, bracketed paste, mouse if wanted, crash guard.
/// Standard error and output go to the log (appended, mode 0600; memory if NULL) until it is
/// given back. Sets the locale's character type from the environment.
int ct_open(const char *log_path, int mouse);
/// Gives the terminal back as it was and prints the end of what went to the log. Runs at exit too.
void ct_close(void);
/// Gives the terminal back, stops the process group as Control-Z does, and takes it again.
void ct_suspend(void);
/// Takes the terminal again after a stop that went past us.
void ct_resume(void);

/// The number of colours, 0 for none.
int ct_colours(void);
/// Whether the locale's character set is UTF-8.
int ct_is_utf8(void);
ct_dimensions ct_size(void);
/// Tells ncurses the present size.
void ct_resize(void);
void ct_mouse(int on);

/// Puts n glyphs on row y from column x on; shown by the next ct_flush.
void ct_blit(int y, int x, const ct_cell *cells, int n);
/// Makes the next ct_flush send all of these rows, for something else was drawn over them.
void ct_touch(int y, int rows);
/// Makes the next ct_flush send everything.
void ct_redraw(void);
/// Where the cursor is shown; y < 0 hides it.
void ct_cursor(int y, int x);
/// Sends what changed. Waits while the terminal does not take it.
void ct_flush(void);
/// Whether lines may be moved on the screen instead of being sent anew.
void ct_scrolling(int on);
/// Whether pictures of the kitty graphics protocol may be on the screen; whatever gives the terminal
/// back, a crash too, then takes them away.
void ct_pictures(int on);
/// Sends bytes past ncurses.
void ct_raw(const uint8_t *bytes, size_t n);

/// Waits for events, at most timeout milliseconds, for ever if it is negative. May come back early.
unsigned ct_wait(int timeout);
/// Reads what is there: the number of bytes, 0 for none, -1 if the terminal is gone.
long ct_read(uint8_t *bytes, size_t n);
/// Ends ct_wait, now or the next time. Async-signal-safe.
void ct_wake(void);
