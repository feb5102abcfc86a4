import Foundation
import Radiology
import Terminal
import Testing

@testable import Workstation

@Suite("A worklist that is longer than one window")
struct WindowTests {
  /// What the store would answer, of ten thousand studies.
  private func page(_ request: WorklistRequest) -> WorklistPage {
    let count = request.filter.isEmpty ? 10_000 : 1000
    let known = request.cursor.flatMap { Int($0.dropFirst(4)) }.flatMap { $0 < count ? $0 : nil }
    let place = min(max(known ?? request.place, 0), count - 1)
    let first = max(0, min(place - request.length / 2, count - request.length))
    var tally = WorklistTally()
    tally.add(nil, isSigned: false, isSynthetic: false, studies: 10_000)
    return WorklistPage(
      request: request, rows: (first..<first + request.length).map(row), first: first,
      count: count, place: place, top: row(0), tally: tally, asOf: Fixture.now)
  }

  private func row(_ number: Int) -> WorklistRow {
    Fixture.row(number, name: "DOE^\(number)", probability: nil)
  }

  /// Takes answers until nothing more is asked for.
  private func settle(_ workstation: inout Workstation, _ effects: [Effect]) {
    var effects = effects
    while effects.contains(.loadWorklist) {
      effects = workstation.update(.worklist(page(workstation.worklistRequest)))
    }
  }

  private func opened() -> Workstation {
    var workstation = Workstation(options: Fixture.options())
    settle(&workstation, workstation.start())
    return workstation
  }

  @Test("the first look is short, and what else there is to know comes after it")
  func firstLook() {
    var workstation = Workstation(options: Fixture.options())
    let effects = workstation.start()
    #expect(effects.contains(.loadWorklist) && !effects.contains(.loadStatus))
    #expect(workstation.worklistRequest.length == WorklistPage.firstLength)
    let next = workstation.update(.worklist(page(workstation.worklistRequest)))
    #expect(workstation.screen().contains("4711-20"))
    #expect(next.contains(.loadStatus) && next.contains(.loadWorklist))
    #expect(workstation.worklistRequest.length == WorklistPage.length)
    let last = workstation.update(.worklist(page(workstation.worklistRequest)))
    #expect(!last.contains(.loadStatus) && !last.contains(.loadWorklist))
  }

  @Test("it is read in windows, and the next one is there before the reader is")
  func scrolls() {
    var workstation = opened()
    #expect(workstation.screen().contains("Worklist  10000"))
    var asked = 0
    for number in 1...1500 {
      let effects = workstation.type("j")
      if effects.contains(.loadWorklist) { asked += 1 }
      settle(&workstation, effects)
      #expect(workstation.worklist.selected == "1.2.\(number)")
      #expect(workstation.worklist.index == number)
    }
    #expect(asked < 20)
    #expect(workstation.screen().contains("4711-1520"))
  }

  @Test("a jump to the end asks once, and no key opens anything until it is there")
  func jumps() {
    var workstation = opened()
    let effects = workstation.type("G")
    #expect(effects.contains(.loadWorklist))
    #expect(workstation.press(.enter).isEmpty)
    #expect(workstation.opening == nil)
    settle(&workstation, effects)
    #expect(workstation.worklist.index == 9999)
    #expect(workstation.press(.enter).contains(.openStudy("1.2.9999")))
  }

  @Test("the cursor stays on its study and its line when others come before it")
  func stays() {
    var workstation = opened()
    for _ in 1...40 { settle(&workstation, workstation.type("j")) }
    let line = workstation.canvas().cursor
    var next = page(workstation.worklistRequest)
    next.rows.insert(row(20_000), at: 0)
    next.count += 1
    next.place += 1
    _ = workstation.update(.storeChanged)
    _ = workstation.update(.worklist(next))
    #expect(workstation.worklist.selected == "1.2.40" && workstation.worklist.index == 41)
    #expect(workstation.canvas().cursor == line)
  }

  @Test("a filter asks the store, shows that it is looking, and ignores older answers")
  func filters() {
    var workstation = opened()
    let before = workstation.worklistRequest
    workstation.type("/")
    let effects = workstation.type("doe")
    #expect(effects.contains(.loadWorklist))
    #expect(workstation.screen().contains("… of 10000"))
    _ = workstation.update(.worklist(page(before)))
    #expect(workstation.screen().contains("… of 10000"))
    settle(&workstation, effects)
    #expect(workstation.screen().contains("1000 of 10000"))
    settle(&workstation, workstation.press(.escape))
    #expect(workstation.worklist.count == 10_000)
  }

  @Test("marks outlive the window, and more than one window is never marked at once")
  func marks() {
    var workstation = opened()
    workstation.type(" ")
    settle(&workstation, workstation.type("G"))
    #expect(workstation.worklist.marked == ["1.2.0"])
    workstation.type("*")
    #expect(workstation.worklist.marked == ["1.2.0"])
    #expect(workstation.notices.hint?.contains("10000 studies") == true)
    #expect(workstation.worklist.markedRows.map(\.id) == ["1.2.0"])
  }

  @Test("the list is read anew when waiting alone changes its order")
  func rises() {
    var workstation = Workstation(options: Fixture.options())
    var whole = WorklistPage(
      rows: Fixture.rows, tally: WorklistTally(Fixture.rows), asOf: Fixture.now)
    whole.rises = Fixture.now + 70
    _ = workstation.update(.worklist(whole))
    _ = workstation.update(.tick(Fixture.now + 5))
    _ = workstation.update(.tick(Fixture.now + 20))
    #expect(workstation.nextTick == Fixture.now + 70)
    #expect(workstation.update(.tick(Fixture.now + 69)).isEmpty)
    #expect(workstation.update(.tick(Fixture.now + 70)) == [.loadWorklist])
    #expect(workstation.update(.tick(Fixture.now + 71)).isEmpty)
    whole.rises = Fixture.now + 1
    _ = workstation.update(.worklist(whole))
    #expect(workstation.worklist.due == Fixture.now + 60)
  }
}
