"""Captures the main screens in a real terminal, on generated studies, as PNG pictures.

    capture.py PROGRAM FOLDER

PROGRAM is the built `secondlook`; the pictures are written into FOLDER. tmux shows the program and
tells every cell; each is drawn as a terminal would draw it. Needs tmux, Pillow and the font DejaVu
Sans Mono.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

COLUMNS, ROWS = 110, 32
CELL = (9, 18)
FONTS = Path("/usr/share/fonts/truetype/dejavu")
# Ink and paper of a dark and of a light terminal.
DARK = ((208, 208, 208), (18, 18, 18))
LIGHT = ((32, 32, 32), (255, 255, 255))
READER = "Dr Osei"

# The picture's name, the program's arguments, what it shows at first, then keys with what each
# leads to, and the terminal's own colours.
SCREENS = [
    ("worklist", [], "Worklist", [("j", ""), ("j", "")], DARK),
    ("worklist-light", ["--theme", "light"], "Worklist", [("j", ""), ("j", "")], LIGHT),
    ("worklist-contrast", ["--theme", "high-contrast"], "Worklist", [("j", "")], DARK),
    ("help", [], "Worklist", [("?", "type to filter")], DARK),
    ("study", [], "Worklist", [("Enter", "cm at detector"), ("n", "R1"), ("a", "R1 agreed")], DARK),
    ("report", [], "Worklist",
     [("Enter", "cm at detector"), ("c", "normal"), ("s", "Called"), ("r", "Impression")], DARK),
    ("sign", [], "Worklist", [("Enter", "cm at detector"), ("S", "Sign report")], DARK),
    ("sync", [], "Worklist", [("g", "Go to"), ("y", "round")], DARK),
    ("clinician", [], "Worklist",
     [("g", "Go to"), ("c", "Find"), ("OKAFOR", "born"), ("Enter", "Signed report")], DARK),
    ("tour", ["tour"], "Tour 1 of", [("j", "Press /")], DARK),
]


class Window:
    """A tmux server of its own, with one program in it."""

    def __init__(self, command, environment):
        self.environment = environment
        # Whoever looks wants the colours, whatever the caller's terminal has.
        self.tmux("new-session", "-d", "-x", str(COLUMNS), "-y", str(ROWS),
                  "env", "-u", "NO_COLOR", *command)

    def tmux(self, *arguments):
        call = ["tmux", "-u", "-L", f"capture-{os.getpid()}", "-f", "/dev/null", *arguments]
        done = subprocess.run(
            call, env=self.environment, check=True, capture_output=True, text=True)
        return done.stdout

    def press(self, keys, words):
        self.tmux("send-keys", keys)
        self.shows(words)

    def shows(self, words):
        """Waits until the screen shows the words, and a little for what follows them."""
        deadline = time.monotonic() + 60
        while words not in (screen := self.tmux("capture-pane", "-p")):
            if time.monotonic() > deadline:
                sys.exit(f"The screen never showed {words!r}:\n{screen}")
            time.sleep(0.1)
        time.sleep(0.5)

    def cells(self):
        return self.tmux("capture-pane", "-p", "-e")

    def close(self):
        self.tmux("kill-server")


def palette(index):
    """A colour of the 256-colour palette, as xterm has it."""
    if index < 16:
        level = 255 if index >= 8 else 205
        return tuple(level if index >> bit & 1 else 0 for bit in range(3))
    if index >= 232:
        return (8 + 10 * (index - 232),) * 3
    steps = (0, 95, 135, 175, 215, 255)
    return tuple(steps[(index - 16) // unit % 6] for unit in (36, 6, 1))


class Pen:
    """How the next character looks: what the escape sequences so far have said."""

    attributes = {1: ("bold", True), 4: ("underlined", True), 7: ("reversed", True),
                  22: ("bold", False), 24: ("underlined", False), 27: ("reversed", False)}

    def __init__(self, look):
        self.look = look
        self.reset()

    def reset(self):
        self.ink, self.paper = self.look
        self.bold = self.underlined = self.reversed = False

    def take(self, sequence):
        codes = [int(code or 0) for code in sequence.split(";")]
        while codes:
            code = codes.pop(0)
            if code == 0:
                self.reset()
            elif code in self.attributes:
                setattr(self, *self.attributes[code])
            elif code in (38, 48):
                isIndexed = codes.pop(0) == 5
                colour = palette(codes.pop(0)) if isIndexed else tuple(
                    codes.pop(0) for _ in range(3))
                setattr(self, "ink" if code == 38 else "paper", colour)
            elif code == 39:
                self.ink = self.look[0]
            elif code == 49:
                self.paper = self.look[1]
            elif code // 10 in (3, 9):
                self.ink = palette(code % 10 + (8 if code >= 90 else 0))
            elif code // 10 in (4, 10):
                self.paper = palette(code % 10 + (8 if code >= 100 else 0))

    @property
    def colours(self):
        return (self.paper, self.ink) if self.reversed else (self.ink, self.paper)


QUADRANTS = ["SW", "SE", "NW", "NW SW SE", "NW SE", "NW NE SW", "NW NE SE", "NE", "NE SW",
             "NE SW SE"]
CORNERS = {"NW": (0, 0), "NE": (0.5, 0), "SW": (0, 0.5), "SE": (0.5, 0.5)}


def blocks(character):
    """The parts of a cell that a block element fills, in shares of it; none for other glyphs."""
    code = ord(character)
    if code == 0x2580:
        return [(0, 0, 1, 0.5)]
    if 0x2581 <= code <= 0x2588:
        return [(0, 1 - (code - 0x2580) / 8, 1, 1)]
    if 0x2589 <= code <= 0x258F:
        return [(0, 0, (0x2590 - code) / 8, 1)]
    if code == 0x2590:
        return [(0.5, 0, 1, 1)]
    if 0x2596 <= code <= 0x259F:
        corners = [CORNERS[name] for name in QUADRANTS[code - 0x2596].split()]
        return [(x, y, x + 0.5, y + 0.5) for x, y in corners]
    return []


# Which ways the lines of a frame go, and how thick they are.
FRAMES = {"─": ("WE", 1), "│": ("NS", 1), "┌": ("ES", 1), "┐": ("WS", 1), "└": ("NE", 1),
          "┘": ("NW", 1), "├": ("NSE", 1), "┤": ("NSW", 1), "┬": ("WES", 1), "┴": ("WEN", 1),
          "┼": ("NSWE", 1), "━": ("WE", 2), "┃": ("NS", 2), "┏": ("ES", 2), "┓": ("WS", 2),
          "┗": ("NE", 2), "┛": ("NW", 2)}


class Picture:
    def __init__(self, look):
        self.image = Image.new("RGB", (COLUMNS * CELL[0], ROWS * CELL[1]), look[1])
        self.draw = ImageDraw.Draw(self.image)
        self.fonts = {bold: ImageFont.truetype(FONTS / name, 15) for bold, name in
                      [(False, "DejaVuSansMono.ttf"), (True, "DejaVuSansMono-Bold.ttf")]}

    def fill(self, x, y, part, colour):
        left, top, right, bottom = part
        self.draw.rectangle(
            (round((x + left) * CELL[0]), round((y + top) * CELL[1]),
             round((x + right) * CELL[0]) - 1, round((y + bottom) * CELL[1]) - 1), fill=colour)

    def frame(self, x, y, ways, width, colour):
        left, top = x * CELL[0], y * CELL[1]
        right, bottom = left + CELL[0] - 1, top + CELL[1] - 1
        x, y, thick = left + CELL[0] // 2, top + CELL[1] // 2, width - 1
        lines = {"N": (x, top, x + thick, y), "S": (x, y, x + thick, bottom),
                 "W": (left, y, x, y + thick), "E": (x, y, right, y + thick)}
        for way in ways:
            self.draw.rectangle(lines[way], fill=colour)

    def put(self, x, y, character, pen):
        ink, paper = pen.colours
        self.fill(x, y, (0, 0, 1, 1), paper)
        if parts := blocks(character):
            for part in parts:
                self.fill(x, y, part, ink)
        elif character in FRAMES:
            self.frame(x, y, *FRAMES[character], ink)
        else:
            self.draw.text((x * CELL[0], y * CELL[1]), character, font=self.fonts[pen.bold],
                           fill=ink)
        if pen.underlined:
            self.fill(x, y, (0, 0.9, 1, 0.95), ink)

    def save(self, file):
        colours = self.image.quantize(256, dither=Image.Dither.NONE)
        colours.save(file, optimize=True)


def picture(cells, look):
    drawn, pen = Picture(look), Pen(look)
    for y, line in enumerate(cells.split("\n")[:ROWS]):
        x = 0
        for sequence, character in re.findall(r"\x1b\[([0-9;]*)m|(.)", line):
            if character:
                drawn.put(x, y, character, pen)
                x += 1
            else:
                pen.take(sequence)
    return drawn


def main(program, folder):
    with tempfile.TemporaryDirectory() as scratch:
        environment = dict(
            os.environ, TMUX_TMPDIR=scratch, LC_ALL="C.UTF-8", TERM="xterm-256color")

        def run(*arguments):
            subprocess.run([program, *arguments], check=True, stdout=subprocess.DEVNULL)

        run("demo", "--headless", "--home", f"{scratch}/demo")
        store = f"{scratch}/demo/worklist"
        home = ["--home", store]
        for number, call in [("#2", "--suspicious"), ("#20", "--normal")]:
            run("review", number, call, "--as", READER, *home)
            run("sign", number, "--as", READER, *home)
        run("agent", "--once", *home)
        for name, arguments, words, keys, look in SCREENS:
            # The workstation comes back to where it was left: each picture has its own copy.
            copy = shutil.copytree(store, f"{scratch}/{name}")
            who = [] if arguments == ["tour"] else ["--as", READER, "--home", copy]
            window = Window([program, *arguments, *who], environment)
            try:
                window.shows(words)
                for key, then in keys:
                    window.press(key, then)
                picture(window.cells(), look).save(Path(folder) / f"{name}.png")
            finally:
                window.close()
            print(name)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(os.path.abspath(sys.argv[1]), sys.argv[2])
