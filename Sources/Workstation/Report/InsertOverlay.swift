import Radiology
import Reporting
import Terminal

/// What a reader may put into a section: regions' sentences, choices, measurements, snippets.
struct InsertOverlay: Sendable, Hashable {
  enum Item: Sendable, Hashable {
    case region(name: String, sentence: String)
    case choice(Phrase)
    case measurement(Measurement)
    case snippet(Snippet)
    /// The reader's own words that were set aside when another reader was first.
    case kept(String)

    /// A few cells that tell what it is.
    var head: String {
      switch self {
      case .region(let name, _): name
      case .choice: "·"
      case .measurement(let measurement): measurement.name
      case .snippet(let snippet): ";" + snippet.abbreviation
      case .kept: "yours"
      }
    }

    var phrase: Phrase {
      switch self {
      case .region(_, let sentence): Phrase(words: sentence)
      case .choice(let phrase): phrase
      case .measurement(let measurement): Phrase(words: measurement.sentence)
      case .snippet(let snippet): snippet.phrase
      case .kept(let words): Phrase(words: words)
      }
    }
  }

  /// A phrase that is being put together.
  struct Picking: Sendable, Hashable {
    let phrase: Phrase
    var picked: [String] = []
  }

  let items: [Item]
  var list = NarrowedList()
  var picking: Picking?
  /// How many characters before the caret the words take the place of.
  var replaced = 0

  var matches: [Item] { items.filter { matches("\($0.head) \($0.phrase.shown)") } }

  /// What can be picked next, as far as it matches what was typed.
  var ways: [String] {
    guard let picking else { return [] }
    return (picking.phrase.words(picking: picking.picked).next ?? []).filter(matches)
  }

  private func matches(_ text: String) -> Bool {
    let text = text.lowercased()
    return list.line.text.lowercased().split(separator: " ").allSatisfy { text.contains($0) }
  }

  func draw(on canvas: inout Canvas, workstation: Workstation) {
    let body = workstation.body(of: canvas.bounds)
    let rows = picking == nil ? matches.map(spans) : ways.map { [Span(sanitized($0))] }
    let rect = body.centred(
      width: min(body.width, 90), height: min(body.height, max(8, min(20, rows.count + 4))))
    let inside = canvas.popup(rect, title: picking == nil ? "Put in" : "Pick one")
    let (field, rest) = inside.splitRows(top: 1)
    let (said, shown) = rest.splitRows(top: picking == nil ? 0 : 1)
    if let picking {
      let words = picking.phrase.words(picking: picking.picked).words.replacing("\n", with: " ")
      canvas.draw(
        sanitized(words) + "…", at: Position(said.x + 1, said.y), style: .muted,
        maxWidth: said.width - 2)
    }
    let first = Canvas.firstRow(
      showing: list.selected, of: rows.count, height: shown.height,
      from: max(0, list.selected - shown.height + 1))
    canvas.list(rows, in: shown, selected: rows.isEmpty ? nil : list.selected, first: first)
    if rows.isEmpty {
      canvas.draw("Nothing matches. Esc closes.", at: Position(shown.x + 1, shown.y), style: .muted)
    }
    list.drawLine(after: "/", on: &canvas, in: field)
  }

  private func spans(_ item: Item) -> [Span] {
    [
      Span(padded(sanitized(item.head), toCells: 8), style: .accent),
      Span(sanitized(item.phrase.shown)),
    ]
  }

  static let commands: [Command] = [
    Command(
      "put-in", [.enter], "put in", help: "Put the selected words into the section",
      in: [.inserting]
    ) { workstation, _ in workstation.takeInsertion() },
    Command(
      "next-words", [.down, .tab], "down", help: "The next of the list", in: [.inserting],
      keyText: "↓"
    ) { workstation, _ in workstation.moveInInsertions(by: 1) },
    Command(
      "previous-words", [.up, .backTab], "up", help: "The one before", in: [.inserting],
      keyText: "↑"
    ) { workstation, _ in workstation.moveInInsertions(by: -1) },
    Command(
      "put-nothing-in", [.escape], "back", help: "One pick back, or close without putting in",
      in: [.inserting]
    ) { workstation, _ in
      guard case .inserting(var insertion)? = workstation.overlays.popLast() else { return [] }
      guard insertion.picking?.picked.popLast() != nil else { return [] }
      insertion.list = NarrowedList()
      workstation.overlays.append(.inserting(insertion))
      return []
    },
  ]
}
