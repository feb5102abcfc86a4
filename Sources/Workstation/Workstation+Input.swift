import Foundation
import Terminal

extension Workstation {
  mutating func take(_ input: Input) -> [Effect] {
    lastInput = now
    switch input {
    case .key(let key): return take(key)
    case .paste(let text): return paste(text)
    case .mouse(let event): return take(event)
    case .reply(let reply): capabilities.apply(reply)
    case .resize(let width, let height):
      bounds = Rect(x: 0, y: 0, width: width, height: height)
      revealCursor()
      return [.repaint]
    case .resume: return [.repaint, .captureMouse(capturesMouse)]
    case .interrupt:
      notices.hint = "\(keymap.key("back")) leaves, here and on every screen"
    case .hangup, .terminate: return flush() + [.quit]
    }
    return []
  }

  private mutating func take(_ key: Key) -> [Effect] {
    // On a screen too small to show what a key does, only leaving is safe.
    guard isLargeEnough else {
      guard key == .character("q") || key == .control("c") else { return [] }
      return flush() + [.quit]
    }
    notices.hint = nil
    let before = place
    var effects: [Effect]
    if let command = keymap.find(key, at: before) {
      effects = run(command, Command.Call(key: key))
    } else if before.isText, let typed = type(key, at: before) {
      effects = typed
    } else {
      explain(key, at: before)
      effects = []
    }
    if place != before { effects += saveScreen() }
    return effects
  }

  /// Runs a command, or says why it does nothing.
  mutating func run(_ command: Command, _ call: Command.Call) -> [Effect] {
    if let obstacle = command.obstacle(self) {
      notices.hint = "\(call.key?.name ?? command.name) does nothing now: \(obstacle)"
      return []
    }
    return command.run(&self, call)
  }

  /// A key that does nothing here says so once.
  private mutating func explain(_ key: Key, at place: Place) {
    if case .go = place { overlays.removeLast() }
    if let command = keymap.elsewhere(key, than: place), isRuledOut(command) {
      notices.hint = "\(key.name) does nothing: \(command.obstacle(self) ?? "")"
    } else if let command = keymap.elsewhere(key, than: place) {
      let there = command.places.min { $0.order < $1.order }
      let fact = "\(key.name) works \(there?.whereItWorks(keymap) ?? "elsewhere")"
      // As much as fits: a sentence without its end is a riddle.
      let words = [command.help, command.name.replacing("-", with: " ")].map { "\(fact): \($0)" }
      notices.hint = words.first { cellWidth(of: $0) <= footerRoom } ?? fact
    } else if case .character(let character) = key, cellWidth(of: character) == 0 {
      return
    } else {
      notices.hint = "\(sanitized(key.name)) does nothing here"
    }
  }

  /// Gives a key to the text field of a place; none if it means nothing there.
  private mutating func type(_ key: Key, at place: Place) -> [Effect]? {
    switch place {
    case .logFilter:
      var line = log.filterLine
      guard line.type(key) else { return nil }
      return [.loadLog(log.setFilter(line))]
    case .finding:
      var line = clinician.line
      guard line.type(key) else { return nil }
      return find(line)
    case .filter:
      var line = worklist.filterLine
      guard line.type(key) else { return nil }
      worklist.setFilter(line, now: now)
      revealCursor()
      return []
    case .report:
      return expandSnippet(at: key) ?? write { box, width in box.type(key, width: width) }
    case .signing, .inserting, .batch, .takingOver, .help, .palette:
      guard var overlay = overlays.popLast() else { return nil }
      defer { overlays.append(overlay) }
      return overlay.type(key, workstation: self) ? [] : nil
    default: return nil
    }
  }

  /// Pasted text is text, never keys.
  private mutating func paste(_ text: String) -> [Effect] {
    notices.hint = nil
    guard isLargeEnough else { return [] }
    let limit = place == .report ? TextBox.limit : TextLine.limit
    guard !place.isText || text.count <= limit else {
      notices.hint = "Nothing was pasted: it has \(text.count) characters, and \(limit) fit here"
      return []
    }
    switch place {
    case .logFilter:
      var line = log.filterLine
      line.insert(text)
      return [.loadLog(log.setFilter(line))]
    case .finding:
      var line = clinician.line
      line.insert(text)
      return find(line)
    case .filter:
      var line = worklist.filterLine
      line.insert(text)
      worklist.setFilter(line, now: now)
      revealCursor()
    case .report:
      study?.typing = nil
      return write { box, _ in
        let before = box
        box.insert(text)
        return box != before
      } ?? refusePaste(text)
    case .signing, .inserting, .batch, .takingOver, .help, .palette:
      if var overlay = overlays.popLast() {
        overlay.insert(text, workstation: self)
        overlays.append(overlay)
      }
    default:
      notices.hint = "Nothing was pasted: no text is being typed here"
    }
    return []
  }

  private mutating func refusePaste(_ text: String) -> [Effect] {
    if !text.cleanedForTyping.isEmpty {
      notices.hint =
        "Nothing was pasted: \(text.count) characters; a section takes \(TextBox.limit)"
    }
    return []
  }

  var isLargeEnough: Bool { bounds.width >= 60 && bounds.height >= 16 }
}

extension Place {
  /// In the order of the help.
  var order: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
