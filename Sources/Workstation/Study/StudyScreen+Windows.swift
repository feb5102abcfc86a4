import Radiology
import Terminal

extension StudyScreen {
  /// Brightness and contrast.
  static let windowCommands: [Command] = [
    Command(
      "window-mode", [.character("w")], "window",
      help: "Put the window on the arrows: ↑↓ level, ←→ width; Esc ends", in: .study,
      unless: noPicture
    ) { workstation, _ in
      workstation.study?.mode = .windowing
      return []
    },
    Command(
      "window-arrows", Direction.keys, "level, width",
      help: "Level with up and down, width with left and right", in: [.windowing],
      keyText: "↑↓ ←→"
    ) { workstation, call in
      guard let step = Direction(call)?.step else { return [] }
      return workstation.adjustWindow(level: -step.y * 0.05, stretch: 1 + step.x * 0.08)
    },
    Command(
      "end-window-mode", [.escape, .enter, .character("w"), .character("q")], "done",
      help: "Back to the arrows that pan", in: [.windowing], keyText: "Esc"
    ) { workstation, _ in
      workstation.study?.mode = .browsing
      return []
    },
    Command(
      "window", (1...9).map { .character(Character(String($0))) }, "presets",
      help: "A preset: the image's windows, then auto, full, soft, hard, lung, bone",
      in: Set.picture.union([.windowing]), keyText: "1…9", argument: "1…9 | NAME | CENTER WIDTH",
      unless: noPicture
    ) { workstation, call in workstation.setWindow(call) },
    Command(
      "level", [.character("["), .character("]")], "", help: "Level down, level up",
      in: Set.picture.union([.windowing]), argument: "down|up", unless: noPicture
    ) { workstation, call in
      let isUp = call.key == .character("]") || call.argument == "up"
      return workstation.adjustWindow(level: isUp ? 0.05 : -0.05, stretch: 1)
    },
    Command(
      "contrast", [.character("{"), .character("}")], "", help: "Window narrower, wider",
      in: Set.picture.union([.windowing]), argument: "more|less", unless: noPicture
    ) { workstation, call in
      let isWider = call.key == .character("}") || call.argument == "less"
      return workstation.adjustWindow(level: 0, stretch: isWider ? 1.08 : 1 / 1.08)
    },
    Command(
      "invert", [.character("i")], "", help: "Black for white",
      in: Set.picture.union([.windowing]), unless: noStudy
    ) { workstation, _ in
      workstation.study?.isInverted.toggle()
      return []
    },
  ]

  /// The window in force: the reader's, or else the image's own.
  func window(of presets: [WindowPreset]) -> ImageWindow? { window ?? presets.first?.window }
}

extension Workstation {
  mutating func adjustWindow(level: Double, stretch: Double) -> [Effect] {
    guard let study, let image = study.image, let window = study.window(of: image.presets) else {
      return []
    }
    self.study?.window = window.adjusted(
      level: level, stretch: stretch, least: Picture.leastWindowWidth)
    return []
  }

  fileprivate mutating func setWindow(_ call: Command.Call) -> [Effect] {
    guard let image = study?.image else { return [] }
    let presets = image.presets
    let words = call.argument.split(separator: " ").map(String.init)
    var index: Int?
    if case .character(let digit)? = call.key {
      index = digit.wholeNumberValue.map { $0 - 1 }
    } else if words.count == 2, let center = Double(words[0]), let width = Double(words[1]),
      let window = ImageWindow(center: center, width: width)
    {
      study?.window = window
      return []
    } else if words.count == 1 {
      index =
        Int(words[0]).map { $0 - 1 } ?? presets.firstIndex { $0.name == words[0].lowercased() }
    }
    guard let index, presets.indices.contains(index) else {
      let names = presets.enumerated().map { "\($0 + 1) \($1.name)" }.joined(separator: "  ")
      notices.hint = "Presets: \(names)"
      return []
    }
    study?.window = presets[index].window
    notices.hint = "Window \(index + 1): \(presets[index].name)"
    return []
  }
}
