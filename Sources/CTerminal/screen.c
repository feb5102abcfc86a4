// Painting with ncurses.
#define _GNU_SOURCE
#define NCURSES_WIDECHAR 1
#include "internal.h"

#include <curses.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <fcntl.h>
#include <unistd.h>
#include <wchar.h>

atomic_int ct_active;
int ct_tty = -1;
struct termios ct_modes;

static SCREEN *screen;
static FILE *out;
static int has_pairs, wants_mouse, is_dumb, has_pictures;

static const char mouse_on[] = "\033[?1000h\033[?1002h\033[?1006h";
static const char mouse_off[] = "\033[?1006l\033[?1002l\033[?1000l";
static const char paste_on[] = "\033[?2004h";
static const char paste_off[] = "\033[?2004l";
// Every picture that the kitty graphics protocol has put on the screen, and its data.
#define PICTURES_OFF "\033_Ga=d,d=A,q=2\033\\"

static void send(const char *text) {
  if (!is_dumb) ct_write_all(ct_tty, text, strlen(text));
}

// Appends a terminfo string without its padding ($<5>), which only real hardware needed.
static size_t append_capability(char *to, size_t used, size_t room, const char *name) {
  char wanted[16];
  snprintf(wanted, sizeof wanted, "%s", name);
  const char *text = tigetstr(wanted);
  if (text == NULL || text == (const char *)-1) return used;
  for (; *text && used < room; text++) {
    if (text[0] == '$' && text[1] == '<') {
      const char *end = strchr(text, '>');
      if (end == NULL) break;
      text = end;
    } else {
      to[used++] = *text;
    }
  }
  return used;
}

// What a signal handler writes: it can call neither ncurses nor terminfo.
static void prepare_restoring(void) {
  static char bytes[512];
  size_t used = 0;
  if (!is_dumb) {
    // The string terminator comes first, in case a picture was cut off in the middle.
    used = (size_t)snprintf(
        bytes, sizeof bytes, "\033\\" PICTURES_OFF "\033\\%s%s", mouse_off, paste_off);
  }
  static const char *const names[] = {"sgr0", "op", "cnorm", "rmcup"};
  for (int i = 0; i < 4; i++) used = append_capability(bytes, used, sizeof bytes, names[i]);
  ct_guard_restoring(bytes, used);
  ct_pictures(0);
}

static void start_modes(void) {
  send(paste_on);
  if (wants_mouse) send(mouse_on);
}

int ct_open(const char *log_path, int mouse) {
  if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO) ||
      tcgetattr(STDIN_FILENO, &ct_modes) != 0) {
    return CT_NOT_A_TERMINAL;
  }
  // Only the character type: numbers keep their decimal point whatever the locale.
  setlocale(LC_CTYPE, "");
  if (ct_log_open(log_path) != 0) return CT_NO_LOG;
  const char *term = getenv("TERM");
  is_dumb = term == NULL || strcmp(term, "dumb") == 0;
  wants_mouse = mouse;
  ct_tty = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
  int stream = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
  out = stream < 0 ? NULL : fdopen(stream, "w");
  use_tioctl(TRUE);
  ct_guard_remember();
  screen = out == NULL ? NULL : newterm(NULL, out, stdin);
  if (screen != NULL && tigetstr("cup") == NULL) {
    // ncurses would go on, but a terminal that cannot place text can only be littered.
    endwin();
    delscreen(screen);
    screen = NULL;
  }
  if (screen == NULL) {
    if (out != NULL) fclose(out);
    close(ct_tty);
    ct_tty = -1;
    return CT_UNKNOWN_TERMINAL;
  }
  raw();
  noecho();
  nonl();
  // Never look for keys while painting: we read them ourselves, and a frame is drawn whole.
  typeahead(-1);
  idlok(stdscr, TRUE);
  // Shifting cells sideways would shift the pixels of a picture with them.
  idcok(stdscr, FALSE);
  has_pairs = 0;
  if (has_colors() && start_color() == OK && COLOR_PAIRS > 1) {
    has_pairs = use_default_colors() == OK;
  }
  prepare_restoring();
  ct_log_redirect();
  atomic_store(&ct_active, 1);
  // After newterm, which installs handlers of its own.
  ct_guard_install();
  static int registered;
  if (!registered) registered = atexit(ct_close) == 0;
  refresh();
  start_modes();
  return CT_OK;
}

static void leave(void) {
  fflush(stdout);
  if (has_pictures) send(PICTURES_OFF);
  ct_pictures(0);
  if (wants_mouse) send(mouse_off);
  send(paste_off);
  curs_set(1);
  endwin();
  ct_log_restore();
}

void ct_close(void) {
  int expected = 1;
  if (!atomic_compare_exchange_strong(&ct_active, &expected, 0)) return;
  leave();
  ct_guard_remove();
  delscreen(screen);
  fclose(out);
  close(ct_tty);
  ct_tty = -1;
  screen = NULL;
  ct_log_print_tail();
}

static void enter(void) {
  // The shell may have changed its modes while we were stopped; those are what we give back.
  tcgetattr(STDIN_FILENO, &ct_modes);
  def_shell_mode();
  ct_log_redirect();
  reset_prog_mode();
  ct_resize();
  clearok(curscr, TRUE);
  refresh();
  start_modes();
}

