import Foundation
import Radiology
import Store
import Testing

@Suite struct RoundsTests {
  let store: Store
  init() throws { store = try Store() }

  @Test("rounds come back in order, contributions and refusals and all")
  func saves() throws {
    try store.save(round(2))
    try store.save(round(1))
    #expect(try store.rounds() == [round(1), round(2)])
    #expect(
      try store.audit(limit: 1).first?.detail == "Round 1: 1 of 2 updates taken, model new")
  }

  @Test("the same round again is one round")
  func again() throws {
    try store.save(round(1))
    try store.save(round(1))
    #expect(try store.rounds().count == 1)
  }

  @Test("an update whose norm is no number can still be told of")
  func noNumber() throws {
    try store.save(round(1, norm: .nan))
    #expect(try store.rounds().first?.contributions.last?.norm.isNaN == true)
  }

  private func round(_ number: Int, norm: Double = 2) -> Round {
    Round(
      number: number, coordinator: "embedded", privacy: .masked, modelIn: "old", modelOut: "new",
      contributions: [
        .init(site: "north", lessons: 5, digest: "d", bytes: 9, norm: 1.5),
        .init(site: "south", lessons: 1, digest: "e", bytes: 9, norm: norm, refusal: "Too far"),
      ], started: noon + Double(number), ended: noon + Double(number) + 0.5)
  }
}
