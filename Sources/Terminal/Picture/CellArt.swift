/// A way to draw a grey picture with glyphs.
public enum CellArt: Sendable, Hashable, CaseIterable {
  /// Eighths and quadrants of a cell in two of the 30 greys of a 256-colour terminal.
  case blocks256
  /// Eight dots per cell, dithered; for terminals without greys.
  case braille
  /// One of ten characters per cell, from blank to `@`; for terminals without Unicode.
  case ascii

  /// The samples one cell is made from; sample the image at exactly this many per cell.
  ///
  /// Each sample should be the mean of the area it covers. Samples are not square on screen:
  /// a cell is about twice as high as wide.
  public var samplesPerCell: (width: Int, height: Int) {
    switch self {
    case .blocks256: (8, 8)
    case .braille: (2, 4)
    case .ascii: (1, 1)
    }
  }

  /// The size of the raster that ``cells(from:columns:rows:)`` needs.
  public func rasterSize(columns: Int, rows: Int) -> (width: Int, height: Int) {
    (columns * samplesPerCell.width, rows * samplesPerCell.height)
  }

  /// The picture as `rows` rows of `columns` cells.
  ///
  /// The raster has to have the size ``rasterSize(columns:rows:)`` says.
  public func cells(from raster: GreyRaster, columns: Int, rows: Int) -> [[Cell]] {
    precondition(
      rasterSize(columns: columns, rows: rows) == (raster.width, raster.height),
      "a raster for cells has samplesPerCell samples for each of them")
    return raster.pixels.withUnsafeBufferPointer { pixels in
      (0..<rows).map { row in
        (0..<columns).map { column in
          switch self {
          case .blocks256:
            BlockFit.cell(
              of: pixels, from: row * 8 * raster.width + column * 8, stride: raster.width)
          case .braille:
            Dither.braille(of: pixels, column: column, row: row, stride: raster.width)
          case .ascii:
            Dither.ascii(of: pixels[row * raster.width + column])
          }
        }
      }
    }
  }
}
