import Foundation
import Radiology
import Terminal

// What the program answers to effects.
extension Workstation {
  mutating func take(_ page: WorklistPage) -> [Effect] {
    now = max(now, page.asOf)
    // What else there is to know waits for the list: nobody looks at it before.
    let first: [Effect] = worklist.page == nil ? [.loadStatus] : []
    worklist.take(page)
    notices.mend(.loadWorklist)
    revealCursor()
    // The reader comes back to where they left off, if the study is still there.
    guard let wanted = restored, study == nil, opening == nil else { return first }
    guard wanted.screen == .study || wanted.screen == .report,
      let row = wanted.study.flatMap(worklist.row)
    else {
      restored = nil
      return first
    }
    opening = row
    return first + [.openStudy(row.id)]
  }

  mutating func take(_ shown: ShownFrame, _ picture: StudyScreen.PictureState) -> [Effect] {
    if clinician.viewer?.open.instances.contains(where: { $0.id == shown.instance }) == true {
      clinician.viewer?.take(picture, of: shown)
    }
    guard let study,
      study.open.instances.contains(where: { $0.id == shown.instance })
        || study.prior?.instance?.id == shown.instance
    else { return [] }
    self.study?.take(picture, of: shown)
    let context = studyContext
    self.study?.noteSeen(context)
    notices.mend(.loadImage(shown.instance, frame: shown.frame))
    return []
  }

  mutating func note(_ saved: Message.Saved, _ id: Study.ID) -> [Effect] {
    unsaved.noteSaved(saved, id)
    switch saved {
    case .review: notices.mend(.saveReview(id))
    case .draft:
      notices.mend(.saveDraft(id))
      if study?.id == id { study?.noteSaved(at: now) }
    case .apart: notices.mend(.setAside(id))
    }
    return []
  }

  /// A signature is safe: on to the next study that needs a reader.
  mutating func leave(_ report: Report) -> [Effect] {
    notices.mend(.sign(report.study))
    unsaved.forget(report.study)
    if noteInBatch(report.study, .signed) { return [] }
    guard let study, study.id == report.study else { return [.loadWorklist] }
    let label = study.row.label
    let next = worklist.nextUnsigned(after: study.id)
    // What was signed must not be saved as a draft once more.
    self.study?.hasUnsavedDraft = false
    var effects: [Effect] = [.loadWorklist]
    if let next {
      effects += open(next)
      notices.hint = "✓ Signed \(label). Next: \(next.label)"
    } else {
      effects += closeStudy()
      let rest = worklist.isPartial ? "near it" : "in this list"
      notices.hint = "✓ Signed \(label). Nothing unsigned is left \(rest)"
    }
    return effects + saveScreen()
  }

  mutating func fail(_ action: FailedAction, _ sentence: String) -> [Effect] {
    let displaced = unsaved.noteFailed(action).map { [Effect.setAside($0)] } ?? []
    switch action {
    case .sign(let id), .lookAgain(let id):
      if noteInBatch(id, .failed(sanitized(sentence))) { return displaced }
    default: break
    }
    // Who has the study, and why, is on the screen already.
    if case .lookAgain(let id) = action, let study, study.id == id, study.isOvertaken { return [] }
    notices.fail(action, sanitized(sentence))
    switch action {
    case .openStudy(let id) where opening?.id == id:
      opening = nil
      restored = nil
    case .saveDraft(let id) where study?.id == id:
      study?.noteRefused()
    case .sign(let id) where study?.id == id, .givePreliminary(let id) where study?.id == id:
      study?.isSigning = false
      // The words are only here, if the draft could not be saved either.
      study?.noteRefused(isTriedAgain: true)
    case .secondLook(let id) where study?.id == id: study?.isSigning = false
    case .lookAgain(let id) where study?.id == id:
      study?.isSigning = false
      self.study?.isOvertaken = true
      // What another has signed meanwhile has no place for these words; they are not lost.
      if let study, study.history.canUndo, !study.isSigned {
        return [.setAside(study.work.report)]
      }
    case .lookAgain: return displaced
    case .loadImage(let id, let frame):
      let shown = ShownFrame(instance: id, frame: frame)
      if study?.pictures[shown] != nil { study?.pictures[shown] = .failed(sanitized(sentence)) }
    case .background("log"): log.give()
    case .background("report"): clinician.give()
    default: break
    }
    return []
  }

  /// What would do again what failed last.
  mutating func retry() -> [Effect] {
    guard let failure = notices.failures.last else { return [.loadWorklist, .loadStatus] }
    switch failure.action {
    case .loadWorklist: return [.loadWorklist]
    case .openStudy(let id), .lookAgain(let id):
      guard let row = row(id) else { return [.loadWorklist] }
      return open(row)
    case .loadImage(let id, let frame):
      let shown = ShownFrame(instance: id, frame: frame)
      guard let study, study.pictures[shown] != nil else { break }
      self.study?.pictures[shown] = nil
      return withStudy { _, _ in }
    case .saveReview(let id):
      if let study, study.id == id { return [.saveReview(study.work.review)] }
      // The store takes it only where nobody else has decided anything since.
      if let review = unsaved.decisions(of: id) { return [.saveReview(review)] }
    case .saveDraft(let id):
      if study?.id == id { return saveDraft() }
      // The words are put back by hand: somebody else may have written meanwhile.
      if let row = row(id), unsaved.words(of: id) != nil { return open(row) }
    case .sign(let id):
      if study?.id == id { return openSignDialog() }
    case .givePreliminary(let id):
      if study?.id == id, preliminaryObstacle == nil {
        return openSignDialog(isPreliminary: true)
      }
    case .export(let id, let format): return [.export(id, format)]
    case .saveScreen: return [.saveScreen(screenState)]
    case .setAside(let id):
      if let words = unsaved.words(of: id) { return [.setAside(words)] }
    case .secondLook(let id) where study?.id == id && secondLookObstacle == nil:
      return openScoring()
    case .background("status"): return [.loadStatus]
    case .background("log"): return [.loadLog(log.jump(to: .newest))]
    case .background("find"): return [.find(clinician.line.text)]
    case .background("report"): return clinician.read()
    case .loadVersions(let id): return [.loadVersions(id)]
    case .loadDocuments(let id): return [.loadDocuments(id)]
    case .templates:
      if let study { return open(study.row) }
    case .loadBatch where batchObstacle == nil:
      return [.loadBatch(worklist.marked.sorted())]
    case .loadBatch, .importFiles, .background, .secondLook: break
    }
    notices.hint =
      "That cannot be tried again from here; \(keymap.key("put-away")) puts the message away"
    return []
  }

  /// A study that is in the list, or of which something could not be saved.
  func row(_ study: Study.ID) -> WorklistRow? { worklist.row(study) ?? unsaved.row(study) }

  mutating func tell(_ sentence: String) -> [Effect] {
    notices.hint = sentence
    return [.loadWorklist]
  }

  mutating func show(_ badge: TaskBadge) -> [Effect] {
    if let index = badges.firstIndex(where: { $0.name == badge.name }) {
      badges[index] = badge
    } else {
      badges.append(badge)
    }
    return []
  }

  mutating func end(_ name: String, _ sentence: String) -> [Effect] {
    badges.removeAll { $0.name == name }
    if !sentence.isEmpty { notices.hint = sanitized(sentence) }
    return [.loadWorklist, .loadStatus]
  }

  mutating func take(_ status: SystemStatus) -> [Effect] {
    self.status = status
    notices.mend(.background("status"))
    return []
  }
}
