import Foundation
import Radiology
import Terminal

// What becomes of a study that passes from one reader to another.
extension Workstation {
  /// Somebody has taken the open study: nothing of it is saved from here any more, and what was
  /// written is kept apart for the reader.
  mutating func lose(_ id: Study.ID, _ sentence: String) -> [Effect] {
    guard let study, study.id == id, !study.isOvertaken else { return [] }
    // No key that was on its way to this study's dialogs means anything now.
    overlays = []
    self.study?.mode = .browsing
    self.study?.isOvertaken = true
    self.study?.isSigning = false
    let words = study.wordsToKeep
    // They are kept by the store from now on; nothing else of this session will be.
    unsaved.passOn(id)
    self.study?.hasUnsavedDraft = false
    self.study?.lastEdit = nil
    self.study?.unsavedSince = nil
    self.study?.sentDrafts = []
    let kept = words == nil ? "" : " Your words are kept: :put-back-words."
    notices.fail(.lookAgain(id), sanitized(sentence) + kept)
    return words.map { [.setAside($0)] } ?? []
  }

  var puttingBackObstacle: String? {
    if let obstacle = writingObstacle { return obstacle }
    return study?.open.setAside == nil ? "nothing of yours is kept for this study" : nil
  }

  /// Brings back what was kept, as one step that undo takes back.
  mutating func putBackWords() -> [Effect] {
    guard let kept = study?.open.setAside else { return [] }
    let effects = withStudy { study, context in
      for (index, section) in study.work.report.sections.enumerated() {
        guard let words = kept.sections.first(where: { $0.key == section.key })?.text,
          !words.allSatisfy(\.isWhitespace)
        else { continue }
        study.work.write(words, section: index, at: context.now)
      }
      study.typing = nil
      study.editor.enter(study.work.report)
    }
    notices.hint = "Your words are back; undo takes them out again"
    return effects + focus(.report)
  }
}

extension StudyScreen {
  /// The draft, if the reader has written anything of it here.
  fileprivate var wordsToKeep: Report? {
    // What was on its way when the study was taken has been refused.
    guard !isSigned, hasUnsavedDraft || !sentDrafts.isEmpty || isSigning || draftSaved != nil else {
      return nil
    }
    return work.report
  }

  /// Of words that were kept when somebody took the study over.
  func keptLines(width: Int) -> [[Span]] {
    guard open.setAside != nil, !isSigned else { return [] }
    return wrapped("▲ Words of yours are kept apart; :put-back-words", toCells: max(8, width))
      .map { [Span($0, style: .warning)] }
  }
}
