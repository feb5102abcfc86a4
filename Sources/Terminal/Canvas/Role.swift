/// What a piece of text means; the theme decides how it looks.
///
/// A role is never told by colour alone: draw `✓ · ▲ ✖`, a word or a thicker line besides, so that
/// a monochrome terminal and a colour-blind reader lose nothing.
public enum Role: UInt8, Sendable, Hashable, CaseIterable {
  case text
  case muted
  case title
  /// What has the focus.
  case accent
  case selection
  /// Goes with `✓`.
  case ok
  /// Goes with `·`.
  case info
  /// Goes with `▲`.
  case warning
  /// Goes with `✖`.
  case critical
  /// The box the reader is on; goes with a thick line.
  case overlayCurrent
  /// The other boxes; goes with a thin line.
  case overlayOther
  case chart
}
