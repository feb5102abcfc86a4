public import Foundation
import GRDB
public import Radiology

// What a coordinator asks, and what leaves.
extension Store {
  /// Notes what a coordinator asks; what is known already keeps its state.
  ///
  /// - Returns: the task with what a person said of it.
  public func note(_ task: LearningTask) throws(StoreError) -> LearningTask {
    try write { database in
      if let known = try LearningTask.fetchOne(database, key: task.id) { return known }
      try database.insert(task)
      try append(
        database, .taskAsked, "sync", nil, "Task \(task.shortID) of \(task.coordinator) waits",
        task.asked)
      return task
    }
  }

  /// All tasks, the newest first.
  public func tasks() throws(StoreError) -> [LearningTask] {
    try read {
      try LearningTask.fetchAll($0, sql: "SELECT * FROM task ORDER BY asked DESC, id")
    }
  }

  public func task(_ id: LearningTask.ID) throws(StoreError) -> LearningTask? {
    try read { try LearningTask.fetchOne($0, key: id) }
  }

  /// Says what a person decided; they may decide again, and it counts from the next instruction.
  ///
  /// - Throws: ``StoreError/notFound``.
  public func decide(
    _ id: LearningTask.ID, _ state: LearningTask.State, by actor: String, at date: Date
  ) throws(StoreError) {
    try write { database in
      guard var task = try LearningTask.fetchOne(database, key: id) else {
        throw StoreError.notFound
      }
      if task.state == state { return }
      task.state = state
      task.decidedBy = actor
      task.decided = date
      try task.update(database)
      try append(
        database, .taskDecided, actor, nil, "Task \(task.shortID) is \(state.rawValue)", date)
    }
  }

  /// Notes what was sealed, in the place of what was sealed for the same instruction and never began
  /// to leave.
  ///
  /// - Throws: ``StoreError/released`` if an answer to it has begun to leave already.
  public func save(_ release: Release) throws(StoreError) {
    try write { database in
      guard try Release.fetchOne(database, key: release.id)?.announced == nil else {
        throw StoreError.released
      }
      try database.insert(release, or: .replace)
    }
  }

  /// What was sealed for an instruction.
  public func released(_ id: Release.ID) throws(StoreError) -> Release? {
    try read { try Release.fetchOne($0, key: id) }
  }

  /// Lets what was sealed begin to leave, unless this site has paused, has another seat or none, or
  /// its task is not approved any more.
  ///
  /// - Returns: whether it may leave; from then on it counts.
  public func announce(
    _ id: Release.ID, from seat: FederationSeat, at date: Date
  ) throws(StoreError) -> Bool {
    try write { database in
      guard try kept(database, "federation.pause") as FederationPause? == nil,
        try kept(database, "federation.seat") as FederationSeat? == seat,
        var release = try Release.fetchOne(database, key: id),
        try LearningTask.fetchOne(database, key: release.task)?.state == .approved
      else { return false }
      guard release.announced == nil else { return true }
      release.announced = date
      try release.update(database)
      return true
    }
  }

  /// Notes that the coordinator has the answer.
  public func taken(
    _ id: Release.ID, answer: String, bytes: Int, at date: Date
  ) throws(StoreError) {
    try write { database in
      guard var release = try Release.fetchOne(database, key: id), release.taken == nil else {
        return
      }
      release.answer = answer
      release.bytes = bytes
      release.taken = date
      try release.update(database)
      let round = release.round.map { "round \($0)" } ?? "a round"
      try append(
        database, .updateSent, "sync", nil,
        "\(release.kind), \(round): \(bytes) bytes to \(release.coordinator), SHA-256 \(answer)",
        date)
    }
  }

  /// What was sealed to leave, the newest first.
  public func releases(limit: Int = 100) throws(StoreError) -> [Release] {
    try read {
      try Release.fetchAll(
        $0, sql: "SELECT * FROM released ORDER BY sealed DESC, id LIMIT ?", arguments: [limit])
    }
  }

