/// What stands in for a glyph where the locale knows only ASCII.
enum ASCIITwins {
  /// One ASCII character for a glyph; `?` where nothing comes close.
  static func twin(of character: Character) -> Character {
    if character.isASCII { return character }
    return table[character] ?? "?"
  }

  private static let table: [Character: Character] = {
    var table: [Character: Character] = [:]
    for (twin, glyphs) in [
      ("-", "─━╌┄–—‐‑−╴╶▬"), ("|", "│┃┆┊▏▕"), ("+", "┌┐└┘├┤┬┴┼╭╮╯╰┏┓┗┛┣┫┳┻╋"),
      ("#", "█▉▊▋▌▐▓▇▆▀■●"), (".", "░▒▂·…•∙"), (":", "▍▎⋮"), (">", "▸▶►→›❯»≥↵"),
      ("<", "◂◀←‹«≤⌫"), ("^", "▲△↑⇧"), ("v", "▼▽↓"), ("X", "✖✗✘╳×"), ("o", "○◦◌"), ("!", "⚠❗"),
      ("*", "★☆✱⧗⏳"), ("=", "═≡⇅↔"), ("~", "≈∼"), ("'", "‘’′"), ("\"", "“”″"), ("u", "µμ"),
      ("e", "ε"), ("d", "δΔ"), ("D", "∆"), ("'", "°"), ("x", "⨯"), ("E", "€"), ("L", "£"),
      ("_", "▁▂␣"), ("-", "▃"), ("=", "▄"), ("+", "▅"),
    ] as [(Character, String)] {
      for glyph in glyphs { table[glyph] = twin }
    }
    // The tick has to differ from every other mark: `ok` in a single cell is `v`.
    table["✓"] = "v"
    table["✔"] = "v"
    table["⏎"] = ">"
    return table
  }()
}
