import Imaging
import Radiology
import Terminal

extension StudyScreen {
  /// Reading values and measuring distances.
  static let rulerCommands: [Command] = [
    Command(
      "measure", [.character("d")], "measure",
      help: "A cross that tells the value below it; ⏎ sets the ends of a ruler", in: .study,
      unless: noPicture
    ) { workstation, _ in
      let effects = workstation.focus(.image)
      return effects
        + workstation.withStudy { study, context in
          guard let pane = context.pane(study) else { return }
          let viewport = study.viewport(in: pane)
          study.showsRegions = true
          study.mode = .measuring(Placement(x: viewport.x, y: viewport.y))
        }
    },
    Command(
      "move-ruler", Direction.keys, "move", help: "Move the cross", in: [.measuring],
      keyText: "←↓↑→"
    ) { workstation, call in workstation.moveCross(call, cells: 1) },
    Command(
      "move-ruler-far", Direction.heavyKeys, "", help: "Move the cross by five cells",
      in: [.measuring], keyText: "H J K L"
    ) { workstation, call in workstation.moveCross(call, cells: 5) },
    Command(
      "set-end", [.enter, .character(" "), .character("d")], "set end",
      help: "Set one end of the ruler, then the other; the distance stays with the study",
      in: [.measuring], keyText: "⏎"
    ) { workstation, _ in workstation.setRulerEnd() },
    Command(
      "end-measuring", [.escape, .character("q")], "done", help: "Put the ruler away",
      in: [.measuring]
    ) { workstation, _ in
      workstation.study?.mode = .browsing
      return []
    },
    Command(
      "drop-measurement", [.character("D")], "",
      help: "Take away the last distance measured; undo brings it back", in: .study,
      unless: { workstation in
        workstation.decidingObstacle
          ?? (workstation.study?.work.review.measurements.isEmpty == true
            ? "nothing was measured; \(workstation.keymap.key("measure")) does" : nil)
      }
    ) { workstation, _ in
      workstation.withStudy { study, context in
        study.work.review.measurements.removeLast()
        study.work.review.changed = context.now
      }
    },
  ]

  /// Distances on the frame that is shown.
  var rulers: [Ruler] {
    work.review.measurements.filter { $0.instance == instance?.id && $0.frame == frame }
      .map { Ruler($0) }
  }

  /// The ruler from the end that is set to the cross.
  func ruler(_ placement: Placement) -> Ruler? {
    guard case .measuring = mode else { return nil }
    return measurement(placement).map { Ruler($0, isBeingLaid: true) }
  }

  /// What the ruler says now; none until one end is set.
  func measurement(_ placement: Placement) -> Measurement? {
    guard let instance, let corner = placement.corner else { return nil }
    let numbers = work.review.measurements.compactMap { Int($0.name.dropFirst()) }
    let spacing = image?.spacing
    let scale: Measurement.Scale =
      spacing.map { $0.isOfImager ? .imagerPixelSpacing : .pixelSpacing } ?? .none
    return Measurement(
      name: "M\((numbers.max() ?? 0) + 1)", instance: instance.id, frame: frame,
      from: (corner.x, corner.y), to: (placement.x, placement.y), rowSpacing: spacing?.row ?? 1,
      columnSpacing: spacing?.column ?? 1, scale: scale)
  }

  /// `MEASURE row 88 column 103: 1684 HU`, and before it the length once one end is set.
  func rulerTitle(_ placement: Placement) -> String {
    let length = measurement(placement).map { " \($0.lengthWords)" } ?? ""
    return "MEASURE\(length) " + readOut(x: placement.x, y: placement.y)
  }

  /// Row and column counted from 1, and the modality value there.
  private func readOut(x: Double, y: Double) -> String {
    guard let image else { return "" }
    // The far edge belongs to the last pixel: a cross is never outside the image.
    let (x, y) = (min(x, Double(image.width).nextDown), min(y, Double(image.height).nextDown))
    let place = "row \(Int(y) + 1) column \(Int(x) + 1): "
    guard let value = image.value(x: x, y: y) else { return place + "padding" }
    return place + Self.number(Double(value)) + (image.unit.map { " " + sanitized($0) } ?? "")
  }
}

extension Workstation {
  /// Sets the end below the cross; with the second one the distance is kept with the study.
  mutating func setRulerEnd() -> [Effect] {
    guard let study, case .measuring(let ruler) = study.mode else { return [] }
    guard let measurement = study.measurement(ruler) else {
      self.study?.mode = .measuring(
        StudyScreen.Placement(x: ruler.x, y: ruler.y, corner: .init(x: ruler.x, y: ruler.y)))
      return []
    }
    guard measurement.length > 0 else {
      notices.hint = "The ends have to be apart"
      return []
    }
    self.study?.mode = .measuring(StudyScreen.Placement(x: ruler.x, y: ruler.y))
    // Looking is always allowed; keeping what was measured is a change of the review.
    if let obstacle = decidingObstacle {
      notices.hint = "\(measurement.lengthWords); not kept: \(obstacle)"
      return []
    }
    let effects = withStudy { study, context in
      study.work.review.measurements.append(measurement)
      study.work.review.changed = context.now
    }
    notices.hint = "\(measurement.sentence) \(keymap.key("undo")) takes it back"
    return effects
  }
}
