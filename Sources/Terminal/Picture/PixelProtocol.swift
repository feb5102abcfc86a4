/// A way to send pixels to a terminal, the better one first.
public enum PixelProtocol: Sendable, Hashable, CaseIterable {
  /// Every grey, under a name that replaces it without a flicker.
  case kitty
  /// 64 greys, in bands of six rows.
  case sixel

  /// How many rows of pixels fit into so many rows of cells; with sixel a band is never cut.
  public func height(rows: Int, of cell: Capabilities.CellPixels) -> Int {
    let height = rows * cell.height
    return self == .sixel ? height / 6 * 6 : height
  }
}
