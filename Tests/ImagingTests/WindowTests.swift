import Imaging
import TestSupport
import Testing

@Suite struct WindowTests {
  @Test("a window narrower than 1 is refused", arguments: [0, -5, 0.5, Float.nan, .infinity])
  func tooNarrow(width: Float) {
    #expect(throws: ImagingError.self) { try Window(center: 0, width: width) }
  }

  @Test("the ramp is the standard's, with its half")
  func linear() throws {
    // PS3.3 C.11.2.1.2.1: width 4096 around 2048 maps 0 to black and 4095 to white.
    let window = try Window(center: 2048, width: 4096)
    #expect(window.grey(0) == 0)
    #expect(window.grey(4095) == 255)
    #expect(window.grey(2047.5) == 128)
    let narrow = try Window(center: 100, width: 1)
    #expect(narrow.grey(99.5) == 0)
    #expect(narrow.grey(99.6) == 255)
  }

  @Test("brighter values are never darker", arguments: 0..<50)
  func monotonic(seed: UInt64) throws {
    var random = Seeded(seed)
    let window = try Window(
      center: .random(in: -1000...1000, using: &random),
      width: .random(in: 1...4000, using: &random))
    let values = (0..<200).map { _ in Float.random(in: -4000...4000, using: &random) }.sorted()
    let greys = values.map { window.grey($0) }
    #expect(greys == greys.sorted())
  }

  @Test("dragging never makes a window narrower than 1")
  func dragging() throws {
    let window = try Window(center: 10, width: 5).adjusted(center: 1, width: -100)
    #expect(window == (try Window(center: 11, width: 1)))
  }

  @Test("a window spans the values it was made for")
  func spanning() {
    let window = Window.spanning(10, 20)
    #expect(window.grey(10) == 0)
    #expect(window.grey(20) == 255)
    #expect(Window.spanning(5, 5).width == 1)
  }

  @Test("an exact line goes from edge to edge, and may be narrower than 1")
  func exact() throws {
    // PS3.3 C.11.2.1.3.2.
    let window = try Window(center: 0.5, width: 0.5, shape: .exact)
    #expect([0.25, 0.5, 0.75, 1].map { window.grey($0) } == [0, 128, 255, 255])
  }

  @Test("an S is grey in the middle and flat at its ends")
  func sigmoid() throws {
    // PS3.3 C.11.2.1.3.1: one width above the centre are 1 / (1 + e^-4) of white.
    let window = try Window(center: 100, width: 50, shape: .sigmoid)
    #expect([-10_000, 50, 100, 150, 10_000].map { window.grey($0) } == [0, 5, 128, 250, 255])
    #expect(window.grey(.nan) == 0)
    #expect(throws: ImagingError.self) { try Window(center: 0, width: 0, shape: .sigmoid) }
  }

  @Test("a window that a reader drags is a line, whatever it was")
  func draggedShape() throws {
    let window = try Window(center: 100, width: 50, shape: .sigmoid)
    #expect(window.adjusted(center: 0, width: 0) == (try Window(center: 100, width: 50)))
  }

  @Test("infinities are black and white, in windows as wide as numbers go too")
  func infinities() throws {
    let most = Float.greatestFiniteMagnitude
    let windows = [
      try Window(center: 100, width: 50), try Window(center: 100, width: 50, shape: .exact),
      try Window(center: 100, width: 50, shape: .sigmoid), try Window(center: most, width: most),
      try Window(center: most, width: most).adjusted(center: most, width: most),
      .spanning(-most, most), .spanning(-.infinity, .infinity), .spanning(0, .infinity),
      .spanning(.infinity, .infinity), .spanning(.nan, .nan),
    ]
    for window in windows {
      #expect(window.center.isFinite && window.width >= 1 && window.width.isFinite)
      let greys = [-.infinity, -most, 0, most, .infinity].map { window.grey($0) }
      #expect(greys == greys.sorted() && greys.first == 0 && greys.last == 255)
      #expect(window.grey(.nan) == 0)
    }
  }
}
