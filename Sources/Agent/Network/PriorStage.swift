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
  /// - Returns: how many patients were asked for.
  /// - Throws: `GatewayError` if the archive cannot be asked.
  public func drain() async throws -> Int {
    let patients = try store.priorSearches(
      in: archive.name, since: now() - Self.freshness, limit: Self.most)
    guard !patients.isEmpty else { return 0 }
    let web = try DICOMweb(archive, patience: patience)
    do {
      for patient in patients {
        try Task.checkCancellation()
        let found = try await priors(of: patient, web)
        try store.save(priors: found, of: patient.patient, from: archive.name, at: now())
      }
    } catch {
      await web.close()
      throw error
    }
    await web.close()
    return patients.count
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
