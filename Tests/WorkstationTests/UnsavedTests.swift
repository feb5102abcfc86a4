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
    #expect(workstation.study?.work.report.text(of: "indication").contains("Lost") == false)
    workstation.type(":put-back-words")
    _ = workstation.press(.enter)
    #expect(workstation.study?.work.report.text(of: "indication").contains("Lost words.") == true)
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
      _ = saved.update(.studyOpened(Fixture.open(Fixture.rows[0])))
      _ = saved.update(.saved(.draft, id))
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
    var again = workstation
    _ = workstation.update(.saved(.review, id))
    #expect(workstation.type("q").contains(.quit))
    _ = again.update(.failed(.saveReview(id), "The store is busy."))
    _ = again.press(.enter)
    _ = again.update(.studyOpened(Fixture.open(Fixture.rows[0])))
    #expect(again.screen().contains("not saved; decide it again"))
    #expect(again.notices.failures.isEmpty)
  }

  @Test("a save that went well takes nothing away from one that is on its way and fails")
  func order() {
    var unsaved = UnsavedWork()
    func report(_ text: String) -> Report {
      Report(
        study: id, sections: [.init(key: "a", title: "A", text: text)], author: "Dr Osei",
        changed: Fixture.now)
    }
    unsaved.note([.saveDraft(report("one"))])
    unsaved.note([.saveDraft(report("two"))])
    #expect(unsaved.studies.isEmpty)
    unsaved.noteSaved(.draft, id)
    unsaved.noteFailed(.saveDraft(id))
    #expect(unsaved.words(of: id)?.text(of: "a") == "two")
    unsaved.note([.saveDraft(report("three"))])
    unsaved.noteSaved(.draft, id)
    #expect(unsaved.studies.isEmpty && unsaved.words(of: id) == nil)
  }

  @Test("what was taken over is kept by the store, and what is signed needs no keeping")
  func passedOn() {
    var workstation = left()
    _ = workstation.update(.failed(.lookAgain(id), "It was taken over."))
    #expect(workstation.unsaved.studies.isEmpty)
    var report = Report(study: id, sections: [], author: "Dr Osei", changed: Fixture.now)
    report.signed = Fixture.now
    workstation = left()
    _ = workstation.update(.signed(report))
    #expect(workstation.unsaved.studies.isEmpty)
  }
}
