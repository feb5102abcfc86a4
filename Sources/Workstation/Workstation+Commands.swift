import Radiology
import Terminal

extension Workstation {
  /// What works on every screen, and the ways from one to another.
  static let commands: [Command] = [
    Command(
      "export", [.character("E")], "export",
      help: "Write the signed report of the study, or of all marked ones, to a file",
      in: Set.study.union([.worklist]), argument: "form",
      unless: {
        $0.options.obstacle(.export)
          ?? ($0.exportable.isEmpty ? "only a signed study can be exported" : nil)
      }
    ) { workstation, call in
      let word = call.argument.lowercased()
      guard let format = word.isEmpty ? .text : ExportFormat(rawValue: word) else {
        let forms = ExportFormat.allCases.map(\.rawValue).joined(separator: ", ")
        workstation.notices.hint = "Nothing exported: the forms are \(forms)"
        return []
      }
      workstation.notices.hint = "Exporting \(workstation.exportable.count) as \(format.rawValue)…"
      return workstation.exportable.map { .export($0, format) }
    },
    Command(
      "back", [.character("q"), .escape], "back", help: "Back, and at the worklist: leave",
      in: .browsing, keyText: "q"
    ) { workstation, call in workstation.goBack(isEscape: call.key == .escape) },
    Command(
      "go", [.character("g")], "", help: "Go to a screen, or to an end of the list", in: .browsing
    ) {
      workstation, _ in
      workstation.overlays.append(.go)
      return []
    },
    Command(
      "go-worklist", [.character("w")], "worklist", help: "The worklist", in: [.go], isGlobal: true
    ) { workstation, _ in
      workstation.leaveOverlays()
      workstation.aside = nil
      return workstation.study == nil && workstation.opening == nil
        ? workstation.saveScreen() : workstation.closeStudy()
    },
    Command(
      "go-review", [.character("r")], "review", help: "The open study, or the selected one",
      in: [.go], isGlobal: true,
      unless: { $0.study == nil && $0.worklist.selectedRow == nil ? "there is no study" : nil }
    ) { workstation, _ in
      workstation.leaveOverlays()
      workstation.aside = nil
      if workstation.study != nil {
        workstation.study?.focus = .image
        return workstation.saveScreen()
      }
      return workstation.worklist.selectedRow.map { workstation.open($0) } ?? []
    },
    Command(
      "go-edit", [.character("e")], "edit report", help: "The report of the open study", in: [.go],
      isGlobal: true, unless: { $0.study == nil ? "no study is open" : nil }
    ) { workstation, _ in
      workstation.leaveOverlays()
      workstation.aside = nil
      return workstation.focus(.report)
    },
    Command(
      "first", [.character("g"), .home], "first", help: "The first study or region",
      in: [.go], keyText: "g"
    ) { workstation, _ in
      workstation.leaveOverlays()
      return workstation.goToEnd(isLast: false)
    },
    Command(
      "last", [.character("G"), .end], "", help: "The last study or region",
      in: .browsing, keyText: "G"
    ) { workstation, _ in workstation.goToEnd(isLast: true) },
    Command(
      "top", [.home], "", help: "The first study or region", in: .browsing
    ) { workstation, _ in workstation.goToEnd(isLast: false) },
    Command("cancel-go", [.escape, .character("q")], "cancel", help: "Stay here", in: [.go]) {
      workstation, _ in
      workstation.overlays.removeLast()
      return []
    },
    Command(
      "palette", [.character(":")], "", help: "Type the name of any command",
      in: Set.browsing.union([.windowing, .placing, .editing, .measuring])
    ) { workstation, _ in
      workstation.overlays.append(.palette(PaletteOverlay()))
      return []
    },
    Command(
      "help", [.character("?"), .function(1)], "", help: "All keys; type to filter, ⏎ runs one",
      in: Set.browsing.union([
        .windowing, .placing, .editing, .measuring, .rejecting, .calling, .go,
      ])
    ) { workstation, _ in workstation.openHelp() },
    Command(
      "help-while-typing", [.function(1)], "", help: "All keys, from where text is typed",
      in: [.filter, .logFilter, .finding, .report, .signing, .takingOver, .palette]
    ) { workstation, _ in workstation.openHelp() },
    Command(
      "privacy", [.character("P")], "", help: "Hide or show patient names on every screen",
      in: .browsing, isGlobal: true
    ) { workstation, _ in
      workstation.hidesNames.toggle()
      workstation.notices.hint =
        workstation.hidesNames
        ? "Names are hidden; \(workstation.keymap.key("privacy")) shows them" : "Names are shown"
      return workstation.saveScreen()
    },
    Command(
      "retry", [.function(5)], "", help: "Try again what failed, or read everything anew",
      in: .all, isGlobal: true
    ) { workstation, _ in workstation.retry() },
    Command(
      "put-away", [.function(6)], "", help: "Put the error line away", in: .all, isGlobal: true,
      unless: { $0.notices.failures.isEmpty ? "there is no error" : nil }
    ) { workstation, _ in
      workstation.notices.dismiss()
      return []
    },
    Command(
      "mouse", [.function(9)], "", help: "Take the mouse, or let the terminal select text with it",
      in: .all, isGlobal: true
    ) { workstation, _ in
      workstation.mouseChoice = !workstation.capturesMouse
      workstation.notices.hint =
        workstation.capturesMouse
        ? "The mouse works here; Shift still selects text"
        : "The mouse selects text; \(workstation.keymap.key("mouse")) takes it back"
      return [.captureMouse(workstation.capturesMouse)] + workstation.saveScreen()
    },
    Command(
      "theme", [], "", help: "The look: by the terminal's background, dark, light, or other",
      in: [], argument: ThemeChoice.allCases.map(\.rawValue).joined(separator: "|"), isGlobal: true
    ) { workstation, call in workstation.choose(theme: call.argument) },
    Command("repaint", [.control("l")], "", help: "Draw the screen anew", in: .all, isGlobal: true)
    {
      _, _ in [.repaint]
    },
    Command(
      "suspend", [.control("z")], "", help: "Back to the shell; fg returns", in: .all,
      isGlobal: true
    ) { workstation, _ in workstation.flush() + [.suspend] },
    Command("quit", [], "", help: "Leave; drafts are kept", in: [], isGlobal: true) {
      workstation, _ in
      workstation.unsaved.studies.isEmpty ? workstation.flush() + [.quit] : workstation.askToLeave()
    },
    Command(
      "interrupt", [.control("c")], "", help: "Stop what is being typed or chosen", in: .all
    ) { workstation, _ in
      workstation.notices.hint =
        "\(workstation.keymap.key("back")) goes back and leaves at the worklist; "
        + ":quit leaves from anywhere"
      return []
    },
    Command(
      "leave-anyway", [.character("y"), .enter], "leave",
      help: "Leave although a task runs, or something could not be saved",
      in: [.quitting]
    ) { workstation, _ in
      workstation.leavesAnyway = true
      return workstation.flush() + [.quit]
    },
    Command(
      "stay", [.character("n"), .escape, .character("q")], "stay", help: "Stay", in: [.quitting]
    ) {
      workstation, _ in
      workstation.overlays.removeLast()
      return []
    },
  ]

