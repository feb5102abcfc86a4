import Imaging
import Radiology
import Reporting

/// A key image as a clinician sees it: in its first window, regions, labels and the kind of result
/// painted in.
struct KeyPicture {
  private(set) var painting: GreyPainting
  /// Of the image, which begins at the upper left corner of the picture.
  private let rows: Int

  /// Paints on the frame's own picture, with lines of words in capitals along the lower edge.
  ///
  /// Every word is whole: a picture too small for them grows, to the right and below the image,
  /// where black comes to it.
  init(of key: KeyImage, in image: GreyImage, foot: [String]) {
    rows = image.rows
    // Lines that can be seen when the whole of a large radiograph is on a screen.
    let longer = max(image.columns, rows)
    let (thickness, scale) = (max(1, longer / 700), max(1, longer / 500))
    let labels = key.regions.map { $0.label.uppercased() }
    let widest = (foot + labels).map { GreyPainting.width(of: $0, scale: 1) + Self.margin }.max()
    let line = GreyPainting.lineHeight(scale: scale) + 2 * scale
    let band = foot.count * line + 3 * scale
    let isRoomy = (widest ?? 0) <= image.columns && 4 * band <= rows
    painting = Self.canvas(
      image, columns: max(image.columns, widest ?? 0), rows: isRoomy ? rows : rows + band)
    for mark in key.regions {
      let (x0, y0) = (Int(mark.region.x0.rounded()), Int(mark.region.y0.rounded()))
      let (x1, y1) = (Int(mark.region.x1.rounded()), Int(mark.region.y1.rounded()))
      painting.frame(
        x0: x0, y0: y0, x1: max(x0 + 2, x1), y1: max(y0 + 2, y1), thickness: thickness)
    }
    for mark in key.regions { write(mark, scale: scale) }
    for (index, words) in foot.enumerated() {
      painting.write(
        words, x: 2 * scale, y: painting.height - (foot.count - index) * line - scale,
        scale: fitting(words, scale))
    }
  }

  /// Beside words, at scale 1.
  private static let margin = 4

  private static func canvas(_ image: GreyImage, columns: Int, rows: Int) -> GreyPainting {
    let greys = render(
      image, View(window: image.defaultWindow), width: image.columns, height: image.rows)
    guard (columns, rows) != (image.columns, image.rows) else {
      return GreyPainting(width: columns, height: rows, pixels: greys)
    }
    var pixels = [UInt8](repeating: 0, count: columns * rows)
    for row in 0..<image.rows {
      let line = greys[row * image.columns..<(row + 1) * image.columns]
      pixels.replaceSubrange(row * columns..<row * columns + image.columns, with: line)
    }
    return GreyPainting(width: columns, height: rows, pixels: pixels)
  }

  /// The label above its region, or below one at the upper edge, and never outside the picture.
  private mutating func write(_ mark: KeyImage.Named, scale: Int) {
    let words = mark.label.uppercased()
    let scale = fitting(words, scale)
    let height = GreyPainting.lineHeight(scale: scale)
    let above = Int(mark.region.y0) - height - 4 * scale
    let y = above >= 0 ? above : Int(mark.region.y1) + 4 * scale
    let rightmost = painting.width - GreyPainting.width(of: words, scale: scale) - 2
    painting.write(
      words, x: max(2, min(Int(mark.region.x0), rightmost)), y: max(2, min(y, rows - height - 2)),
      scale: scale)
  }

  /// The largest scale at which words still fit across the picture; at 1 they always do.
  private func fitting(_ words: String, _ scale: Int) -> Int {
    (1...scale).last {
      GreyPainting.width(of: words, scale: $0) + Self.margin * $0 <= painting.width
    } ?? 1
  }
}

extension Exporter {
  /// The key image with everything burned in; blocks while it is decoded.
  func painted(_ key: KeyImage, of dossier: Dossier) throws -> PaintedImage {
    let image = try pictures.pictureHere(of: key.instance, frame: key.frame)
    let shown = try dossier.keyImages().map(\.regions.count).reduce(0, +)
    var foot = [
      "SECONDLOOK, \(dossier.standing.uppercased())", "RESEARCH SOFTWARE, NOT A MEDICAL DEVICE",
    ]
    if dossier.study.isSynthetic { foot.insert("SYNTHETIC IMAGE", at: 0) }
    if shown > key.regions.count { foot.append("MORE REGIONS IN OTHER IMAGES") }
    let painting = KeyPicture(of: key, in: image, foot: foot).painting
    return PaintedImage(
      key, columns: painting.width, rows: painting.height, greys: painting.pixels)
  }
}
