import Radiology
import Terminal

/// Where in the report the reader is writing.
struct ReportEditor: Sendable, Hashable {
  /// Which section, counted from 0.
  var section = 0
  /// Characters before the caret in that section.
  var caret = 0

  /// Columns of text inside a pane this wide: a frame and a margin are taken off.
  static func textWidth(pane: Rect) -> Int { max(1, pane.width - 6) }

  /// Puts the caret at the end of its section, wherever that is by now.
  mutating func enter(_ report: Report?) {
    guard let report, !report.sections.isEmpty else {
      self = ReportEditor()
      return
    }
    section = min(section, report.sections.count - 1)
    caret = report.sections[section].text.count
  }

  mutating func go(to section: Int, in report: Report) {
    self.section = section
    enter(report)
  }

  static let commands: [Command] = [
    Command(
      "next-section", [.tab], "next section", help: "The next section of the report", in: [.report]
    ) { workstation, _ in workstation.stepSection(1) },
    Command(
      "previous-section", [.backTab], "", help: "The section before", in: [.report]
    ) { workstation, _ in workstation.stepSection(-1) },
    Command(
      "sign-report", [.control("s")], "sign",
      help: "Sign: shows what is missing and asks for the last 4 of the accession", in: [.report],
      unless: { $0.writingObstacle }
    ) { workstation, _ in workstation.openSignDialog() },
    Command(
      "leave-report", [.escape], "image", help: "Back to the image; the draft is saved",
      in: [.report]
    ) { workstation, _ in workstation.focus(.image) },
    Command(
      "insert", [.control("n")], "put in",
      help: "Put in a region's sentence, a choice or a snippet (also ;abbreviation and a space)",
      in: [.report],
      unless: { $0.writingObstacle }
    ) { workstation, _ in workstation.openInsertions(choicesOnly: false) },
    Command(
      "choices", [.control("o")], "choices", help: "The section's pick list", in: [.report],
      unless: { $0.writingObstacle }
    ) { workstation, _ in workstation.openInsertions(choicesOnly: true) },
    Command(
      "undo-writing", [.control("u")], "undo", help: "Take back what was written last",
      in: [.report], unless: StudyScreen.nothingToUndo
    ) { workstation, _ in workstation.undo() },
    Command(
      "draft-again", [.control("t")], "",
      help: "Write the section as the template would; undo brings yours back", in: [.report],
      unless: { $0.writingObstacle }
    ) { workstation, _ in workstation.draftSectionAgain() },
    Command(
      "section-down", [.pageDown, .down], "", help: "Down, and on to the next section",
      in: [.report], keyText: "PgDn ↓"
    ) { workstation, call in
      if call.key == .down, let effects = workstation.write({ $0.type(.down, width: $1) }) {
        return effects
      }
      return workstation.stepSection(1)
    },
    Command(
      "section-up", [.pageUp, .up], "", help: "Up, and on to the section before",
      in: [.report], keyText: "PgUp ↑"
    ) { workstation, call in
      if call.key == .up, let effects = workstation.write({ $0.type(.up, width: $1) }) {
        return effects
      }
      return workstation.stepSection(-1)
    },
  ]
}

extension Workstation {
  fileprivate mutating func stepSection(_ step: Int) -> [Effect] {
    withStudy { study, _ in
      let count = study.work.report.sections.count
      guard count > 0 else { return }
      study.typing = nil
      study.editor.go(to: (study.editor.section + step + count) % count, in: study.work.report)
    }
  }

  fileprivate mutating func draftSectionAgain() -> [Effect] {
    withStudy { [options] study, context in
      let draft = study.open.draft(
        study.shownReview, template: options.template, author: options.reader, at: context.now)
      guard study.work.report.sections.indices.contains(study.editor.section) else { return }
      let key = study.work.report.sections[study.editor.section].key
      study.work.write(draft.text(of: key), section: study.editor.section, at: context.now)
      study.editor.enter(study.work.report)
    }
  }
}
