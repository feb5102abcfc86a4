import Radiology
import Store
import TestSupport
import Testing

@Suite struct WorklistTests {
  let store: Store
  init() throws { store = try Store(now: { noon }) }

  @Test("a study moves from received to addendum, and the row shows it")
  func states() throws {
    func state() throws -> StudyState? { try store.row("1.2.3")?.state }
    #expect(try state() == nil)
    try store.save(intake())
    #expect(try state() == .received)
    try store.save(triage())
    #expect(try state() == .unread)
    try store.save(review())
    #expect(try state() == .reading)
    try store.saveDraft(report())
    #expect(try state() == .reading)
    let signed = try store.sign(report(), review: review(), by: "Dr Osei", at: noon)
    #expect(try state() == .final)
    let next = addendum(to: signed, "More.")
    try store.saveDraft(next)
    #expect(try state() == .final)
    try store.sign(next, review: review(), by: "Dr Osei", at: noon)
    #expect(try state() == .addendum)
  }

  @Test("a report begun without a review is being read")
  func draftOnly() throws {
    try store.save(intake())
    try store.saveDraft(report())
    #expect(try store.row("1.2.3")?.state == .reading)
  }

  @Test("what needs a reader first comes first")
  func order() throws {
    for uid in ["1.1", "1.2", "1.3", "1.4", "1.6"] { try store.save(intake(uid)) }
    try store.save(intake("1.5", priority: .stat))
    try store.save(triage("1.1", probability: 0.1))
    try store.save(triage("1.2", probability: 0.8))
    try store.save(triage("1.3", probability: 0.9))
    try store.save(triage("1.5", probability: 0.1))
    try store.save(triage("1.6", probability: 0.2, findings: [finding(of: "1.6")]))
    #expect(
      try store.worklist().map(\.id) == ["1.5", "1.3", "1.2", "1.4", "1.6", "1.1"])
    try store.sign(report("1.5"), review: review("1.5"), by: "Dr Osei", at: noon)
    #expect(try store.worklist().last?.id == "1.5")
  }

  @Test("a row holds everything known of its study and nothing of another", arguments: 0..<10)
  func complete(seed: UInt64) throws {
    var random = Seeded(seed)
    for number in (1...9).shuffled(using: &random) {
      let uid = "1.2.\(number)"
      try store.save(intake(uid, patient: "\(number)", images: number))
      if Bool.random(using: &random) { try store.save(triage(uid, findings: [finding(of: uid)])) }
      if Bool.random(using: &random) { try store.save(review(uid)) }
    }
    let rows = try store.worklist()
    #expect(rows == rows.sorted { WorklistSort.triage.precedes($0, $1, at: noon) })
    #expect(Set(rows.map(\.id)) == Set((1...9).map { "1.2.\($0)" }))
    for row in rows {
      #expect(try store.row(row.id) == row)
      #expect(try store.study(row.id) == row.study)
      #expect(try store.patient(of: row.id) == row.patient)
      #expect(try store.triage(of: row.id) == row.triage)
      #expect(try store.review(of: row.id) == row.review)
      #expect("1.2.\(row.instances)" == row.id)
    }
  }

  @Test("a second look shows what another program changed in the meantime")
  func fresh() throws {
    let home = TemporaryHome()
    let ours = try home.open()
    let theirs = try home.open()
    try theirs.save([intake("1.1"), intake("1.2")])
    #expect(try ours.worklist().count == 2)
    let changes: [(Store) throws -> Void] = [
      { try $0.save(triage("1.1", findings: [finding(of: "1.1")])) },
      { try $0.save(triage("1.1", probability: 0.1)) },
      { try $0.setConsent("1.1", .given, by: "Dr Osei") },
      { try $0.save(review("1.1", call: nil)) },
      { try $0.save(review("1.1"), over: review("1.1", call: nil)) },
      { try $0.sign(report("1.1"), review: review("1.1"), by: "Dr Osei", at: noon) },
      { try $0.save(intake("1.3")) },
    ]
    for change in changes {
      try change(theirs)
      let new = try home.open()
      #expect(try ours.worklist() == new.worklist())
      for row in try ours.worklist() { #expect(try new.row(row.id) == row) }
    }
  }
}