  /// The noise of everything that began to leave for anybody, in multiples of its clip; none for what
  /// has no noise.
  public func releasedNoise() throws(StoreError) -> [Double?] {
    try read {
      try Optional<Double>.fetchAll(
        $0, sql: "SELECT noise FROM released WHERE announced IS NOT NULL")
    }
  }
}

// The place in the federation.
extension Store {
  /// With whom this site learns; none if it takes part in nothing.
  public func seat() throws(StoreError) -> FederationSeat? { try kept("federation.seat") }

  /// Takes a place in a federation, in place of the one before.
  public func take(_ seat: FederationSeat) throws(StoreError) {
    try write { database in
      try keep(database, seat, as: "federation.seat")
      try append(
        database, .joinedFederation, seat.joinedBy, nil,
        "Joined \(seat.url) with key \(seat.key)", seat.joined)
    }
  }

  /// Gives the place up; what was learned and what left stays on record.
  public func leaveSeat(by actor: String, at date: Date) throws(StoreError) {
    try write { database in
      guard let seat: FederationSeat = try kept(database, "federation.seat") else { return }
      for key in ["federation.seat", "federation.pause", "federation.progress"] {
        try database.execute(sql: "DELETE FROM setting WHERE key = ?", arguments: [key])
      }
      try append(database, .leftFederation, actor, nil, "Left \(seat.url)", date)
    }
  }

  /// What rosters that were approved here have called this site, the last one at the end.
  public func siteNames() throws(StoreError) -> [String] { try kept("federation.names") ?? [] }

  /// Notes what the partners call this site from now on.
  public func note(siteName name: String) throws(StoreError) {
    try write { database in
      let names: [String] = try kept(database, "federation.names") ?? []
      guard names.last != name else { return }
      try keep(database, names.filter { $0 != name } + [name], as: "federation.names")
    }
  }

  /// Who stopped this site's part, if somebody did.
  public func pause() throws(StoreError) -> FederationPause? { try kept("federation.pause") }

  /// Stops this site's part until somebody resumes it.
  public func pause(_ pause: FederationPause) throws(StoreError) {
    try write { database in
      guard try kept(database, "federation.pause") as FederationPause? == nil else { return }
      try keep(database, pause, as: "federation.pause")
      try append(
        database, .paused, pause.by, nil,
        "Federation paused\(pause.reason.map { ": \($0)" } ?? "")",
        pause.at)
    }
  }

  /// Lets this site take part again.
  public func resume(by actor: String, at date: Date) throws(StoreError) {
    try write { database in
      guard try kept(database, "federation.pause") as FederationPause? != nil else { return }
      try database.execute(sql: "DELETE FROM setting WHERE key = 'federation.pause'")
      try append(database, .resumed, actor, nil, "Federation resumed", date)
    }
  }

  /// What the site's node did last.
  public func federationProgress() throws(StoreError) -> FederationProgress? {
    try kept("federation.progress")
  }

  /// Says what the site's node does now.
  public func tell(_ progress: FederationProgress) throws(StoreError) {
    try write { try keep($0, progress, as: "federation.progress") }
  }

  private func kept<Value: Decodable>(_ key: String) throws(StoreError) -> Value? {
    try read { try kept($0, key) }
  }

  private func kept<Value: Decodable>(_ database: Database, _ key: String) throws -> Value? {
    let text = try String.fetchOne(
      database, sql: "SELECT value FROM setting WHERE key = ?", arguments: [key])
    guard let text else { return nil }
    guard let value = try? JSONDecoder().decode(Value.self, from: Data(text.utf8)) else {
      throw StoreError.damaged("\(key) is not what was stored")
    }
    return value
  }

  private func keep(_ database: Database, _ value: some Encodable, as key: String) throws {
    let text = String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
    try database.execute(
      sql: "INSERT OR REPLACE INTO setting (key, value) VALUES (?, ?)", arguments: [key, text])
  }
}
