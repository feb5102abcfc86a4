/// How long one part of a split rectangle is.
public enum Length: Sendable, Hashable {
  /// Exactly this many cells, as far as there is room.
  case cells(Int)
  /// A share of what the `cells` parts leave, in proportion to this weight.
  case share(Int)
}

extension Rect {
  /// The top `count` rows, and what is below them.
  public func splitRows(top count: Int) -> (top: Rect, rest: Rect) {
    let count = min(max(0, count), height)
    return (
      Rect(x: x, y: y, width: width, height: count),
      Rect(x: x, y: y + count, width: width, height: height - count)
    )
  }

  /// The bottom `count` rows, and what is above them.
  public func splitRows(bottom count: Int) -> (rest: Rect, bottom: Rect) {
    let (rest, bottom) = splitRows(top: height - min(max(0, count), height))
    return (rest, bottom)
  }

  /// The left `count` columns, and what is right of them.
  public func splitColumns(left count: Int) -> (left: Rect, rest: Rect) {
    let count = min(max(0, count), width)
    return (
      Rect(x: x, y: y, width: count, height: height),
      Rect(x: x + count, y: y, width: width - count, height: height)
    )
  }

  /// The right `count` columns, and what is left of them.
  public func splitColumns(right count: Int) -> (rest: Rect, right: Rect) {
    let (rest, right) = splitColumns(left: width - min(max(0, count), width))
    return (rest, right)
  }

  /// Parts from top to bottom that touch, do not overlap and stay inside.
  public func splitRows(_ parts: [Length]) -> [Rect] {
    var top = y
    return Length.resolve(parts, total: height).map { part in
      defer { top += part }
      return Rect(x: x, y: top, width: width, height: part)
    }
  }

  /// Parts from left to right that touch, do not overlap and stay inside.
  public func splitColumns(_ parts: [Length]) -> [Rect] {
    var left = x
    return Length.resolve(parts, total: width).map { part in
      defer { left += part }
      return Rect(x: left, y: y, width: part, height: height)
    }
  }
}

extension Length {
  /// Whole cells for every part; their sum never exceeds `total`.
  static func resolve(_ parts: [Length], total: Int) -> [Int] {
    var fixedLeft = max(0, total)
    let fixed = parts.map { part in
      guard case .cells(let wanted) = part else { return 0 }
      let given = min(max(0, wanted), fixedLeft)
      fixedLeft -= given
      return given
    }
    var room = fixedLeft
    var weights = parts.reduce(0) { sum, part in
      if case .share(let weight) = part { sum + max(0, weight) } else { sum }
    }
    return zip(parts, fixed).map { part, cells in
      guard case .share(let weight) = part, weights > 0 else { return cells }
      // Dividing what is left, not the whole, hands out every cell without a remainder.
      let given = room * max(0, weight) / weights
      room -= given
      weights -= max(0, weight)
      return given
    }
  }
}
