import Foundation
import GRDB
import Radiology
import Store
import Synchronization
import TestSupport
import Testing

@Suite("A window onto the worklist")
struct WorklistPageTests {
  private static let calendar: Calendar = {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    return calendar
  }()

  /// The day after that on which the samples are signed and triaged.
  private static let evening = noon + 100_000

  /// Studies in every state a filter can ask for.
  private func filled(_ count: Int, seed: UInt64) throws -> Store {
    var random = Seeded(seed)
    let store = try Store(now: { Self.evening })
    let uids = (0..<count).map { "1.2.\($0)" }
    try store.save(
      uids.map { uid in
        intake(
          uid, patient: "\(Int.random(in: 0...count, using: &random))",
          name: ["DOE^JANE", "Müller^Änne", "山田^太郎", "O'NEIL^%_"].randomElement(using: &random)
            ?? "",
          accession: Bool.random(using: &random) ? "A\(uid)" : "",
          priority: Priority.allCases.randomElement(using: &random) ?? .routine,
          images: Int.random(in: 1...3, using: &random),
          refusal: Int.random(in: 0..<9, using: &random) == 0 ? "It ends early." : nil,
          arrived: noon + .random(in: -300_000...0, using: &random))
      })
    for uid in uids {
      switch Int.random(in: 0..<8, using: &random) {
      case 0: break
      case 1:
        try store.save(
          Triage(study: uid, refused: .undetermined("a CT"), model: nil, made: noon))
      default:
        let findings = Bool.random(using: &random) ? [try finding(of: uid)] : []
        try store.save(
          triage(uid, probability: .random(in: 0...1, using: &random), findings: findings))
      }
      guard Int.random(in: 0..<6, using: &random) == 0 else { continue }
      try store.save(review(uid))
      // What cannot be read as a whole is not signed without a word.
      guard try store.row(uid).map({ $0.readable == $0.instances }) ?? false else { continue }
      try store.sign(
        report(uid), review: review(uid), by: "Dr Osei",
        at: noon + .random(in: 200...90_000, using: &random))
    }
    return store
  }

  private static let shared = Result { try WorklistPageTests().filled(1300, seed: 2) }

  @Test("few studies come whole, whatever is filtered for, the first reader's first")
  func whole() throws {
    let store = try filled(40, seed: 1)
    let request = WorklistRequest(filter: try WorklistFilter(parsing: "p>0.5"), sort: .patient)
    let page = try store.worklist(request)
    #expect(page.isWhole && page.count == 40)
    #expect(try page.rows == store.worklist())
    #expect(page.tally == WorklistTally(page.rows))
  }

  @Test("page by page the whole list is seen, in each order", arguments: WorklistSort.allCases)
  func pages(sort: WorklistSort) throws {
    let store = try Self.shared.get()
    let all = try store.worklist().sorted { sort.precedes($0, $1, at: Self.evening) }
    for place in [0, 100, 255, 256, 700, 1299, 5000, -3] {
      let page = try store.worklist(WorklistRequest(sort: sort, place: place))
      let end = page.first + page.rows.count
      #expect(page.rows.map(\.id) == all[page.first..<end].map(\.id), "at \(place)")
      #expect(page.count == 1300 && page.rows.count == WorklistPage.length)
      #expect(page.place == min(max(place, 0), 1299))
      #expect((page.first..<end).contains(page.place))
      #expect(page.top?.id == all.first?.id)
    }
  }

  @Test("a first look reads no more rows than it asked for", arguments: ["", "-1.2.x"])
  func shortWindow(filter: String) throws {
    let store = try Self.shared.get()
    let all = try store.worklist()
    for place in [0, 640, 1299] {
      let page = try store.worklist(
        WorklistRequest(
          filter: try WorklistFilter(parsing: filter), place: place,
          length: WorklistPage.firstLength))
      #expect(page.rows.count == WorklistPage.firstLength && page.count == 1300)
      #expect(page.rows.map(\.id) == all[page.first...].prefix(page.rows.count).map(\.id))
      #expect((page.first..<page.first + page.rows.count).contains(page.place))
    }
  }

