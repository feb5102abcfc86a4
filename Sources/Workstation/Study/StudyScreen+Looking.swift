import Radiology
import Terminal

extension StudyScreen {
  /// Looking at the image: pan, zoom, page, overlay.
  static let lookingCommands: [Command] = [
    Command(
      "pan", Direction.keys, "", help: "Move over the image", in: [.image],
      keyText: "h j k l ←↓↑→", argument: "left|down|up|right", unless: noPicture
    ) { workstation, call in
      workstation.pan(call) { pane in
        (Double(4 * pane.cell.width), Double(2 * pane.cell.height))
      }
    },
    Command(
      "pan-far", Direction.heavyKeys, "", help: "Move by half a pane", in: [.image],
      keyText: "H J K L", argument: "left|down|up|right", unless: noPicture
    ) { workstation, call in
      workstation.pan(call) { ($0.width / 2, $0.height / 2) }
    },
    Command(
      "zoom-in", [.character("+")], "zoom", help: "Larger", in: .picture, unless: noPicture
    ) { workstation, _ in workstation.zoom(by: 1.25) },
    Command(
      "zoom-out", [.character("-")], "", help: "Smaller", in: .picture, unless: noPicture
    ) { workstation, _ in workstation.zoom(by: 0.8) },
    Command(
      "fit", [.character("=")], "", help: "The whole image", in: .picture, unless: noPicture
    ) { workstation, _ in
      workstation.look { viewport, pane in viewport = Viewport(of: pane) }
    },
    Command(
      "zoom-region", [.enter], "", help: "As close to the region as it goes, and back",
      in: [.image], unless: { noPicture($0) ?? noRegions($0) }
    ) { workstation, _ in workstation.zoomToRegion() },
    Command(
      "actual-size", [.character("z")], "1:1", help: "One screen pixel per image pixel",
      in: .picture, unless: noPicture
    ) { workstation, _ in
      workstation.look { viewport, pane in
        viewport.zoom(by: 1 / viewport.scale(in: pane), about: nil, in: pane)
      }
    },
    Command(
      "reset", [.character("0")], "", help: "The whole image with its own window", in: .picture,
      unless: noPicture
    ) { workstation, _ in
      workstation.study?.window = nil
      workstation.study?.isInverted = false
      return workstation.look { viewport, pane in viewport = Viewport(of: pane) }
    },
    Command(
      "overlay", [.character("o")], "overlay",
      help: "Boxes, then heat: what the model looked at, then nothing over the image",
      in: .picture, unless: noStudy
    ) { workstation, _ in workstation.stepOverlay() },
    Command(
      "prior", [.character("p")], "prior",
      help: "The latest earlier study beside this one, panned, zoomed and windowed with it",
      in: .picture, unless: { $0.priorObstacle }
    ) { workstation, _ in workstation.togglePrior() },
    Command(
      "next-image", [.pageDown, .character("."), .control("d")], "",
      help: "The next image of the study", in: .picture, keyText: "PgDn .", unless: oneImage
    ) { workstation, _ in workstation.page(by: 1) },
    Command(
      "previous-image", [.pageUp, .character(","), .control("u")], "",
      help: "The image before", in: .picture, keyText: "PgUp ,", unless: oneImage
    ) { workstation, _ in workstation.page(by: -1) },
    Command(
      "next-frame", [.character("f")], "", help: "The next frame of the image", in: .picture,
      unless: oneFrame
    ) { workstation, _ in workstation.turn(by: 1) },
    Command(
      "previous-frame", [.character("F")], "", help: "The frame before", in: .picture,
      unless: oneFrame
    ) { workstation, _ in workstation.turn(by: -1) },
  ]

  static let noPicture: @Sendable (Workstation) -> String? = { workstation in
    if let obstacle = noStudy(workstation) { return obstacle }
    guard let study = workstation.study, let instance = study.instance else {
      return "the study has no image"
    }
    if let refusal = instance.refusal { return sanitized(refusal) }
    if let shown = study.shown, case .failed(let reason)? = study.pictures[shown] {
      return sanitized(reason)
    }
    return study.image == nil ? "the image is still being decoded" : nil
  }

  private static let oneImage: @Sendable (Workstation) -> String? = { workstation in
    noStudy(workstation)
      ?? (workstation.study.map { $0.open.instances.count < 2 } == true
        ? "the study has one image only" : nil)
  }

  private static let oneFrame: @Sendable (Workstation) -> String? = { workstation in
    noStudy(workstation)
      ?? ((workstation.study?.instance?.frames ?? 1) < 2 ? "the image has one frame only" : nil)
  }
}

extension Workstation {
  mutating func look(_ body: (inout Viewport, Viewport.Pane) -> Void) -> [Effect] {
    withStudy { study, context in study.look(context, body) }
  }

  mutating func zoom(by factor: Double) -> [Effect] {
    look { viewport, pane in viewport.zoom(by: factor, about: nil, in: pane) }
  }

  /// Close to the region, or back to how it looks among what is around it.
  fileprivate mutating func zoomToRegion() -> [Effect] {
    withStudy { study, context in
      study.hasVisitedRegion = true
      study.showCurrent(context: context)
      guard let region = study.currentFinding?.region, let pane = context.pane(study) else {
        return
      }
      var close = Viewport(of: pane)
      close.fill(with: region, in: pane)
      if study.closeTo == study.current {
        study.closeTo = nil
      } else {
        study.closeTo = study.current
        study.viewports[region.instance] = close
      }
    }
  }

  /// Pans by a step that depends on the pane.
  fileprivate mutating func pan(
    _ call: Command.Call, by step: (Viewport.Pane) -> (Double, Double)
  ) -> [Effect] {
    guard let direction = Direction(call) else {
      notices.hint = "Say where: left, down, up or right"
      return []
    }
    var hasMoved = false
    let effects = look { viewport, pane in
      let before = viewport
      let (x, y) = step(pane)
      viewport.pan(x: direction.step.x * x, y: direction.step.y * y, in: pane)
      hasMoved = before != viewport
    }
    if !hasMoved { notices.hint = "There is no more image that way; + makes it larger" }
    return effects
  }

  mutating func page(by step: Int) -> [Effect] {
    goElsewhere("image", step) { $0.page(by: step) }
  }

  fileprivate mutating func turn(by step: Int) -> [Effect] {
    goElsewhere("frame", step) { $0.turn(by: step) }
  }

  /// Shows another picture; a region half drawn on this one is not taken along.
  private mutating func goElsewhere(
    _ what: String, _ step: Int, _ go: (inout StudyScreen) -> Bool
  ) -> [Effect] {
    var hasGone = false
    let effects = withStudy { study, _ in
      hasGone = go(&study)
      if hasGone, case .placing = study.mode { study.mode = .browsing }
      if hasGone, case .editing = study.mode { study.mode = .browsing }
      if hasGone, case .measuring = study.mode { study.mode = .browsing }
    }
    if !hasGone { notices.hint = "This is the \(step < 0 ? "first" : "last") \(what)" }
    return effects
  }
}
