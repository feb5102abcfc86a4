/// An endless, shuffled pass over lessons: every lesson once, then every lesson once again.
///
/// Any step can be asked for without the ones before it, so a round that is repeated learns from
/// the same lessons.
struct LessonStream: Sendable {
  let count: Int
  let seed: UInt64

  /// Indices of the lessons of one step.
  func batch(of size: Int, step: Int) -> [Int] {
    var shuffles: [Int: [Int]] = [:]
    return (step * size..<(step + 1) * size).map { place in
      let pass = place / count
      let order = shuffles[pass] ?? shuffle(pass)
      shuffles[pass] = order
      return order[place % count]
    }
  }

  private func shuffle(_ pass: Int) -> [Int] {
    var random = SeededRandom(seed: seed, stream: UInt64(pass), 0x5EED)
    return Array(0..<count).shuffled(using: &random)
  }
}
