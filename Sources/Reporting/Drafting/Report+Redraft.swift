public import Radiology

extension Report {
  /// The report after the reader decided something more, with what was written by hand kept.
  ///
  /// `fresh` is the draft of the decisions now. A line that still reads as the template wrote it
  /// follows `fresh`: it is replaced by the line about the same region or dropped. Every other
  /// line is the reader's and stays; where it begins with a region's name, `fresh` adds nothing
  /// about that region. New lines go after the line they follow in `fresh`.
  public func redrafted(to fresh: Report) -> Report {
    precondition(!isSigned, "a signed report does not change")
    var result = self
    result.sections = sections.map { section in
      fresh.sections.first { $0.key == section.key }.map(section.redrafted(to:)) ?? section
    }
    let keys = Set(sections.map(\.key))
    result.sections += fresh.sections.filter { !keys.contains($0.key) }
    if result.sections != sections { result.changed = fresh.changed }
    return result
  }
}

extension Report {
  /// An addendum to a signed report, of the decisions it was signed with.
  ///
  /// `fresh` is the draft of those decisions: the signed words stay until somebody changes them,
  /// or decides something else.
  public func addendum(drafted fresh: Report) -> Report {
    precondition(isSigned, "an addendum follows a signature")
    var next = self
    next.version = 0
    next.state = .addendum
    next.signed = nil
    next.acknowledged = []
    next.changed = fresh.changed
    for index in sections.indices {
      next.sections[index].drafted = fresh.text(of: sections[index].key)
    }
    return next
  }
}

extension Report.Section {
  fileprivate func redrafted(to fresh: Self) -> Self {
    if text == drafted || text == fresh.text { return fresh }
    var result = self
    result.drafted = fresh.text
    // Words from before the first call were written with it in mind at the latest now.
    result.call = call ?? fresh.call
    if let drafted, drafted != fresh.text {
      result.text = Merge(own: text.lines, base: drafted.lines, fresh: fresh.text.lines)
        .result.joined(separator: "\n")
    }
    return result.text == fresh.text ? fresh : result
  }
}

/// The lines of one section, merged.
private struct Merge {
  let own: [String]
  let base: [String]
  let fresh: [String]

  var result: [String] {
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

  fileprivate var regionName: String? { Finding.name(leading: self) }
}
