import Radiology
import Reporting
import Terminal

extension Workstation {
  /// Lists what can be put into the section the reader is in.
  mutating func openInsertions(choicesOnly: Bool) -> [Effect] {
    guard let study, let section = study.section else { return [] }
    let choices = template.choices(of: section.key).map(InsertOverlay.Item.choice)
    var items = choices
    if !choicesOnly {
      items =
        regionItems + choices + study.work.review.measurements.map(InsertOverlay.Item.measurement)
      items += template.snippets.map(InsertOverlay.Item.snippet)
      if let words = study.open.setAside?.text(of: section.key), words != section.text,
        !words.allSatisfy(\.isWhitespace)
      {
        items.insert(.kept(words), at: 0)
      }
    }
    guard !items.isEmpty else {
      notices.hint = choicesOnly ? "This section has no choices; ^N lists all" : "Nothing to put in"
      return []
    }
    overlays.append(.inserting(InsertOverlay(items: items)))
    return []
  }

  /// The template's sentence about each region, the current one first.
  private var regionItems: [InsertOverlay.Item] {
    guard let study else { return [] }
    let draft = study.open.draft(
      study.shownReview, template: options.template, author: options.reader, at: now)
    let lines = draft.sections.flatMap { $0.text.split(separator: "\n").map(String.init) }
    let start = study.findings.firstIndex { $0.id == study.current } ?? 0
    let order = study.findings[start...] + study.findings[..<start]
    return order.compactMap { finding in
      lines.first { Finding.name(leading: $0) == finding.name }
        .map { .region(name: finding.name, sentence: $0) }
    }
  }

  private var template: ReportTemplate { study?.open.template ?? options.template }

  /// The `;abbreviation` that ends at the caret; none for any other word.
  private var abbreviation: Substring? {
    guard let study, let section = study.section else { return nil }
    let before = section.text.prefix(study.editor.caret)
    let word = before.split(omittingEmptySubsequences: false, whereSeparator: \.isWhitespace).last
    return word.flatMap { $0.first == ";" ? $0 : nil }
  }

  /// What the abbreviation being typed may still become.
  var offeredSnippets: [Snippet] {
    guard writingObstacle == nil, let word = abbreviation else { return [] }
    return template.snippets.filter { $0.abbreviation.hasPrefix(word.dropFirst()) }
  }

  /// A space after `;abbreviation` turns it into the words it stands for; none for any other key.
  mutating func expandSnippet(at key: Key) -> [Effect]? {
    guard key == .character(" "), writingObstacle == nil, let word = abbreviation, word.count > 1
    else { return nil }
    guard let snippet = template.snippets.first(where: { $0.abbreviation == word.dropFirst() })
    else {
      notices.hint =
        "There is no snippet \(sanitized(String(word))); \(keymap.key("insert")) lists them"
      return nil
    }
    var insertion = InsertOverlay(items: [.snippet(snippet)])
    insertion.replaced = word.count
    insertion.picking = InsertOverlay.Picking(phrase: snippet.phrase)
    return finish(insertion)
  }

  mutating func takeInsertion() -> [Effect] {
    guard case .inserting(var insertion)? = overlays.popLast() else { return [] }
    if insertion.picking == nil, insertion.matches.indices.contains(insertion.list.selected) {
      let item = insertion.matches[insertion.list.selected]
      insertion.picking = InsertOverlay.Picking(phrase: item.phrase)
      if case .region(let name, _) = item {
        let next = withStudy { study, context in
          study.current = study.findings.first { $0.name == name }?.id ?? study.current
          _ = study.stepRegion(1, context: context)
        }
        return finish(insertion) + next
      }
    } else if insertion.ways.indices.contains(insertion.list.selected) {
      let way = insertion.ways[insertion.list.selected]
      insertion.picking?.picked.append(way)
    } else {
      overlays.append(.inserting(insertion))
      return []
    }
    return finish(insertion)
  }

  /// Asks for the next pick, or puts the words in where nothing is left to pick.
  private mutating func finish(_ insertion: InsertOverlay) -> [Effect] {
    guard let picking = insertion.picking else { return [] }
    let (words, next) = picking.phrase.words(picking: picking.picked)
    guard next == nil else {
      var insertion = insertion
      insertion.list = NarrowedList()
      overlays.append(.inserting(insertion))
      return []
    }
    study?.typing = nil
    let effects = write { box, width in
      for _ in 0..<insertion.replaced { _ = box.type(.backspace, width: width) }
      let last = box.text.prefix(box.caret).last
      box.insert((last?.isWhitespace ?? true) ? words : " " + words)
      if insertion.replaced > 0 { box.insert(" ") }
      return true
    }
    study?.typing = nil
    return effects ?? []
  }

  mutating func moveInInsertions(by step: Int, goesRound: Bool = true) -> [Effect] {
    guard case .inserting(var insertion)? = overlays.last else { return [] }
    let count = insertion.picking == nil ? insertion.matches.count : insertion.ways.count
    insertion.list.move(by: step, of: count, goesRound: goesRound)
    overlays[overlays.count - 1] = .inserting(insertion)
    return []
  }
}

extension StudyScreen {
  /// The section of the report the reader is in.
  var section: Report.Section? {
    work.report.sections.indices.contains(editor.section)
      ? work.report.sections[editor.section] : nil
  }
}
