import Radiology
import Terminal

extension StudyScreen {
  /// What the reader says of regions and of the study.
  static let decisionCommands: [Command] =
    [
      Command(
        "next-region", [.character("n")], "next", help: "The next region, brought into view",
        in: .study, unless: noRegions
      ) { workstation, _ in workstation.stepRegion(1) },
      Command(
        "agree", [.character("a")], "agree", help: "Agree with the region", in: .study,
        unless: cannotMark
      ) { workstation, _ in workstation.mark(.agreed) },
      Command(
        "reject", [.character("x")], "reject", help: "Reject the region, with a reason of one key",
        in: .study, unless: cannotMark
      ) { workstation, _ in
        workstation.study?.mode = .rejecting
        return []
      },
      Command(
        "unsure", [.character("m")], "unsure", help: "Unsure about the region (maybe)", in: .study,
        unless: cannotMark
      ) { workstation, _ in workstation.mark(.unsure) },
      Command(
        "call", [.character("c")], "call", help: "Call the study normal or suspicious", in: .study,
        unless: { $0.study?.second == nil ? $0.decidingObstacle : $0.secondLookObstacle }
      ) { workstation, _ in
        if workstation.study?.second != nil { return workstation.openScoring() }
        workstation.study?.mode = .calling
        return []
      },
      Command(
        "previous-region", [.character("N")], "", help: "The region before", in: .study,
        unless: noRegions
      ) { workstation, _ in workstation.stepRegion(-1) },
      Command(
        "undo", [.character("u")], "", help: "Take back the last decision or what was written",
        in: .study, unless: nothingToUndo
      ) { workstation, _ in workstation.undo() },
      Command(
        "redo", [.control("r")], "", help: "Do again what was taken back",
        in: Set.study.union([.report]), unless: nothingToRedo
      ) { workstation, _ in workstation.redo() },
      Command(
        "region-down", [.character("j"), .down], "", help: "The next region of the list",
        in: [.findings], unless: noRegions
      ) { workstation, _ in workstation.stepRegion(1) },
      Command(
        "region-up", [.character("k"), .up], "", help: "The region before in the list",
        in: [.findings], unless: noRegions
      ) { workstation, _ in workstation.stepRegion(-1) },
      Command(
        "show-region", [.enter], "show", help: "Back to the image, with the region in view",
        in: [.findings], unless: noRegions
      ) { workstation, _ in
        let effects = workstation.focus(.image)
        return effects + workstation.withStudy { $0.showCurrent(context: $1) }
      },
    ] + callCommands + rejectCommands

  private static let callCommands: [Command] = [
    Command(
      "call-normal", [.character("n")], "normal", help: "The study is normal", in: [.calling],
      isGlobal: true, unless: { $0.decidingObstacle }
    ) { workstation, _ in workstation.call(.normal) },
    Command(
      "call-suspicious", [.character("s")], "suspicious", help: "The study is suspicious",
      in: [.calling], isGlobal: true, unless: { $0.decidingObstacle }
    ) { workstation, _ in workstation.call(.suspicious) },
    Command(
      "call-withdrawn", [.character("-")], "neither", help: "The study is not called yet",
      in: [.calling], isGlobal: true, unless: { $0.decidingObstacle }
    ) { workstation, _ in workstation.call(nil) },
    Command(
      "cancel", [.escape, .character("q"), .character("c")], "cancel", help: "Leave it as it is",
      in: [.calling], keyText: "Esc"
    ) { workstation, _ in
      workstation.study?.mode = .browsing
      return []
    },
  ]

  private static let rejectCommands: [Command] =
    RejectReason.allCases.map { reason in
      Command(
        "reject-\(reason.rawValue)",
        [.character(reason.key)] + (reason == .other ? [.enter] : []), reason.label,
        help: "Reject the region: \(reason == .other ? "no reason given" : reason.note)",
        in: [.rejecting], keyText: String(reason.key), isGlobal: true, unless: cannotMark
      ) { workstation, _ in workstation.mark(.rejected, note: reason.note) }
    } + [
      Command(
        "keep-region", [.escape], "cancel", help: "Do not reject the region", in: [.rejecting]
      ) { workstation, _ in
        workstation.study?.mode = .browsing
        return []
      }
    ]

