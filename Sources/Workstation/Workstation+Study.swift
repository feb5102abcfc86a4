import Foundation
import Radiology
import Terminal

extension Workstation {
  var studyContext: StudyScreen.Context {
    StudyScreen.Context(
      now: now, body: body(of: bounds), cell: capabilities.cellPixels, keymap: keymap)
  }

  /// Changes the open study and answers what follows from it: something to save, or to load.
  ///
  /// Every change of decisions or words becomes one step that undo takes back; typing in one go
  /// (`typing` names the section) is one step.
  mutating func withStudy(
    typing: String? = nil, isUndo: Bool = false,
    _ body: (inout StudyScreen, StudyScreen.Context) -> Void
  ) -> [Effect] {
    guard var study else { return [] }
    let before = study.work
    body(&study, studyContext)
    var effects: [Effect] = []
    if study.work != before {
      if study.work.review != before.review {
        if !isUndo {
          study.work.review.reader = options.reader
          study.work.follow(
            study.open, review: study.shownReview, template: options.template, at: now)
        }
        effects.append(.saveReview(study.work.review))
      }
      if study.work.report != before.report {
        study.hasUnsavedDraft = true
        study.lastEdit = now
        study.unsavedSince = study.unsavedSince ?? now
      }
      if !isUndo, typing == nil || study.typing != typing { study.history.record(before) }
      study.typing = typing
    }
    effects += study.wantedImage() + study.wantedHeat()
    study.noteSeen(studyContext)
    self.study = study
    return effects
  }

  /// Edits the current section with `body`; none if it did not want the key.
  mutating func write(_ body: (inout TextBox, Int) -> Bool) -> [Effect]? {
    guard let study, study.work.report.sections.indices.contains(study.editor.section) else {
      return nil
    }
    let section = study.work.report.sections[study.editor.section]
    var box = TextBox(section.text, caret: study.editor.caret)
    let width = ReportEditor.textWidth(pane: studyContext.layout(study).report ?? bounds)
    guard body(&box, width) else { return nil }
    guard box.text == section.text || writingObstacle == nil else {
      notices.hint = "Nothing was written: \(writingObstacle ?? "")"
      return []
    }
    // A space ends a step of undo, so that words come back one at a time.
    let grew = box.text.count == section.text.count + 1
    let isWordEnd = grew && box.text.dropFirst(max(0, box.caret - 1)).first?.isWhitespace == true
    let now = now
    return withStudy(typing: isWordEnd ? nil : section.key + (grew ? "+" : "-")) { study, _ in
      study.work.write(box.text, section: study.editor.section, at: now)
      study.editor.caret = box.caret
    }
  }

  /// Why nothing may be decided about the open study.
  var decidingObstacle: String? {
    if let obstacle = options.obstacle(.decide) { return obstacle }
    guard let study else {
      return opening == nil ? "no study is open" : "the study is still opening"
    }
    if study.isAddendum { return "the decisions are signed; an addendum changes the words only" }
    return writingObstacle
  }

  /// Why nothing may be written about the open study.
  var writingObstacle: String? {
    if let obstacle = options.obstacle(.decide) { return obstacle }
    guard let study else {
      return opening == nil ? "no study is open" : "the study is still opening"
    }
    if let other = study.open.lockedBy {
      return "it is open by \(sanitized(other)); \(keymap.key("take-over")) takes over"
    }
    if study.isOvertaken {
      return "somebody else changed it; \(keymap.key("retry")) opens it anew"
    }
    if study.isSigning { return "the signature is on its way" }
    if study.second != nil {
      return "this is a second look; \(keymap.key("call")) calls and scores"
    }
    if study.isSigned { return "it is signed; \(keymap.key("addendum")) begins an addendum" }
    return nil
  }

  /// Why nothing can be done with a current region.
  var regionObstacle: String? {
    guard let study else { return decidingObstacle }
    return study.currentFinding == nil ? "it works on a region, and none is selected" : nil
  }

  /// Shows a study, or at first that it is being opened.
  mutating func open(_ row: WorklistRow) -> [Effect] {
    // What was decided and refused is tried once more, before somebody else may decide.
    let again = unsaved.decisions(of: row.id).map { [Effect.saveReview($0)] } ?? []
    let effects = flush() + again
    study = nil
    aside = nil
    overlays = []
    opening = row
    worklist.select(row.id)
    revealCursor()
    return effects + [.openStudy(row.id)]
  }

