public import Radiology

extension Report {
  /// The report after the reader decided something more, with what was written by hand kept.
  ///
  /// `base` is the draft of the decisions before and `fresh` that of the decisions now. A line
  /// that still reads as in `base` follows `fresh`: it is replaced by the line about the same
  /// region or dropped. Every other line is the reader's and stays; where it begins with a
  /// region's name, `fresh` adds nothing about that region. New lines go after the line they
  /// follow in `fresh`.
  public func redrafted(from base: Report, to fresh: Report) -> Report {
    precondition(!isSigned, "a signed report does not change")
    var result = self
    result.changed = fresh.changed
    result.sections = sections.map { section in
      var section = section
      section.text = Merge(
        own: section.text.lines, base: base.text(of: section.key).lines,
        fresh: fresh.text(of: section.key).lines
      ).result.joined(separator: "\n")
      return section
    }
    let keys = Set(sections.map(\.key))
    result.sections += fresh.sections.filter { !keys.contains($0.key) }
    return result
  }
}

/// The lines of one section, merged.
private struct Merge {
  let own: [String]
  let base: [String]
  let fresh: [String]

  var result: [String] {
    if own == base { return fresh }
    var result: [String] = []
    var placed: Set<Int> = []
    for line in own {
      guard base.contains(line) else {
        result.append(line)
        continue
      }
      let same = fresh.indices.first { !placed.contains($0) && fresh[$0] == line }
      let about = fresh.indices.first {
        !placed.contains($0) && line.regionName != nil && fresh[$0].regionName == line.regionName
      }
      guard let index = same ?? about else { continue }
      placed.insert(index)
      result.append(fresh[index])
    }
    let edited = Set(own.filter { !base.contains($0) }.compactMap(\.regionName))
    for index in fresh.indices where !placed.contains(index) && !base.contains(fresh[index]) {
      if let name = fresh[index].regionName, edited.contains(name) { continue }
      // After the nearest line before it that is there, else at the end.
      let before = fresh[..<index].last { result.contains($0) }
      let position = before.flatMap { result.lastIndex(of: $0) }.map { $0 + 1 } ?? result.count
      result.insert(fresh[index], at: position)
    }
    return result
  }
}

extension String {
  fileprivate var lines: [String] { split(whereSeparator: \.isNewline).map(String.init) }

  /// `R12` where the line begins so: what links a sentence to a region.
  fileprivate var regionName: String? {
    let word = prefix { $0.isLetter || $0.isNumber }
    guard word.first == "R", word.count > 1, word.dropFirst().allSatisfy(\.isNumber) else {
      return nil
    }
    return String(word)
  }
}
