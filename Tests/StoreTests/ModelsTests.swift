import Foundation
import Radiology
import Store
import Testing

@Suite struct ModelsTests {
  let store: Store
  init() throws { store = try Store() }

  @Test("models come back as they were, the oldest first")
  func saves() throws {
    let models = [model("b", made: noon + 1), model("a", made: noon)]
    for model in models { try store.save(model) }
    #expect(try store.models() == models.reversed())
    #expect(try store.model("a") == models[1])
    #expect(try store.activeModel() == nil)
  }

  @Test("exactly one model is active, and a retired one may come back")
  func promotes() throws {
    try store.save(model("a"))
    try store.save(model("b"))
    for id in ["a", "b", "a"] {
      try store.promote(id, by: "Dr Osei", at: noon)
      #expect(try store.activeModel()?.id == id)
      #expect(try store.models().count { $0.state == .active } == 1)
    }
    #expect(try store.model("b")?.state == .retired)
    #expect(try store.activeModel()?.decidedBy == "Dr Osei")
    #expect(try store.audit().count { $0.kind == .modelPromoted } == 3)
  }

  @Test("the model before comes back, also where the active one was rejected")
  func rollsBack() throws {
    #expect(throws: StoreError.notFound) { try store.rollBack(by: "Ada", at: noon) }
    for (place, id) in ["a", "b", "c"].enumerated() {
      try store.save(model(id))
      try store.promote(id, by: "Dr Osei", at: noon + Double(place))
    }
    #expect(try store.rollBack(by: "Ada", at: noon + 9).id == "b")
    #expect(try store.activeModel()?.decidedBy == "Ada")
    #expect(try store.model("c")?.state == .retired)
    try store.reject("b", by: "Ada", at: noon + 10)
    #expect(try store.rollBack(by: "Ada", at: noon + 11).id == "c")
  }

  @Test("a model saved as active takes the place of the active one")
  func savedActive() throws {
    try store.save(model("a", state: .active))
    try store.save(model("b", state: .active))
    #expect(try store.models().map(\.state) == [.retired, .active])
  }

  @Test("saving a known model again does not touch its state")
  func known() throws {
    try store.save(model("a"))
    try store.promote("a", by: "gate", at: noon)
    try store.save(model("a"))
    #expect(try store.activeModel()?.id == "a")
  }

  @Test("a rejected model is never used")
  func rejects() throws {
    try store.save(model("a", state: .active))
    try store.save(model("b"))
    try store.reject("b", by: "gate", at: noon)
    #expect(throws: StoreError.rejectedModel) { try store.promote("b", by: "x", at: noon) }
    #expect(throws: StoreError.rejectedModel) { try store.save(model("b", state: .active)) }
    #expect(try store.activeModel()?.id == "a")
    try store.reject("a", by: "Dr Osei", at: noon)
    #expect(try store.activeModel() == nil)
  }

  @Test("an unknown model is neither promoted nor rejected")
  func unknown() throws {
    #expect(throws: StoreError.notFound) { try store.promote("x", by: "x", at: noon) }
    #expect(throws: StoreError.notFound) { try store.reject("x", by: "x", at: noon) }
  }
}
