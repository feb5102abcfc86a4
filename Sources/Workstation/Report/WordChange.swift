/// What became of one word between two texts; a line break counts as a word.
enum WordChange: Sendable, Hashable {
  case same(String)
  case removed(String)
  case added(String)

  /// The words of both texts in order, removed ones before those that took their place.
  static func between(_ old: String, _ new: String) -> [WordChange] {
    let (before, after) = (words(old), words(new))
    let difference = after.difference(from: before)
    var removed: Set<Int> = []
    var added: Set<Int> = []
    for change in difference {
      switch change {
      case .remove(let offset, _, _): removed.insert(offset)
      case .insert(let offset, _, _): added.insert(offset)
      }
    }
    var changes: [WordChange] = []
    var (i, j) = (0, 0)
    while i < before.count || j < after.count {
      if removed.contains(i) {
        changes.append(.removed(before[i]))
        i += 1
      } else if added.contains(j) {
        changes.append(.added(after[j]))
        j += 1
      } else {
        changes.append(.same(after[j]))
        (i, j) = (i + 1, j + 1)
      }
    }
    return changes
  }

  private static func words(_ text: String) -> [String] {
    text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .map { $0.split(separator: " ").map(String.init) }
      .joined(separator: ["\n"]).map { $0 }
  }
}
