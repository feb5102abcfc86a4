import Radiology
import Terminal

extension StudyScreen {
  /// Drawing a region and putting one right.
  static let regionCommands: [Command] = [
    Command(
      "new-region", [.character("b")], "new region",
      help: "Draw a region: two corners with the arrows and ⏎, or with the mouse", in: .study,
      unless: { $0.decidingObstacle ?? noPicture($0) }
    ) { workstation, _ in
      let effects = workstation.focus(.image)
      return effects
        + workstation.withStudy { study, context in
          guard let pane = context.pane(study) else { return }
          let viewport = study.viewport(in: pane)
          study.showsRegions = true
          study.mode = .placing(Placement(x: viewport.x, y: viewport.y))
        }
    },
    Command(
      "edit-region", [.character("e")], "edit", help: "Move and resize the region", in: .study,
      unless: { cannotMark($0) ?? noPicture($0) }
    ) { workstation, _ in
      let effects = workstation.focus(.image)
      return effects
        + workstation.withStudy { study, context in
          study.showsRegions = true
          study.showCurrent(context: context)
          if let finding = study.currentFinding { study.mode = .editing(finding) }
        }
    },
    Command(
      "move-cross", Direction.keys, "move", help: "Move the cross", in: [.placing],
      keyText: "←↓↑→"
    ) { workstation, call in workstation.moveCross(call, cells: 1) },
    Command(
      "move-cross-far", Direction.heavyKeys, "", help: "Move the cross by five cells",
      in: [.placing], keyText: "H J K L"
    ) { workstation, call in workstation.moveCross(call, cells: 5) },
    Command(
      "set-corner", [.enter, .character(" "), .character("b")], "set corner",
      help: "Set the first corner, then the one opposite to it", in: [.placing], keyText: "⏎"
    ) { workstation, _ in workstation.setCorner() },
    Command(
      "move-region", Direction.keys, "move", help: "Move the region", in: [.editing],
      keyText: "←↓↑→"
    ) { workstation, call in workstation.editRegion(call, isResize: false) },
    Command(
      "resize-region", Direction.heavyKeys, "resize",
      help: "Make the region narrower, higher, lower or wider", in: [.editing],
      keyText: "HJKL"
    ) { workstation, call in workstation.editRegion(call, isResize: true) },
    Command(
      "put-down", [.enter, .character("e"), .character("a")], "done",
      help: "Keep the region as it is now, and agree with it", in: [.editing], keyText: "⏎"
    ) { workstation, _ in
      workstation.withStudy { study, context in
        guard case .editing(var finding) = study.mode else { return }
        study.mode = .browsing
        // Whoever puts a region right stands by it.
        finding.state = .agreed
        finding.note = ""
        study.work.replace(finding, at: context.now)
      }
    },
    Command(
      "cancel-region", [.escape, .character("q")], "cancel", help: "Leave everything as it was",
      in: [.placing, .editing], keyText: "Esc"
    ) { workstation, _ in
      workstation.study?.mode = .browsing
      return []
    },
  ]
}

extension Workstation {
  /// Moves the cross of a region or a ruler, by cells of the screen.
  mutating func moveCross(_ call: Command.Call, cells: Double) -> [Effect] {
    guard let direction = Direction(call) else { return [] }
    return withStudy { study, context in
      guard let cross = study.cross, let pane = context.pane(study) else { return }
      let scale = study.viewport(in: pane).scale(in: pane)
      let moved = StudyScreen.Placement(
        x: cross.x + direction.step.x * cells * Double(pane.cell.width) / scale,
        y: cross.y + direction.step.y * cells * Double(pane.cell.height) / scale,
        corner: cross.corner, in: pane)
      study.cross = moved
      study.follow(x: moved.x, y: moved.y, context: context)
    }
  }

  /// Sets the corner under the cross; the second one makes the region.
  mutating func setCorner() -> [Effect] {
    guard case .placing(let placement)? = study?.mode else { return [] }
    guard let corner = placement.corner else {
      study?.mode = .placing(
        StudyScreen.Placement(
          x: placement.x, y: placement.y, corner: .init(x: placement.x, y: placement.y)))
      return []
    }
    guard let instance = study?.instance,
      let region = try? Region(
        instance: instance.id, frame: study?.frame ?? 0, x0: min(corner.x, placement.x),
        y0: min(corner.y, placement.y), x1: max(corner.x, placement.x),
        y1: max(corner.y, placement.y))
    else {
      notices.hint = "The corners have to be apart both ways"
      return []
    }
    let uid = names.nextUID()
    var added = ""
    let effects = withStudy { study, context in
      study.mode = .browsing
      // A number that follows the model's would tell how many regions it has marked.
      let name = study.work.review.nextName(from: study.hidesAnswer ? 11 : 1)
      let finding = study.work.review.add(region, trackingUID: uid, name: name, at: context.now)
      study.current = finding.id
      added = finding.name
    }
    notices.hint =
      "\(added) added; \(keymap.key("edit-region")) puts it right, "
      + "\(keymap.key("undo")) takes it back"
    return effects
  }

  fileprivate mutating func editRegion(_ call: Command.Call, isResize: Bool) -> [Effect] {
    guard let direction = Direction(call) else { return [] }
    return withStudy { study, context in
      guard case .editing(var finding) = study.mode, let pane = context.pane(study) else { return }
      let scale = study.viewport(in: pane).scale(in: pane)
      let dx = direction.step.x * Double(pane.cell.width) / scale
      let dy = direction.step.y * Double(pane.cell.height) / scale / 2
      finding.region =
        isResize
        ? finding.region.resized(x: dx, y: dy, columns: pane.columns, rows: pane.rows)
        : finding.region.shifted(x: dx, y: dy, columns: pane.columns, rows: pane.rows)
      study.mode = .editing(finding)
      study.follow(
        x: (finding.region.x0 + finding.region.x1) / 2,
        y: (finding.region.y0 + finding.region.y1) / 2, context: context)
    }
  }
}

extension StudyScreen {
  /// Pans just as far as it takes to keep a point in view.
  mutating func follow(x: Double, y: Double, context: Context) {
    look(context) { viewport, pane in
      let point = viewport.panePoint(x: x, y: y, in: pane)
      let dx = min(0, point.x) + max(0, point.x - pane.width)
      let dy = min(0, point.y) + max(0, point.y - pane.height)
      if dx != 0 || dy != 0 { viewport.pan(x: dx, y: dy, in: pane) }
    }
  }
}

extension Region {
  /// Moved, but never beyond the image.
  fileprivate func shifted(x: Double, y: Double, columns: Int, rows: Int) -> Region {
    moved(
      x: min(max(x, min(0, -x0)), max(0, Double(columns) - x1)),
      y: min(max(y, min(0, -y0)), max(0, Double(rows) - y1)))
  }

  /// With its lower right corner elsewhere; at least two pixels remain each way.
  fileprivate func resized(x: Double, y: Double, columns: Int, rows: Int) -> Region {
    let right = min(max(x1 + x, x0 + 2), max(x0 + 2, Double(columns)))
    let bottom = min(max(y1 + y, y0 + 2), max(y0 + 2, Double(rows)))
    return (try? Region(instance: instance, frame: frame, x0: x0, y0: y0, x1: right, y1: bottom))
      ?? self
  }
}
