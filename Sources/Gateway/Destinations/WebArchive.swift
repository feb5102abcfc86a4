import DICOM
import Foundation
public import Radiology

/// An archive that takes objects by STOW-RS, and says by QIDO-RS whether it has them.
///
/// Source: PS3.18 10.5 and 10.6.
public struct WebArchive: Destination {
  private let archive: Configuration.Archive
  private let patience: Patience

  public init(_ archive: Configuration.Archive, patience: Patience = .once) {
    self.archive = archive
    self.patience = patience
  }

  public var place: String { archive.place }

  public func check() async throws { try await speaking { try await $0.probe() } }

  public func holds(_ document: OutgoingDocument) async throws -> Bool? {
    let identity = try DICOMIdentity(document)
    return try await answer { web in
      try await web.instances(of: identity.study, named: identity.instance).contains(
        identity.instance)
    }
  }

  public func otherPatient(_ document: OutgoingDocument) async throws -> Patient.ID? {
    let identity = try DICOMIdentity(document)
    return try await answer { web in
      let found = try await web.studies(StudyQuery(study: identity.study))
      // What cannot be read may be the study of somebody else.
      guard found.unreadable == 0 else {
        throw GatewayError.unexpected(server: place, expected: "DICOM JSON")
      }
      return found.studies.lazy.compactMap {
        document.patient.other(identifier: $0.patientIdentifier, issuer: $0.patientIssuer)
      }.first
    } ?? nil
  }

  public func send(_ document: OutgoingDocument) async throws -> String? {
    let identity = try DICOMIdentity(document)
    return try await speaking(sends: true) { web in
      try await web.store(document.bytes, identity)
    }
  }

  /// What a search answers; none where it is not offered, or not to us.
  private func answer<Result>(_ search: (DICOMweb) async throws -> Result) async throws -> Result? {
    try await speaking { web in
      do { return try await search(web) } catch GatewayError.refused(_, let status)
        where [400, 403, 404, 405, 501].contains(status)
      {
        return nil
      }
    }
  }

  private func speaking<Result>(
    sends: Bool = false, _ body: (DICOMweb) async throws -> Result
  ) async throws -> Result {
    let result: Swift.Result<Result, any Error>
    do {
      let web = try DICOMweb(archive, patience: patience)
      do { result = .success(try await body(web)) } catch { result = .failure(error) }
      await web.close()
    } catch { throw try DeliveryProblem(error, wasSent: false) }
    do { return try result.get() } catch let error as GatewayError {
      throw try DeliveryProblem(error, wasSent: sends)
    }
  }
}
