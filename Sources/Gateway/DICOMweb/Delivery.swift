public import Foundation
import Radiology

/// What became of one study that was asked for.
public struct Delivery: Sendable {
  /// Objects the archive has of the study, by its count or its list, whichever is more.
  public let expected: Int
  /// Those the store had already; they were not fetched again.
  public let known: Int
  /// Those that came now, in the spool, by SOP Instance UID.
  public let arrived: [String: URL]
  /// Why single objects were refused, by SOP Instance UID.
  public let refused: [String: GatewayError]
  /// Why the rest did not come, where the archive gave up on it; asking again may help.
  public let stopped: GatewayError?

  /// Objects that are expected and neither here nor refused with a reason.
  public var missing: Int { max(0, expected - known - arrived.count - refused.count) }
  public var isWhole: Bool { missing == 0 && refused.isEmpty && stopped == nil }
}

extension DICOMweb {
  /// Fetches what is missing of a study into the spool.
  ///
  /// Asking twice fetches nothing twice: objects for which `isKnown` holds, by SOP Instance UID,
  /// are left out. A study of which nothing is known comes with one request, what is then missing
  /// object by object. A problem that passes is waited for; one object that is refused, or over
  /// which the archive stumbles, does not hold up the others. `progress` is called with the objects
  /// that are here and those expected.
  /// - Throws: ``GatewayError`` if nothing could be fetched, and what `isKnown` throws.
  public func pull(
    _ study: String, into spool: SpoolFolder, isKnown: (String) throws -> Bool,
    progress: (Int, Int) -> Void = { _, _ in }
  ) async throws -> Delivery {
    guard let remote = try await studies(StudyQuery(study: study)).studies.first else {
      throw GatewayError.noSuchStudy(server: server)
    }
    let list = try await instances(of: study)
    let all = list.dataSets.compactMap { RemoteInstance($0) }
    let expected = max(remote.instances ?? 0, list.dataSets.count + list.unreadable)
    let missing = try all.filter { try !isKnown($0.uid) }
    let known = all.count - missing.count

    var retrieval = Retrieval(study, from: self, to: spool, announced: expected)
    var refused: [String: GatewayError] = [:]
    var stopped: GatewayError?
    progress(known, expected)
    do throws(GatewayError) {
      if known == 0, missing.count > 1 {
        try await fetchStudy(with: &retrieval) { progress($0, expected) }
      }
      var hasStumbled = false
      for instance in missing where retrieval.arrived[instance.uid] == nil {
        progress(known + retrieval.arrived.count, expected)
        do throws(GatewayError) {
          refused[instance.uid] = try await fetch(instance, with: &retrieval)
          hasStumbled = false
        } catch {
          // Over one object an archive may stumble for ever; if it does over the next, it is down.
          guard error.mayConcernOneObject, !hasStumbled else { throw error }
          hasStumbled = true
          stopped = error
        }
      }
    } catch {
      stopped = error
    }
    if let stopped, retrieval.arrived.isEmpty { throw stopped }
    progress(known + retrieval.arrived.count, expected)
    return Delivery(
      expected: expected, known: known, arrived: retrieval.arrived, refused: refused,
      stopped: stopped)
  }

  /// One request for all; what goes wrong with it is made good object by object, unless the
  /// archive itself is the problem.
  private func fetchStudy(
    with retrieval: inout Retrieval, progress: (Int) -> Void
  ) async throws(GatewayError) {
    do throws(GatewayError) {
      try await retrieval.fetchStudy(progress: progress)
    } catch {
      guard error.isPassing || error.concernsOneObject else { throw error }
      var retries = Retries(patience)
      if error.isPassing { try await retries.wait(after: error) }
    }
  }

  /// Fetches one object; gives back why it was refused.
  private func fetch(
    _ instance: RemoteInstance, with retrieval: inout Retrieval
  ) async throws(GatewayError) -> GatewayError? {
    var retries = Retries(patience)
    while true {
      do throws(GatewayError) {
        try await retrieval.fetch(instance.uid, of: instance.series)
        return nil
      } catch {
        if error.concernsOneObject { return error }
        try await retries.wait(after: error)
      }
    }
  }
}
