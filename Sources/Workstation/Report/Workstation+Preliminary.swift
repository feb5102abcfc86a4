import Foundation
import Radiology
import Terminal

/// Letting a report out before it is signed.
enum PreliminaryGiving {
  static let commands: [Command] = [
    Command(
      "preliminary", [.character("W")], "",
      help: "Wet read: let the report out as preliminary, before it is signed", in: .study,
      unless: { $0.preliminaryObstacle }
    ) { workstation, _ in workstation.openSignDialog(isPreliminary: true) },
    Command(
      "let-out", [.control("g")], "", help: "Wet read: let the report out as preliminary",
      in: [.report], unless: { $0.preliminaryObstacle }
    ) { workstation, _ in workstation.openSignDialog(isPreliminary: true) },
  ]
}

extension Workstation {
  /// Why no preliminary report may be given of the open study.
  var preliminaryObstacle: String? {
    if let obstacle = writingObstacle { return obstacle }
    return study?.isAddendum == true ? "it is signed; an addendum is signed, not let out" : nil
  }

  /// A preliminary report is safe: the study stays open, and its draft goes on.
  mutating func take(_ preliminary: PreliminaryReport) -> [Effect] {
    let id = preliminary.report.study
    notices.mend(.givePreliminary(id))
    guard study?.id == id else { return [.loadWorklist] }
    study?.open.preliminary = preliminary
    study?.isSigning = false
    study?.noteSaved(at: now)
    notices.hint =
      "✓ Preliminary report given; \(keymap.key("sign")) signs the final one"
    return [.loadWorklist]
  }
}

extension StudyScreen {
  /// `preliminary given 14:02 by Dr Osei`; none while nothing was let out, or once it is signed.
  func preliminaryState(_ workstation: Workstation) -> String? {
    guard let report = open.preliminary?.report, !isSigned, !isAddendum, !isBlind else {
      return nil
    }
    let when = ClockText.moment(
      report.changed, now: workstation.now, in: workstation.options.timeZone)
    return "preliminary given \(when) by \(sanitized(report.author))"
  }
}
