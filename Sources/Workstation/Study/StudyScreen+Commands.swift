import Radiology
import Reporting
import Terminal

extension StudyScreen {
  /// The keys of an open study; decisions first, because the footer shows what fits.
  static let commands: [Command] =
    decisionCommands + [Workstation.readFirstCommand] + lookingCommands + windowCommands
    + regionCommands + rulerCommands + navigationCommands + [Workstation.documentsCommand]

  /// Going about in the study and from one to the next.
  private static let navigationCommands: [Command] = [
    Command(
      "report", [.character("r")], "report", help: "Write in the report", in: .study,
      unless: noStudy
    ) { workstation, _ in workstation.focus(.report) },
    Command(
      "sign", [.character("S"), .control("s")], "sign",
      help: "Sign: shows what is missing and asks for the last 4 of the accession", in: .study,
      keyText: "S", unless: { $0.writingObstacle }
    ) { workstation, _ in workstation.openSignDialog() },
    Command(
      "next-study", [.character(">")], "", help: "The next study of the list", in: .study,
      unless: { $0.neighbour(1) == nil ? "this is the last study of the list" : nil }
    ) { workstation, _ in workstation.neighbour(1).map { workstation.open($0) } ?? [] },
    Command(
      "previous-study", [.character("<")], "", help: "The study before in the list", in: .study,
      unless: { $0.neighbour(-1) == nil ? "this is the first study of the list" : nil }
    ) { workstation, _ in workstation.neighbour(-1).map { workstation.open($0) } ?? [] },
    Command(
      "next-pane", [.tab], "", help: "From the image to the regions to the report", in: .study,
      unless: noStudy
    ) { workstation, _ in
      workstation.focus(workstation.study?.focus == .image ? .findings : .report)
    },
    Command(
      "previous-pane", [.backTab], "", help: "From the report to the regions to the image",
      in: .study, unless: noStudy
    ) { workstation, _ in
      workstation.focus(workstation.study?.focus == .image ? .report : .image)
    },
    Command(
      "zoom-pane", [.character("Z")], "", help: "Give the pane the whole screen, or back",
      in: .study, unless: noStudy
    ) { workstation, _ in
      workstation.study?.isPaneZoomed.toggle()
      return []
    },
    Command(
      "addendum", [.character("A")], "", help: "Begin an addendum to a signed report", in: .study,
      unless: { $0.addendumObstacle }
    ) { workstation, _ in
      let (reader, template) = (workstation.options.reader, workstation.options.template)
      _ = workstation.withStudy { study, context in
        let fresh = study.open.draft(
          study.work.review, template: template, author: reader, at: context.now)
        study.work.report = study.work.report.addendum(drafted: fresh)
      }
      return workstation.focus(.report)
    },
  ]

  static let noStudy: @Sendable (Workstation) -> String? = { workstation in
    guard workstation.study == nil else { return nil }
    return workstation.opening == nil ? "no study is open" : "the study is still opening"
  }
}

extension Workstation {
  mutating func focus(_ focus: StudyScreen.Focus) -> [Effect] {
    guard study != nil else { return [] }
    study?.focus = focus
    study?.mode = .browsing
    study?.typing = nil
    if focus == .report, let report = study?.work.report { study?.editor.enter(report) }
    return flush()
  }

  func neighbour(_ step: Int) -> WorklistRow? {
    (study?.id ?? opening?.id).flatMap { worklist.neighbour(of: $0, by: step) }
  }

  fileprivate var addendumObstacle: String? {
    if let obstacle = options.obstacle(.decide) { return obstacle }
    if let obstacle = StudyScreen.noStudy(self) { return obstacle }
    if study?.second != nil {
      return "this is a second look; \(keymap.key("call")) calls and scores"
    }
    return study?.isSigned == true ? nil : "the report is not signed yet"
  }
}
