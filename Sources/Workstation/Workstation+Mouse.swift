import Radiology
import Terminal

extension Workstation {
  /// Click selects, the wheel scrolls or zooms, a drag pans, the right button sets the window.
  mutating func take(_ event: MouseEvent) -> [Effect] {
    guard isLargeEnough else { return [] }
    switch place {
    case .worklist, .filter: return takeOnWorklist(event)
    case .image, .findings, .report, .windowing, .placing, .editing, .measuring:
      return takeOnStudy(event)
    case .log, .logFilter:
      switch event.kind {
      case .wheelDown: return moveInLog(by: 3)
      case .wheelUp: return moveInLog(by: -3)
      case .press where event.button == .left:
        log.select(line: event.y - body(of: bounds).y - 2, height: logLines)
      default: break
      }
    case .clinician:
      if event.kind == .wheelDown { return scrollReport(by: 3) }
      if event.kind == .wheelUp { return scrollReport(by: -3) }
    case .system, .sync:
      if event.kind == .wheelDown { return scrollLines(by: 3) }
      if event.kind == .wheelUp { return scrollLines(by: -3) }
      return choose(event)
    case .preview, .comparing: scrollReading(event)
    case .finding, .rejecting, .calling, .inserting, .batch, .takingOver, .scoring, .signing, .go,
      .help, .palette, .quitting:
      return choose(event)
    }
    return []
  }

  private mutating func takeOnWorklist(_ event: MouseEvent) -> [Effect] {
    switch event.kind {
    case .wheelDown: moveCursor(by: 3)
    case .wheelUp: moveCursor(by: -3)
    case .press where event.button == .left:
      let layout = worklistLayout
      if let column = worklist.title(at: event.position, in: layout) { return sort(by: column) }
      guard let line = layout.line(x: event.x, y: event.y) else { break }
      let place = worklist.firstLine(height: layout.lines) + line
      guard let row = worklist.row(at: place) else { break }
      // A click on what is selected already opens it: a second click does what people expect.
      if row.id == worklist.selected { return open(row) }
      worklist.select(at: place)
      revealCursor()
    default: break
    }
    return []
  }

  private mutating func takeOnStudy(_ event: MouseEvent) -> [Effect] {
    guard let study else { return [] }
    let layout = studyContext.layout(study)
    if event.kind == .press, event.button == .left, study.mode == .browsing {
      if let rect = layout.report, rect.contains(event.position) {
        return study.focus == .report ? [] : focus(.report)
      }
      if let rect = layout.findings, rect.contains(event.position) {
        return selectFinding(line: event.y - rect.y - 1)
      }
    }
    guard let rect = layout.image, rect.contains(event.position) || study.drag != nil else {
      return []
    }
    return withStudy { study, context in
      if study.focus != .image, event.kind == .press { study.focus = .image }
      guard let pane = context.pane(study) else { return }
      study.take(event, in: pane, context: context)
    } + placeCorner(after: event)
  }

  /// Letting go of the mouse sets the corner opposite to where it was pressed.
  private mutating func placeCorner(after event: MouseEvent) -> [Effect] {
    guard event.kind == .release else { return [] }
    switch study?.mode {
    case .placing(let placement)?:
      guard let corner = placement.corner, corner.x != placement.x, corner.y != placement.y else {
        return []
      }
      return setCorner()
    case .measuring(let ruler)?:
      guard let end = ruler.corner else { return [] }
      // A click alone asks for the value there; the cross waits for what comes next.
      guard end.x != ruler.x || end.y != ruler.y else {
        study?.mode = .measuring(StudyScreen.Placement(x: ruler.x, y: ruler.y))
        return []
      }
      return setRulerEnd()
    default: return []
    }
  }

  private mutating func selectFinding(line: Int) -> [Effect] {
    withStudy { study, context in
      study.focus = .findings
      guard line >= 0, study.findings.indices.contains(line / 2) else { return }
      study.current = study.findings[line / 2].id
      study.hasVisitedRegion = true
      study.showCurrent(context: context)
    }
  }
}

extension StudyScreen {
  fileprivate mutating func take(_ event: MouseEvent, in pane: Viewport.Pane, context: Context) {
    let point = viewport(in: pane).imagePoint(of: event.position, in: pane)
    switch event.kind {
    case .wheelUp, .wheelDown:
      let isUp = event.kind == .wheelUp
      if open.instances.count > 1, !event.modifiers.contains(.control) {
        _ = page(by: isUp ? -1 : 1)
      } else {
        look(context) { $0.zoom(by: isUp ? 1.25 : 0.8, about: point, in: $1) }
      }
    case .press:
      drag = Drag(button: event.button, last: event.position)
      if cross != nil {
        let pressed = Placement(x: point.x, y: point.y, in: pane)
        cross = Placement(
          x: pressed.x, y: pressed.y, corner: .init(x: pressed.x, y: pressed.y), in: pane)
      } else if event.button == .left, mode == .browsing,
        let finding = shownFindings.last(where: { $0.region.contains(x: point.x, y: point.y) })
      {
        current = finding.id
        hasVisitedRegion = true
      }
    case .drag:
      guard let drag else { return }
      let dx = Double((event.x - drag.last.x) * pane.cell.width)
      let dy = Double((event.y - drag.last.y) * pane.cell.height)
      self.drag?.last = event.position
      if let corner = cross.map(\.corner) {
        cross = Placement(x: point.x, y: point.y, corner: corner, in: pane)
      } else if drag.button == .right, let image, let old = window(of: image.presets) {
        window = old.adjusted(
          level: -dy / 400, stretch: max(0.1, 1 + dx / 200), least: Picture.leastWindowWidth)
      } else if drag.button == .left {
        look(context) { $0.pan(x: -dx, y: -dy, in: $1) }
      }
    case .release:
      drag = nil
    }
  }
}
