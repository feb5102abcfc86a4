import Foundation

/// A screen that draws 60 times a second, with about 2 milliseconds of work for each frame.
struct RenderLoop {
  private static let period = Duration.seconds(1) / 60
  private static let work = 2.0

  private var picture = (0..<65_536).map { Float($0 % 4096) }
  private var shown = [UInt8](repeating: 0, count: 65_536)
  private var passes = 1

  /// Finds out how much work 2 milliseconds are; comes before anything disturbs.
  init() {
    let once = (0..<50).map { _ in milliseconds { draw() } }.min() ?? Self.work
    passes = max(1, Int(Self.work / max(once, 0.001)))
  }

  /// Milliseconds from when a frame was due to when it was drawn; frames that come too late are
  /// left out, as a screen would.
  mutating func run(frames: Int) -> Times {
    var times: [Double] = []
    var due = ContinuousClock.now + Self.period
    while times.count < frames {
      let wait = (due - .now) / .seconds(1)
      if wait > 0 { Thread.sleep(forTimeInterval: wait) }
      draw()
      let now = ContinuousClock.now
      times.append((now - due) / .milliseconds(1))
      repeat { due += Self.period } while due < now
    }
    return Times(times)
  }

  /// Windows a picture, over and over.
  private mutating func draw() {
    for pass in 0..<passes {
      let low = Float(pass)
      for index in picture.indices {
        shown[index] = UInt8(min(max((picture[index] - low) * 0.0625, 0), 255))
      }
    }
  }
}
