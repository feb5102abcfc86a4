import Store
import Testing

@Suite struct SettingsTests {
  @Test("a text is remembered under its key over a restart, until it is forgotten")
  func remembers() throws {
    let home = TemporaryHome()
    try home.open().set("{\"row\":3}", forKey: "worklist")
    let store = try home.open()
    #expect(try store.value(forKey: "worklist") == "{\"row\":3}")
    try store.set("{}", forKey: "worklist")
    #expect(try store.value(forKey: "worklist") == "{}")
    #expect(try store.value(forKey: "study") == nil)
    try store.set(nil, forKey: "worklist")
    #expect(try store.value(forKey: "worklist") == nil)
  }

  @Test("a store that was declared synthetic says so after a restart, and no other does")
  func synthetic() throws {
    let home = TemporaryHome()
    #expect(try home.open().isSynthetic == false)
    try home.open().declareSynthetic()
    #expect(try home.open().isSynthetic)
  }
}