void ct_suspend(void) {
  if (!atomic_load(&ct_active)) return;
  leave();
  // The whole group: a wrapper that started us has to stop too, or the shell never wakes up.
  struct sigaction ignore = {.sa_handler = SIG_IGN}, stop = {.sa_handler = SIG_DFL}, ours;
  sigaction(SIGTSTP, &ignore, &ours);
  kill(0, SIGTSTP);
  // We stop by a signal to this very thread. One to the process is taken by some other thread, when
  // our handler is back already, and threads of a dispatch queue block it.
  sigaction(SIGTSTP, &stop, NULL);
  sigset_t only, before;
  sigemptyset(&only);
  sigaddset(&only, SIGTSTP);
  pthread_sigmask(SIG_UNBLOCK, &only, &before);
  raise(SIGTSTP);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  sigaction(SIGTSTP, &ours, NULL);
  enter();
  atomic_fetch_and(&ct_pending, ~(unsigned)(CT_CONTINUED | CT_STOPPED | CT_RESIZED));
}

void ct_resume(void) {
  if (!atomic_load(&ct_active)) return;
  reset_prog_mode();
  ct_resize();
  // The shell wrote onto our screen: enter the alternate one again and repaint it.
  const char *smcup = tigetstr("smcup");
  if (smcup != NULL && smcup != (const char *)-1) send(smcup);
  clearok(curscr, TRUE);
  start_modes();
}

int ct_colours(void) { return has_pairs ? COLORS : 0; }

int ct_is_utf8(void) { return strcmp(nl_langinfo(CODESET), "UTF-8") == 0; }

ct_dimensions ct_size(void) {
  ct_dimensions size = {.rows = 24, .columns = 80};
  struct winsize window;
  if (ioctl(ct_tty, TIOCGWINSZ, &window) == 0 && window.ws_row > 0 && window.ws_col > 0) {
    size.rows = window.ws_row;
    size.columns = window.ws_col;
    size.pixel_width = window.ws_xpixel / window.ws_col;
    size.pixel_height = window.ws_ypixel / window.ws_row;
  }
  return size;
}

void ct_resize(void) {
  if (!atomic_load(&ct_active)) return;
  ct_dimensions size = ct_size();
  resizeterm(size.rows, size.columns);
}

void ct_mouse(int on) {
  if (wants_mouse == on || !atomic_load(&ct_active)) return;
  wants_mouse = on;
  send(on ? mouse_on : mouse_off);
}

static int pair_of(int foreground, int background) {
  if (!has_pairs) return 0;
  if (foreground >= COLORS) foreground = -1;
  if (background >= COLORS) background = -1;
  if (foreground < 0 && background < 0) return 0;
  // Neighbours mostly share their colours; alloc_pair searches a tree.
  static int last_foreground = -2, last_background = -2, last_pair;
  if (foreground != last_foreground || background != last_background) {
    int pair = alloc_pair(foreground, background);
    last_pair = pair < 0 ? 0 : pair;
    last_foreground = foreground;
    last_background = background;
  }
  return last_pair;
}

void ct_blit(int y, int x, const ct_cell *cells, int n) {
  if (!atomic_load(&ct_active) || n <= 0 || y < 0 || y >= LINES || x < 0 || x >= COLS) return;
  static cchar_t *row;
  static int room;
  if (room < 2 * n) {
    cchar_t *larger = realloc(row, 2 * (size_t)n * sizeof *row);
    if (larger == NULL) return;
    row = larger;
    room = 2 * n;
  }
  int used = 0;
  for (int i = 0; i < n; i++) {
    const ct_cell *cell = &cells[i];
    attr_t attributes = A_NORMAL;
    if (cell->attributes & CT_BOLD) attributes |= A_BOLD;
    if (cell->attributes & CT_REVERSE) attributes |= A_REVERSE;
    if (cell->attributes & CT_UNDERLINE) attributes |= A_UNDERLINE;
    wchar_t text[6] = {0};
    int length = 0;
    while (length < 5 && cell->text[length] != 0) {
      text[length] = cell->text[length];
      // ncurses refuses the glyph as a whole if a mark is not one to this libc.
      if (length > 0 && wcwidth(text[length]) != 0) {
        text[length] = 0;
        break;
      }
      length++;
    }
    int copies = 1;
    if (length == 0 || wcwidth(text[0]) != cell->width) {
      // This libc disagrees about the width; question marks keep the columns straight.
      text[0] = L'?';
      text[1] = 0;
      copies = cell->width;
    }
    int pair = pair_of(cell->foreground, cell->background);
    for (int copy = 0; copy < copies; copy++) {
      // The pair goes in as an int: a short ends at 32767.
      setcchar(&row[used++], text, attributes, 0, &pair);
    }
  }
  mvadd_wchnstr(y, x, row, used);
}

void ct_touch(int y, int rows) {
  if (atomic_load(&ct_active)) wredrawln(stdscr, y, rows);
}

void ct_pictures(int on) {
  has_pictures = on && !is_dumb;
  // A terminal that knows no pictures might print what takes them away.
  ct_guard_skip(has_pictures || is_dumb ? 0 : strlen("\033\\" PICTURES_OFF));
}

void ct_scrolling(int on) {
  if (atomic_load(&ct_active)) idlok(stdscr, on);
}

void ct_redraw(void) {
  if (atomic_load(&ct_active)) clearok(curscr, TRUE);
}

void ct_cursor(int y, int x) {
  if (!atomic_load(&ct_active)) return;
  curs_set(y >= 0);
  if (y >= 0) move(y, x);
}

void ct_flush(void) {
  if (atomic_load(&ct_active)) refresh();
}

void ct_raw(const uint8_t *bytes, size_t n) {
  if (atomic_load(&ct_active)) ct_write_all(ct_tty, bytes, n);
}