  @Test("the window follows its study wherever that has gone")
  func cursor() throws {
    let store = try Self.shared.get()
    let all = try store.worklist()
    for place in [3, 640, 1290] {
      let request = WorklistRequest(cursor: all[place].id, place: 0)
      let page = try store.worklist(request)
      #expect(page.place == place && page.rows[place - page.first].id == all[place].id)
      let filtered = try store.worklist(
        WorklistRequest(
          filter: try WorklistFilter(parsing: "-1.2.x"), cursor: all[place].id, place: 0))
      #expect(filtered.place == place)
    }
    #expect(try store.worklist(WorklistRequest(cursor: "9.9", place: 700)).place == 700)
  }

  @Test(
    "the store filters exactly as the screen does",
    arguments: [
      "doe", "-doe", "müller", "MÜLLER", "mu\u{308}ller", "山田", "%_", "a1.2.1", "4711",
      "chest", "dx", "\"dx chest\"", "patient:jane", "id:7", "accession:a -id:3", "modality:dx",
      "reader:osei", "-reader:osei", "sex:f", "source:import", "class:suspicious", "class:none",
      "class:again", "class:refused", "-class:normal", "state:unsigned", "state:signed",
      "state:reading", "state:unread", "signed:today", "-signed:today", "second:open",
      "second:waiting", "-second:open", "priority:stat", "p>0.3", "-p>0.3", "p<=0.5 regions>0",
      "images=2", "age>60", "-age>60", "waiting>600", "waiting<600 -class:failed p>=0.25",
    ])
  func filters(text: String) throws {
    let store = try Self.shared.get()
    let filter = try WorklistFilter(parsing: text)
    let expected = try store.worklist().filter {
      filter.shows($0, now: Self.evening, calendar: Self.calendar)
    }
    let page = try store.worklist(WorklistRequest(filter: filter), calendar: Self.calendar)
    #expect(page.count == expected.count)
    #expect(page.rows.map(\.id) == expected.prefix(WorklistPage.length).map(\.id))
  }

