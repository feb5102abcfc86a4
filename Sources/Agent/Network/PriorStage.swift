public import Foundation
public import Gateway
import Radiology
public import Store

/// Asks an archive for earlier studies of the patients on the worklist, once a day for each.
public actor PriorStage: Stage {
  public nonisolated let name: String
  private let archive: Configuration.Archive
  private let store: Store
  private let patience: Patience
  private let now: @Sendable () -> Date
  /// Patients the archive could not be asked for, and when: nobody else waits for them.
  private var refused: [Patient.ID: Date] = [:]

  /// A day: an archive's old studies change rarely, and the newest come by themselves.
  private static let freshness: TimeInterval = 86_400
  /// Patients of one drain.
  private static let most = 20

  public init(
    _ archive: Configuration.Archive, store: Store, patience: Patience = .usual,
    now: @escaping @Sendable () -> Date = { Date() }
  ) {
    name = "priors \(archive.name)"
    self.archive = archive
    self.store = store
    self.patience = patience
    self.now = now
  }

  /// Asks for the patients nobody asked for yet.
  ///
  /// One of whom the archive says nothing usable holds up no other, and is asked for again a day
  /// later; that it has no priors is not noted of them.
  /// - Returns: how many patients were asked for.
  /// - Throws: `GatewayError` of the last patient that failed.
  public func drain() async throws -> Int {
    let moment = now() - Self.freshness
    refused = refused.filter { $0.value >= moment }
    let patients = try store.priorSearches(
      in: archive.name, since: moment, limit: Self.most + refused.count
    ).filter { refused[$0.patient] == nil }.prefix(Self.most)
    guard !patients.isEmpty else { return 0 }
    let web = try DICOMweb(archive, patience: patience)
    var done = 0
    var failure: (any Error)?
    for patient in patients where !Task.isCancelled {
      do {
        let found = try await priors(of: patient, web)
        try store.save(priors: found, of: patient.patient, from: archive.name, at: now())
        done += 1
      } catch let error as GatewayError where error.isOfArchive {
        failure = error
        break
      } catch {
        refused[patient.patient] = now()
        failure = error
      }
    }
    await web.close()
    if let failure { throw failure }
    return done
  }

  /// None for an identifier no archive can be asked for exactly, such as one with a wildcard in it.
  private func priors(
    of patient: Store.PriorSearch, _ web: DICOMweb
  ) async throws -> [RemoteStudy] {
    do {
      return try await web.priors(patient: patient.identifier, issuer: patient.issuer).studies
    } catch GatewayError.notExact, GatewayError.nothingToMatch {
      return []
    }
  }
}
