/// Numbers of bytes as people read them.
public enum ByteText {
  /// `812 B`, `14 kB`, `2.1 MB`, `3.4 GB`: powers of a thousand, rounded down.
  public static func words(_ count: Int) -> String {
    switch count {
    case ..<1000: return "\(count) B"
    case ..<1_000_000: return "\(count / 1000) kB"
    case ..<1_000_000_000: return tenths(count / 100_000) + " MB"
    case ..<1_000_000_000_000: return tenths(count / 100_000_000) + " GB"
    default: return tenths(count / 100_000_000_000) + " TB"
    }
  }

  private static func tenths(_ count: Int) -> String { "\(count / 10).\(count % 10)" }
}
