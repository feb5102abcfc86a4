/// Which look somebody chose.
public enum ThemeChoice: String, Sendable, Hashable, CaseIterable {
  /// Dark or light, as the terminal says its background is.
  case auto
  case dark
  case light
  /// White on black with few, bright hues; a contrast of at least 7 to 1.
  case highContrast = "high-contrast"
  /// No hues: bold, reverse and underline only. Pictures keep their greys.
  case mono
}