  /// Takes up a study that has been opened.
  mutating func take(_ open: OpenStudy) -> [Effect] {
    // The reader may have gone somewhere else meanwhile.
    guard opening?.id == open.row.id else { return [] }
    var open = open
    var rescue: [Effect] = []
    if let words = unsaved.words(of: open.row.id) {
      open.setAside = words
      // A draft begun now will not have them: the store keeps them, if it can.
      rescue = [.setAside(words)]
    }
    opening = nil
    notices.mend(.openStudy(open.row.id))
    notices.mend(.lookAgain(open.row.id))
    tell(templateFlaws: open.templateFlaws)
    let review =
      open.review
      ?? open.row.triage.map { Review(of: $0, by: options.reader, at: now) }
      ?? Review(study: open.row.id, reader: options.reader, findings: [], model: nil, started: now)
    let hidesAnswer = readsFirst && open.row.isJudged && !review.knowsTheAnswer
    let shown = hidesAnswer ? review.withoutModelFindings : review
    let report =
      open.report
      ?? open.draft(shown, template: options.template, author: options.reader, at: now)
    var work = ReadingWork(review: review, report: report)
    // Somebody may have decided something since the draft was saved.
    work.follow(open, review: shown, template: options.template, at: now)
    var screen = StudyScreen(open, work: work, hidesAnswer: hidesAnswer)
    if open.wantsReader, options.obstacle(.decide) == nil, let look = open.secondLook {
      screen.begin(look)
    }
    if let first = open.instances.firstIndex(where: \.isReadable) { screen.imageIndex = first }
    // Regions are what the reader came for: the first image is the one with the current region.
    if let region = screen.currentFinding?.region,
      let index = open.instances.firstIndex(where: { $0.id == region.instance })
    {
      screen.imageIndex = index
    }
    if let restored, restored.study == open.row.id { screen.restore(restored) }
    restored = nil
    study = screen
    if let other = open.lockedBy {
      notices.hint = "Open by \(sanitized(other)): read-only; \(keymap.key("take-over")) takes over"
    } else if unsaved.decisions(of: open.row.id) != nil {
      unsaved.forgetDecisions(of: open.row.id)
      notices.mend(.saveReview(open.row.id))
      notices.hint = "What you decided here last was not saved; decide it again"
    }
    return rescue + withStudy { _, _ in } + saveScreen()
  }

  /// Says what is wrong with the site's template files, or that nothing is any more.
  mutating func tell(templateFlaws flaws: [String]) {
    notices.mend(.templates)
    guard let first = flaws.first else { return }
    let more = flaws.count - 1
    let rest = more > 0 ? " \(more) more: secondlook templates lists them." : ""
    notices.fail(.templates, sanitized(first + rest))
  }

  /// Leaves the open study; nothing is lost.
  mutating func closeStudy() -> [Effect] {
    var effects = flush()
    if let id = study?.id ?? opening?.id {
      worklist.select(id)
      effects.append(.closeStudy(id))
    }
    study = nil
    opening = nil
    revealCursor()
    return effects + [.loadWorklist]
  }

  /// Hands over everything that is not saved yet.
  mutating func flush() -> [Effect] { saveDraft() + saveScreen() }

  mutating func saveDraft() -> [Effect] {
    guard let study, study.hasUnsavedDraft, !study.isSigned else { return [] }
    self.study?.noteHandedOver(at: now)
    return [.saveDraft(study.work.report)]
  }

  mutating func saveScreen() -> [Effect] {
    let state = screenState
    guard state != savedScreen else { return [] }
    savedScreen = state
    return [.saveScreen(state)]
  }
}

extension StudyScreen {
  /// Takes up where the reader was.
  mutating func restore(_ state: ScreenState) {
    if open.instances.indices.contains(state.image) { imageIndex = state.image }
    if let instance, (0..<instance.frames).contains(state.frame) {
      frames[instance.id] = state.frame
    }
    isInverted = state.isInverted
    showsRegions = state.showsRegions
    showsHeat = state.showsHeat
    if state.screen == .report { focus = .report }
    if let saved = state.view, saved.zoom.isFinite, saved.zoom > 0, let instance {
      viewports[instance.id] = Viewport(x: saved.x, y: saved.y, zoom: min(saved.zoom, 64))
    }
    window = state.window.flatMap { ImageWindow(center: $0.center, width: $0.width) }
  }
}
