public import Foundation
public import Gateway
import Radiology
public import Store

/// Fetches into the spool what an archive has of the last days and this store has not.
public actor PullStage: Stage {
  public nonisolated let name: String
  private let archive: Configuration.Archive
  private let store: Store
  private let spool: SpoolFolder
  private let patience: Patience
  private let now: @Sendable () -> Date
  private var turn: Turn
  /// How many objects each study was said to have when it was last fetched: what then did not come
  /// is not asked for again, unless there is more by now.
  private var fetched: [Study.ID: Int] = [:]

  /// - Throws: `GatewayError` if the spool cannot be used.
  public init(
    _ archive: Configuration.Archive, every interval: Duration, store: Store, home: URL,
    patience: Patience = .usual, now: @escaping @Sendable () -> Date = { Date() }
  ) throws {
    name = "pull \(archive.name)"
    self.archive = archive
    self.store = store
    self.patience = patience
    self.now = now
    spool = try SpoolFolder(SpoolStage.folder(in: home).appending(path: archive.name))
    turn = Turn(every: interval)
  }

  /// Asks for the studies of the last days, and fetches what is missing of each.
  ///
  /// One study that cannot be had holds up no other.
  /// - Returns: how many objects came.
  /// - Throws: `GatewayError` if the archive cannot be asked, or of the last study that failed.
  public func drain() async throws -> Int {
    guard turn.isDue() else { return 0 }
    do {
      let count = try await lookThrough()
      try store.note(answerFrom: archive.name, at: now())
      return count
    } catch {
      turn.repeat()
      throw error
    }
  }

  private func lookThrough() async throws -> Int {
    let web = try DICOMweb(archive, patience: patience)
    var arrived = 0
    var failure: (any Error)?
    do {
      for study in try await studies(web) {
        try Task.checkCancellation()
        do { arrived += try await fetch(study, web) } catch { failure = error }
        // The others are there when it is back.
        if case GatewayError.unreachable? = failure { break }
      }
    } catch {
      failure = error
    }
    await web.close()
    if let failure { throw failure }
    return arrived
  }

  private func studies(_ web: DICOMweb) async throws -> [RemoteStudy] {
    var query = StudyQuery(date: archive.newest(at: now()))
    guard !archive.modalities.isEmpty else { return try await web.studies(query).studies }
    var found: [Study.ID: RemoteStudy] = [:]
    for modality in archive.modalities {
      query.modality = modality
      for study in try await web.studies(query).studies { found[study.uid] = study }
    }
    return found.values.sorted(by: RemoteStudy.comesFirst)
  }

  private func fetch(_ study: RemoteStudy, _ web: DICOMweb) async throws -> Int {
    if let count = study.instances {
      try store.expect(count, of: study.uid, from: archive.name, at: now())
      guard fetched[study.uid] != count else { return 0 }
    }
    let isHere = try store.study(study.uid) != nil
    if isHere, study.instances != nil, try store.missing(of: study.uid) == 0 { return 0 }
    let delivery = try await web.pull(
      study.uid, into: spool, isKnown: { try store.instance($0) != nil })
    try store.expect(delivery.expected, of: study.uid, from: archive.name, at: now())
    for (reason, count) in Dictionary(
      grouping: delivery.refused.values.map { "\($0)" }, by: \.self
    ).mapValues(\.count) {
      try store.record(
        .refused, actor: archive.name, study: study.uid, detail: "\(count) objects: \(reason)",
        at: now())
    }
    // What broke off is asked for again.
    if let stopped = delivery.stopped { throw stopped }
    fetched[study.uid] = study.instances ?? delivery.expected
    return delivery.arrived.count
  }
}
