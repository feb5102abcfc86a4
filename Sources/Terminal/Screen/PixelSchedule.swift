/// Which pictures are on screen in pixels and which are due.
///
/// Pixels wait until the reader has paused for 120 ms, so that moving through a picture is never
/// slowed down by them.
struct PixelSchedule {
  static let pause = Duration.milliseconds(120)

  /// Pictures whose pixels the terminal shows right now.
  var onScreen: [PlacedPicture] = []
  /// The line took more than 250 ms for the last picture: leave it at cells.
  var isTooSlow = false
  private var wanted: [PlacedPicture] = []
  private(set) var due: ContinuousClock.Instant?

  /// Takes the pictures of a new frame; those on screen already are done.
  mutating func want(_ pictures: [PlacedPicture]) {
    wanted = pictures.filter { picture in !onScreen.contains { $0.isSame(as: picture) } }
    guard !wanted.isEmpty, !isTooSlow else {
      due = nil
      return
    }
    // Frames that come without input, such as a clock, do not push the pixels away for ever.
    if due == nil { due = .now + Self.pause }
  }

  /// The reader did something: start counting anew.
  mutating func postpone() {
    if due != nil { due = .now + Self.pause }
  }

  /// The pictures to draw now.
  mutating func takeDue() -> [PlacedPicture] {
    defer {
      wanted = []
      due = nil
    }
    return wanted
  }

  /// Forgets the pictures that a new canvas does not have in the same place with the same cells,
  /// and answers where they were.
  mutating func stale(in canvas: Canvas, comparedWith old: Canvas?) -> [Rect] {
    guard !onScreen.isEmpty else { return [] }
    let stale = onScreen.filter { picture in
      guard let old, canvas.pictures.contains(where: { $0.isSame(as: picture) }) else {
        return true
      }
      return !canvas.hasSameCells(as: old, in: picture.rect)
    }
    onScreen.removeAll { picture in stale.contains { $0.isSame(as: picture) } }
    return stale.map(\.rect)
  }
}

extension PlacedPicture {
  fileprivate func isSame(as other: PlacedPicture) -> Bool {
    rect == other.rect && version == other.version
  }
}

extension Canvas {
  fileprivate func hasSameCells(as other: Canvas, in rect: Rect) -> Bool {
    guard width == other.width, height == other.height else { return false }
    let rect = rect.intersection(bounds)
    return (rect.y..<rect.endY).allSatisfy { y in
      let row = y * width
      return cells[row + rect.x..<row + rect.endX] == other.cells[row + rect.x..<row + rect.endX]
    }
  }
}