  static let noRegions: @Sendable (Workstation) -> String? = { workstation in
    if let obstacle = noStudy(workstation) { return obstacle }
    guard workstation.study?.findings.isEmpty == true else { return nil }
    return workstation.study?.hidesAnswer == true
      ? "the model's regions are hidden until you call the study "
        + "(\(workstation.keymap.key("call")))"
      : "there is no region; \(workstation.keymap.key("new-region")) draws one"
  }

  static let cannotMark: @Sendable (Workstation) -> String? = { workstation in
    workstation.decidingObstacle ?? workstation.regionObstacle
  }

  static let nothingToUndo: @Sendable (Workstation) -> String? = { workstation in
    workstation.writingObstacle
      ?? (workstation.study?.history.canUndo == true ? nil : "there is nothing to take back")
  }

  static let nothingToRedo: @Sendable (Workstation) -> String? = { workstation in
    workstation.writingObstacle
      ?? (workstation.study?.history.canRedo == true ? nil : "nothing was taken back")
  }
}

extension Workstation {
  mutating func stepRegion(_ step: Int) -> [Effect] {
    withStudy { study, context in
      // The first step shows the region that is marked already; it would be passed over else.
      let isFirst = !study.hasVisitedRegion && step > 0
      study.hasVisitedRegion = true
      if isFirst, study.currentFinding != nil {
        study.showCurrent(context: context)
      } else {
        _ = study.stepRegion(step, context: context)
      }
    }
  }

  mutating func mark(_ state: Finding.State, note: String = "") -> [Effect] {
    var text = ""
    let effects = withStudy { [keymap] study, context in
      study.mode = .browsing
      guard let finding = study.currentFinding else { return }
      _ = study.work.review.mark(finding.name, state, note: note, at: context.now)
      let open = study.shownReview.open.count
      text = "\(finding.name) \(state.rawValue)"
      text +=
        open == 0
        ? "; every region is reviewed, \(keymap.key("call")) calls the study"
        : "; \(open) open, \(keymap.key("next-region")) goes on"
    }
    if !effects.isEmpty { notices.hint = text }
    return effects
  }

  mutating func call(_ call: Call?) -> [Effect] {
    var isFirst = false
    let effects = withStudy { study, context in
      study.mode = .browsing
      guard study.work.review.call != call else { return }
      isFirst = study.hidesAnswer
      study.show(answerAfter: call)
      study.work.review.call = call
      study.work.review.changed = context.now
    }
    let sign = "\(keymap.key("sign")) signs"
    let next = isFirst ? "the model's answer is shown now, \(sign)" : sign
    notices.hint = call.map { "Called \($0.rawValue); \(next)" } ?? "Not called yet"
    return effects
  }

  mutating func undo() -> [Effect] {
    exchange { study in study.history.undo(study.work) }
  }

  mutating func redo() -> [Effect] {
    exchange { study in study.history.redo(study.work) }
  }

  private mutating func exchange(
    _ step: (inout StudyScreen) -> ReadingWork?
  ) -> [Effect] {
    withStudy(isUndo: true) { [template = options.template] study, context in
      guard var work = step(&study) else { return }
      // What was called before the answer was shown has been so called, whatever is taken back.
      if let first = study.work.review.firstCall, work.review.firstCall == nil {
        work.review.firstCall = first
        work.follow(study.open, review: work.review, template: template, at: context.now)
      }
      study.work = work
      study.typing = nil
      if study.currentFinding == nil { study.current = study.findings.first?.id }
      study.editor.enter(work.report)
    }
  }
}
