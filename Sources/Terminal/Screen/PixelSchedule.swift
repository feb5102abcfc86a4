/// Which pictures are on screen in pixels and which are due.
///
/// Pixels wait until the reader has paused for 120 ms, so that moving through a picture is never
/// slowed down by them.
struct PixelSchedule {
  static let pause = Duration.milliseconds(120)

  /// Pictures whose pixels the terminal shows right now.
  private(set) var onScreen: [PlacedPicture] = []
  /// The line took more than 250 ms for the last two pictures: leave it at cells.
  var isTooSlow: Bool { slowDraws > 1 }
  /// A single one may have met a busy moment.
  private var slowDraws = 0
  private var wanted: [PlacedPicture] = []
  private(set) var due: ContinuousClock.Instant?
  /// Those of ``onScreen`` that are shown with fewer pixels than there are.
  private var coarse: [PlacedPicture] = []
  /// When a picture last followed another.
  private var lastSwap: ContinuousClock.Instant?

  /// Takes the pictures of a new frame; those on screen already are done.
  mutating func want(_ pictures: [PlacedPicture]) {
    wanted = pictures.filter { picture in
      let isCoarse = coarse.contains { $0.isSame(as: picture) }
      // On a slow line nothing new begins, but what moved there coarsely is not left so.
      return onScreen.contains { $0.isSame(as: picture) } ? isCoarse : !isTooSlow
    }
    guard !wanted.isEmpty else {
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

  /// Learns how long the line took for pictures.
  mutating func note(drawing time: Duration) {
    slowDraws = time > .milliseconds(250) ? slowDraws + 1 : 0
  }

  /// The terminal shows no pixels any more.
  mutating func clear() { onScreen = [] }

  /// The pictures to draw now.
  mutating func takeDue() -> [PlacedPicture] {
    defer {
      wanted = []
      due = nil
    }
    onScreen.removeAll { picture in wanted.contains { $0.isSame(as: picture) } }
    return wanted
  }

  /// The pictures that can follow those in their places at once, without cells in between; those
  /// they follow are forgotten.
  ///
  /// While steps follow each other faster than the pause, they are `areMoving`: draw them coarsely,
  /// and they are due in full once the reader pauses.
  mutating func takeSwaps(
    in canvas: Canvas, now: ContinuousClock.Instant = .now
  ) -> (pictures: [PlacedPicture], areMoving: Bool) {
    if isTooSlow { return ([], false) }
    let swaps = canvas.pictures.filter { picture in
      onScreen.contains { $0.rect == picture.rect && $0.version != picture.version }
    }
    guard !swaps.isEmpty else { return ([], false) }
    let areMoving = lastSwap.map { now - $0 < Self.pause } ?? false
    lastSwap = now
    onScreen.removeAll { picture in swaps.contains { $0.rect == picture.rect } }
    return (swaps, areMoving)
  }

  /// Takes note of pictures that the terminal shows now.
  mutating func show(_ pictures: [PlacedPicture], areCoarse: Bool) {
    onScreen += pictures
    coarse.removeAll { old in pictures.contains { $0.rect == old.rect } }
    if areCoarse { coarse += pictures }
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
  /// The canvas with the cells of an older one in some places: what pictures hide is not sent.
  func keeping(_ old: Canvas?, in rects: [Rect]) -> Canvas {
    guard !rects.isEmpty, let old, (old.width, old.height) == (width, height) else { return self }
    var kept = self
    for rect in rects.map({ $0.intersection(bounds) }) {
      let rows = (rect.y..<rect.endY).map { y in
        old.row(y).dropFirst(rect.x).prefix(rect.width).map(\.self)
      }
      kept.place(rows, at: rect.origin)
    }
    return kept
  }

  fileprivate func hasSameCells(as other: Canvas, in rect: Rect) -> Bool {
    guard width == other.width, height == other.height else { return false }
    let rect = rect.intersection(bounds)
    return (rect.y..<rect.endY).allSatisfy { y in
      let row = y * width
      return cells[row + rect.x..<row + rect.endX] == other.cells[row + rect.x..<row + rect.endX]
    }
  }
}
