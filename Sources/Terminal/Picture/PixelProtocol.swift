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

  /// The cells that pixels may cover of those a picture has; none if the screen does not have them
  /// all.
  ///
  /// After a sixel the cursor goes below it, and from the last line that scrolls the screen: no
  /// sixel reaches that line.
  /// Source: DEC VT330/VT340 Programmer Reference Manual, volume 2, chapter 14, sixel scrolling;
  /// the terminals that draw sixels have it on.
  func room(for rect: Rect, columns: Int, rows: Int) -> Rect? {
    guard rect.intersection(Rect(x: 0, y: 0, width: columns, height: rows)) == rect else {
      return nil
    }
    let last = self == .sixel ? min(rect.endY, rows - 1) : rect.endY
    let room = Rect(x: rect.x, y: rect.y, width: rect.width, height: last - rect.y)
    return room.isEmpty ? nil : room
  }
}
