import Foundation
import Radiology
import Terminal
import Testing

@testable import Workstation

@Suite("What could not be saved")
struct UnsavedTests {
  private let id = Fixture.rows[0].id

  /// On the worklist again, after a sentence of the first study's report was refused.
  private func left() -> Workstation {
    var workstation = Workstation.onStudy()
    workstation.type("r Lost words.")
    _ = workstation.press(.escape)
    workstation.type("q")
    _ = workstation.update(.failed(.saveDraft(id), "The disk is full."))
    return workstation
  }

  private func setAside(_ effects: [Effect]) -> Report? {
    effects.lazy.compactMap { if case .setAside(let report) = $0 { report } else { nil } }.first
  }

  @Test("words outlive the study they were written in, and come back into it by hand")
  func words() throws {
    var workstation = left()
    #expect(workstation.place == .worklist)
    let screen = workstation.screen()
    #expect(screen.contains("✖ Draft not saved. The disk is full."))
    #expect(screen.contains("Your text is kept in memory."))
    #expect(workstation.press(.function(5)).contains(.openStudy(id)))
    _ = workstation.update(.studyOpened(Fixture.open(Fixture.rows[0])))
    #expect(workstation.screen(160, 50).contains("▲ Words of yours are kept apart"))
    #expect(workstation.study?.work.report.text(of: "findings").contains("Lost") == false)
    workstation.type(":put-back-words")
    _ = workstation.press(.enter)
    #expect(workstation.study?.work.report.text(of: "findings").contains("Lost words.") == true)
  }

  @Test("leaving the program asks first, by its key and by its name, until they are safe")
  func leaving() {
    for way in ["q", ":quit\n"] {
      var workstation = left()
      func leave() -> [Effect] {
        way == "q" ? workstation.type("q") : workstation.type(":quit") + workstation.press(.enter)
      }
      #expect(!leave().contains(.quit))
      #expect(workstation.screen().contains("Not saved: what you wrote or decided of"))
      #expect(workstation.screen().contains("4711-22."))
      #expect(workstation.type("n") == [] && workstation.place == .worklist)
      _ = workstation.press(.function(6))
      #expect(!leave().contains(.quit), "put away is not saved")
      #expect(workstation.type("y").contains(.quit))
      var saved = left()
      _ = saved.press(.function(5))
      let kept = saved.update(.studyOpened(Fixture.open(Fixture.rows[0])))
      #expect(setAside(kept)?.text(of: "findings").contains("Lost words.") == true)
      // Another draft of the study says nothing of these words.
      _ = saved.update(.saved(.draft, id))
      _ = saved.update(.failed(.setAside(id), "The disk is full."))
      #expect(saved.unsaved.studies == [id])
      #expect(saved.press(.function(5)) == kept.filter { setAside([$0]) != nil })
      #expect(saved.unsaved.row(id) != nil)
      _ = saved.update(.saved(.apart, id))
      #expect(saved.unsaved.row(id) == nil, "of what is safe nothing is kept")
      #expect(saved.type("q").contains(.closeStudy(id)))
      #expect(saved.type("q").contains(.quit))
    }
  }

  @Test("a decision that was refused is saved once more, or the study says that it was not")
  func decisions() throws {
    var workstation = Workstation.onStudy()
    let sent = workstation.type("cn").compactMap {
      if case .saveReview(let review) = $0 { review } else { nil }
    }
    let review = try #require(sent.last)
    workstation.type("q")
    _ = workstation.update(.failed(.saveReview(id), "The store is busy."))
    #expect(workstation.screen().contains("✖ Decisions not saved. The store is busy."))
    #expect(workstation.press(.function(5)) == [.saveReview(review)])
    // Who opens it before that was answered has it tried once more at the same time.
    var opening = workstation
    #expect(opening.press(.enter).contains(.saveReview(review)))
    var again = workstation
    _ = workstation.update(.saved(.review, id))
    #expect(workstation.type("q").contains(.quit))
    _ = again.update(.failed(.saveReview(id), "The store is busy."))
    _ = again.press(.enter)
    _ = again.update(.studyOpened(Fixture.open(Fixture.rows[0])))
    #expect(again.screen().contains("not saved; decide it again"))
    #expect(again.notices.failures.isEmpty)
  }

  @Test("a study with something unsaved is not signed together with others")
  func batch() {
    let open = Fixture.open(Fixture.rows[0])
    let options = Workstation.onStudy().options
    let unsaved = BatchDialog.Candidate(open, isUnsaved: true, by: options, at: Fixture.now)
    #expect(unsaved.obstacle?.contains("not saved") == true)
    let safe = BatchDialog.Candidate(open, by: options, at: Fixture.now)
    #expect(safe.obstacle?.contains("not saved") != true)
  }

  @Test("a save that went well takes nothing away from one that is on its way and fails")
  func order() {
    var unsaved = UnsavedWork()
    func report(_ text: String) -> Report {
      Report(
        study: id, sections: [.init(key: "a", title: "A", text: text)], author: "Dr Osei",
        changed: Fixture.now)
    }
    unsaved.note([.saveDraft(report("one"))], of: nil)
    unsaved.note([.saveDraft(report("two"))], of: nil)
    #expect(unsaved.studies.isEmpty)
    unsaved.noteSaved(.draft, id)
    #expect(unsaved.noteFailed(.saveDraft(id)) == nil)
    #expect(unsaved.words(of: id)?.text(of: "a") == "two")
    unsaved.note([.saveDraft(report("three"))], of: nil)
    unsaved.noteSaved(.draft, id)
    #expect(unsaved.studies.isEmpty && unsaved.words(of: id) == nil)
  }

  @Test("what was taken over is kept apart by the store, and what is signed needs no keeping")
  func passedOn() {
    var workstation = left()
    let kept = workstation.update(.failed(.lookAgain(id), "It was taken over."))
    #expect(setAside(kept)?.text(of: "findings").contains("Lost words.") == true)
    _ = workstation.update(.failed(.setAside(id), "The disk is full."))
    #expect(workstation.unsaved.studies == [id])
    _ = workstation.update(.saved(.apart, id))
    #expect(workstation.unsaved.studies.isEmpty)
    var report = Report(study: id, sections: [], author: "Dr Osei", changed: Fixture.now)
    report.signed = Fixture.now
    workstation = left()
    _ = workstation.update(.signed(report))
    #expect(workstation.unsaved.studies.isEmpty)
  }
}