  @Test("whatever changes a study moves it to its place, for every program")
  func follows() throws {
    let home = TemporaryHome()
    let ours = try Store(home: home.url, now: { noon })
    let theirs = try Store(home: home.url, now: { noon })
    try ours.save((1...3).map { intake("1.\($0)", accession: "A\($0)") })
    let stat = Order(
      accession: "A2", patientIdentifier: "4711", procedure: "Chest PA", priority: .stat,
      source: "RIS")
    let changes: [(Store) throws -> Void] = [
      { try $0.save(triage("1.1", findings: [finding(of: "1.1")])) },
      { try $0.save(triage("1.2", probability: 0.1)) },
      { try $0.save(triage("1.1", probability: 0.2)) },
      { try $0.save(review("1.1", call: nil)) },
      { try $0.save(review("1.1"), over: review("1.1", call: nil)) },
      { try $0.saveDraft(report("1.3")) },
      { try $0.sign(report("1.1"), review: review("1.1"), by: "Dr Osei", at: noon) },
      { try $0.save(intake("1.1", images: 3)) },
      { try $0.save(intake("1.4", priority: .stat)) },
      { try $0.save([stat], at: noon) },
    ]
    for change in changes {
      try change(theirs)
      let page = try ours.worklist(WorklistRequest())
      let fresh = try page.rows.map { try #require(try theirs.row($0.id)) }
      #expect(page.rows == fresh)
      #expect(try page.rows.map(\.id) == ours.worklist().map(\.id))
      #expect(page.tally == WorklistTally(page.rows))
      #expect(try ours.find("#1").map(\.uid) == page.rows.prefix(1).map(\.id))
    }
  }

  @Test("a study that has waited too long moves up by itself, and the page says when")
  func ages() throws {
    let hours = Mutex(0.0)
    let store = try Store(now: { noon + hours.withLock { $0 } * 3600 })
    try store.save([intake("1.1"), intake("1.2", arrived: noon + 3600)])
    try store.save(triage("1.1", probability: 0.1))
    try store.save(triage("1.2", probability: 0.3, findings: [finding(of: "1.2")]))
    var page = try store.worklist(WorklistRequest())
    #expect(page.rows.map(\.id) == ["1.2", "1.1"])
    #expect(page.rises == noon + 24 * 3600)
    hours.withLock { $0 = 24 }
    page = try store.worklist(WorklistRequest())
    #expect(page.rows.map(\.id) == ["1.1", "1.2"])
    #expect(page.rises == noon + 25 * 3600)
    let version = try store.version()
    _ = try store.worklist(WorklistRequest())
    #expect(try store.version() == version)
  }

  @Test("where a study is overdue every second, the store is changed once a minute")
  func agesInTurn() throws {
    let seconds = Mutex(0.0)
    let store = try Store(now: { noon + 86_400 + seconds.withLock { $0 } })
    try store.save((0..<90).map { intake("1.\($0)", arrived: noon + Double($0)) })
    for number in 0..<90 { try store.save(triage("1.\(number)", probability: 0.1)) }
    var versions: Set<Int> = []
    for second in 0..<90 {
      seconds.withLock { $0 = Double(second) }
      _ = try store.worklist(WorklistRequest())
      versions.insert(try store.version())
    }
    #expect(versions.count <= 3)
  }

  @Test("what a night made overdue moves up in turn, the longest first, and no first look waits")
  func agesOvernight() throws {
    let hours = Mutex(0.0)
    let store = try Store(now: { noon + hours.withLock { $0 } * 3600 })
    let numbers = 1...2100
    try store.save(numbers.map { intake("1.\($0)", arrived: noon - Double($0)) })
    try store.save(numbers.map { triage("1.\($0)", probability: 0.1) })
    hours.withLock { $0 = 48 }
    let version = try store.version()
    let first = try store.worklist(WorklistRequest(length: WorklistPage.firstLength))
    #expect(try first.rows.count == WorklistPage.firstLength && store.version() == version)
    #expect(try #require(first.rises) < noon + 48 * 3600)
    let next = try store.worklist(WorklistRequest())
    #expect(next.rows.first?.id == "1.2100" && next.rises == noon + 24 * 3600 - 100)
    hours.withLock { $0 += 0.1 }
    #expect(try store.worklist(WorklistRequest()).rises == nil)
  }

  @Test("a store of an older layout has all its studies in the list")
  func migrates() throws {
    let home = TemporaryHome()
    try home.open().save((1...2100).map { intake("1.\($0)") })
    let file = try DatabaseQueue(path: home.url.appending(path: "secondlook.sqlite").path)
    try file.write {
      try $0.execute(sql: "DELETE FROM entry; INSERT INTO stale SELECT uid FROM study")
    }
    try file.close()
    let page = try home.open().worklist(WorklistRequest())
    #expect(page.count == 2100 && page.tally.total == 2100)
  }

  @Test("how far an older store has come is told while it is brought up to date, and once only")
  func progress() throws {
    let home = TemporaryHome()
    try home.open().save((1...1200).map { intake("1.\($0)") })
    let file = try DatabaseQueue(path: home.url.appending(path: "secondlook.sqlite").path)
    try file.write {
      try $0.execute(
        sql: "DELETE FROM entry; INSERT INTO stale SELECT uid FROM study; PRAGMA user_version = 11")
    }
    try file.close()
    var told: [Store.Upkeep] = []
    _ = try Store(home: home.url, progress: { told.append($0) })
    #expect(told == [.layout, .studies(1000, of: 1200), .studies(1200, of: 1200)])
    told = []
    _ = try Store(home: home.url, progress: { told.append($0) })
    _ = try Store(home: TemporaryHome().url, progress: { told.append($0) })
    #expect(told.isEmpty || told == [.layout])
  }
}