  private mutating func choose(theme word: String) -> [Effect] {
    guard let choice = ThemeChoice(rawValue: word) else {
      let words = ThemeChoice.allCases.map(\.rawValue).joined(separator: ", ")
      notices.hint = "Say which: :theme \(words)"
      return []
    }
    theme = choice
    notices.hint = "The look is \(word) from now on"
    return [.useTheme(choice)] + saveScreen()
  }

  mutating func openHelp() -> [Effect] {
    let below = place
    if place == .go { overlays.removeLast() }
    overlays.append(.help(HelpOverlay(below: below)))
    return []
  }

  /// Goes one step toward the worklist; there it leaves, and asks only while a task runs or
  /// something could not be saved.
  ///
  /// Escape is pressed by reflex, so at the worklist it clears the filter and never leaves.
  private mutating func goBack(isEscape: Bool) -> [Effect] {
    if aside == .clinician, clinician.report != nil {
      clinician.close()
      return []
    }
    if aside != nil {
      aside = nil
      return saveScreen()
    }
    if study?.isPaneZoomed == true {
      study?.isPaneZoomed = false
      return []
    }
    if study != nil || opening != nil { return closeStudy() }
    if isEscape {
      guard worklist.hasFilter else {
        notices.hint = "\(keymap.key("back")) leaves"
        return []
      }
      return filter("")
    }
    return badges.isEmpty && unsaved.studies.isEmpty ? flush() + [.quit] : askToLeave()
  }

  private mutating func askToLeave() -> [Effect] {
    overlays.append(.quitting)
    return []
  }

  public mutating func mayLeave() -> Bool {
    if unsaved.studies.isEmpty || leavesAnyway { return true }
    if place != .quitting { overlays.append(.quitting) }
    return false
  }

  mutating func leaveOverlays() { overlays = [] }

  private mutating func goToEnd(isLast: Bool) -> [Effect] {
    switch aside {
    case .system, .sync: return scrollLines(by: isLast ? .max : .min)
    case .log: return [.loadLog(log.jump(to: isLast ? .oldest : .newest))]
    case .clinician: return scrollReport(by: isLast ? 100_000 : -100_000)
    case nil: break
    }
    guard study != nil else {
      worklist.select(at: isLast ? .max : 0)
      revealCursor()
      return []
    }
    return withStudy { study, context in
      study.current = (isLast ? study.findings.last : study.findings.first)?.id
      study.showCurrent(context: context)
    }
  }
}
