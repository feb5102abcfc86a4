public import Foundation
import GRDB
public import Radiology

extension Store {
  /// Registers a model; one that is known already keeps its state.
  ///
  /// A version that says it is active takes the place of the active one, as by ``promote(_:by:at:)``.
  public func save(_ model: ModelVersion) throws(StoreError) {
    try write { database in
      var candidate = model
      if model.state == .active { candidate.state = .candidate }
      try database.insert(candidate, or: .ignore)
      if model.state == .active {
        try promote(
          database, model.id, by: model.decidedBy ?? "store", at: model.decided ?? model.made)
      }
    }
  }

  /// All models, the oldest first.
  public func models() throws(StoreError) -> [ModelVersion] {
    try read { try ModelVersion.fetchAll($0, sql: "SELECT * FROM model ORDER BY made, id") }
  }

  public func model(_ model: ModelVersion.ID) throws(StoreError) -> ModelVersion? {
    try read { try ModelVersion.fetchOne($0, key: model) }
  }

  /// The one model that judges new studies; none until one was promoted.
  public func activeModel() throws(StoreError) -> ModelVersion? {
    try read { try activeModel($0) }
  }

  func activeModel(_ database: Database) throws -> ModelVersion? {
    try ModelVersion.fetchOne(database, sql: "SELECT * FROM model WHERE state = 'active'")
  }

  /// Makes a model the active one and retires the one before.
  ///
  /// A retired model may come back; a rejected one may not.
  /// - Throws: ``StoreError/notFound`` or ``StoreError/rejectedModel``.
  public func promote(
    _ model: ModelVersion.ID, by actor: String, at date: Date
  ) throws(StoreError) {
    try write { try promote($0, model, by: actor, at: date) }
  }

  func promote(
    _ database: Database, _ id: ModelVersion.ID, by actor: String, at date: Date
  ) throws {
    guard let model = try ModelVersion.fetchOne(database, key: id) else {
      throw StoreError.notFound
    }
    if model.state == .rejected { throw StoreError.rejectedModel }
    if model.state == .active { return }
    if let before = try activeModel(database) {
      try decide(database, before, .retired, by: actor, at: date)
    }
    try decide(database, model, .active, by: actor, at: date)
    try append(database, .modelPromoted, actor, nil, "Model \(model.shortID)", date)
  }

  /// Brings back the model that sorted the worklist before the active one, which is retired.
  ///
  /// - Returns: the model that is active now.
  /// - Throws: ``StoreError/notFound`` if none was retired.
  public func rollBack(by actor: String, at date: Date) throws(StoreError) -> ModelVersion {
    try write { database in
      let retired = try ModelVersion.fetchOne(
        database,
        sql: "SELECT * FROM model WHERE state = 'retired' ORDER BY decided DESC, id LIMIT 1")
      guard let retired else { throw StoreError.notFound }
      try promote(database, retired.id, by: actor, at: date)
      return try ModelVersion.fetchOne(database, key: retired.id) ?? retired
    }
  }

  /// Rules a model out; if it was active, no model judges until one is promoted.
  ///
  /// - Throws: ``StoreError/notFound``.
  public func reject(
    _ id: ModelVersion.ID, by actor: String, at date: Date
  ) throws(StoreError) {
    try write { database in
      guard let model = try ModelVersion.fetchOne(database, key: id) else {
        throw StoreError.notFound
      }
      try reject(database, model, by: actor, at: date)
    }
  }

  func reject(
    _ database: Database, _ model: ModelVersion, by actor: String, at date: Date
  ) throws {
    if model.state == .rejected { return }
    try decide(database, model, .rejected, by: actor, at: date)
    try append(database, .modelRejected, actor, nil, "Model \(model.shortID)", date)
  }

  private func decide(
    _ database: Database, _ model: ModelVersion, _ state: ModelVersion.State, by actor: String,
    at date: Date
  ) throws {
    var decided = model
    decided.state = state
    decided.decidedBy = actor
    decided.decided = date
    try decided.update(database)
  }
}
