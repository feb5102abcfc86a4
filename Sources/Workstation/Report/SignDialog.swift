import Foundation
import Radiology
import Terminal

/// The last question before a report is final.
struct SignDialog: Sendable, Hashable {
  /// What has to be typed: four characters that show the reader is looking at the right patient.
  struct Token: Sendable, Hashable {
    /// Where they are from, for example `accession`.
    let source: String
    let text: String

    /// The end of the accession, or of the patient's ID, or of the study's UID.
    ///
    /// Only what a keyboard can type is asked for.
    init(_ row: WorklistRow) {
      func ending(_ text: String) -> String? {
        let ending = String(text.filter { !$0.isWhitespace }.suffix(4))
        return !ending.isEmpty && ending.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f } ? ending : nil
      }
      if let text = ending(row.study.accession) {
        (source, self.text) = ("accession", text)
      } else if let text = ending(row.patient.identifier) {
        (source, self.text) = ("patient ID (there is no accession)", text)
      } else {
        source = "study UID (there is neither accession nor patient ID)"
        self.text = String(row.study.uid.suffix(4))
      }
    }
  }

  let token: Token
  let check: SigningGuard
  /// The report is let out before it is signed.
  let isPreliminary: Bool
  private(set) var typed = TextLine()
  /// The objection the cursor is on; none while the field is.
  private(set) var selected: Int?

  init(row: WorklistRow, check: SigningGuard, isPreliminary: Bool = false) {
    token = Token(row)
    self.check = check
    self.isPreliminary = isPreliminary
    selected = check.objections.firstIndex(where: \.isBlocking)
  }

  var isTypedRight: Bool {
    typed.text.trimmingCharacters(in: .whitespaces).lowercased() == token.text.lowercased()
  }

  mutating func type(_ key: Key) -> Bool {
    guard check.allows else { return false }
    selected = nil
    return typed.type(key)
  }

  mutating func insert(_ text: String) {
    guard check.allows else { return }
    selected = nil
    typed.insert(text)
  }

  /// Through the objections and the field, round and round.
  mutating func move(by step: Int) {
    let stops = check.objections.count + (check.allows ? 1 : 0)
    guard stops > 0 else { return }
    let place = (selected ?? check.objections.count) + step
    let next = (place + stops) % stops
    selected = next == check.objections.count ? nil : next
  }

  /// Goes to an objection, or with the number after theirs to the field.
  mutating func select(_ stop: Int) {
    if check.objections.indices.contains(stop) {
      selected = stop
    } else if stop == check.objections.count, check.allows {
      selected = nil
    }
  }

  static let commands: [Command] = [
    Command(
      "confirm", [.enter], "sign, or go there",
      help: "Sign once the four characters are right; on an objection, go where it is mended",
      in: [.signing]
    ) { workstation, _ in workstation.confirmSigning() },
    Command(
      "next-objection", [.down, .tab], "next", help: "The next objection", in: [.signing],
      keyText: "↓"
    ) { workstation, _ in
      workstation.changeSignDialog { $0.move(by: 1) }
    },
    Command(
      "previous-objection", [.up, .backTab], "", help: "The objection before", in: [.signing]
    ) { workstation, _ in
      workstation.changeSignDialog { $0.move(by: -1) }
    },
    Command("do-not-sign", [.escape], "back", help: "Back without signing", in: [.signing]) {
      workstation, _ in
      workstation.overlays.removeLast()
      return []
    },
  ]
}

extension StudyScreen {
  /// How much there is of the study by now, and how many images of it this screen cannot show.
  fileprivate func completeness(of row: WorklistRow, at now: Date) -> Completeness {
    let opened = open.instances.count { !$0.isDocument }
    return Completeness(
      instances: row.instances, readable: row.readable, missing: row.missing,
      isArriving: row.isArriving(at: now), unseen: max(0, row.instances - opened))
  }
}

extension Workstation {
  mutating func openSignDialog(isPreliminary: Bool = false) -> [Effect] {
    guard let study, writingObstacle == nil else { return [] }
    // What came since the study was opened counts too: the store will ask the same.
    let row = worklist.row(study.id) ?? study.row
    let check = SigningGuard(
      review: study.shownReview, report: study.work.report,
      triage: study.hidesAnswer ? nil : row.triage,
      images: study.completeness(of: row, at: now), by: options.reader,
      preliminary: study.open.preliminary, unseen: study.unseen, under: options.rules)
    overlays = [.signing(SignDialog(row: row, check: check, isPreliminary: isPreliminary))]
    return flush()
  }

  mutating func changeSignDialog(_ body: (inout SignDialog) -> Void) -> [Effect] {
    guard case .signing(var dialog)? = overlays.last else { return [] }
    body(&dialog)
    overlays[overlays.count - 1] = .signing(dialog)
    return []
  }

  fileprivate mutating func confirmSigning() -> [Effect] {
    guard case .signing(let dialog)? = overlays.last, let study else { return [] }
    if let selected = dialog.selected { return mend(dialog.check.objections[selected]) }
    guard dialog.check.allows else {
      notices.hint = "Signing is blocked; ↓ goes to what is missing"
      return []
    }
    guard dialog.isTypedRight else {
      notices.hint = "Type \(dialog.token.text) to sign, the end of the \(dialog.token.source)"
      return []
    }
    overlays.removeLast()
    var report = study.work.report
    report.author = options.reader
    report.changed = now
    // The guard asked once, in the dialog; that the reader signed all the same is on record.
    for question in dialog.check.questions where !report.acknowledged.contains(question.text) {
      report.acknowledged.append(question.text)
    }
    self.study?.isSigning = true
    // The report that is signed or let out has these words.
    self.study?.noteHandedOver(at: now)
    if dialog.isPreliminary {
      notices.hint = "Letting it out…"
      return [.givePreliminary(report, study.work.review, unseen: study.unseen)]
    }
    notices.hint = "Signing…"
    return [.sign(report, study.work.review, unseen: study.unseen)]
  }

  /// Goes where an objection can be mended.
  private mutating func mend(_ objection: SigningGuard.Objection) -> [Effect] {
    overlays.removeLast()
    notices.hint = objection.text
    guard let place = objection.place else {
      let effects = focus(.image)
      if decidingObstacle == nil, objection.isBlocking, study?.work.review.call == nil {
        study?.mode = .calling
      }
      return effects
    }
    if let index = study?.work.report.sections.firstIndex(where: { $0.key == place }) {
      study?.editor.section = index
      return focus(.report)
    }
    let effects = focus(.image)
    return effects
      + withStudy { study, context in
        guard let finding = study.findings.first(where: { $0.name == place }) else { return }
        study.current = finding.id
        study.hasVisitedRegion = true
        study.showCurrent(context: context)
      }
  }
}
