import AsyncHTTPClient
import DICOM
import Foundation
import NIOHTTP1
import Radiology

extension DICOMweb {
  /// Stores one object (STOW-RS), and reads what the archive says became of it.
  ///
  /// Success is nothing but the object's own UID among those that were stored: an archive may say
  /// 200 and have stored nothing.
  /// - Returns: the archive's warning in our words; none if it has none.
  /// - Throws: ``DeliveryProblem`` or ``GatewayError``.
  func store(_ bytes: Data, _ identity: DICOMIdentity) async throws -> String? {
    let end = ContinuousClock.now + patience.retrieval
    let boundary = "secondlook-\(identity.instance)"
    var body = Data("--\(boundary)\r\nContent-Type: application/dicom\r\n\r\n".utf8)
    body += bytes
    body += Data("\r\n--\(boundary)--\r\n".utf8)
    let response = try await client.ask(
      .POST, "/studies/\(identity.study)",
      [
        ("Accept", "application/dicom+json"),
        ("Content-Type", #"multipart/related; type="application/dicom"; boundary="# + boundary),
      ], body: body, within: patience.retrieval)
    let status = Int(response.status.code)
    // 200 stored, 202 with failures or warnings, 409 nothing stored: all of them say more (10.5.3).
    guard [200, 202, 409].contains(status) else {
      if (300..<400).contains(status) { throw GatewayError.redirected(server: server) }
      throw GatewayError.refused(server: server, status: status)
    }
    let answer = try await client.body(of: response, limit: 1 << 20, by: end)
    guard let dataSet = try? DICOMJSON.dataSet(in: answer) else {
      if status == 409 { throw GatewayError.refused(server: server, status: status) }
      throw GatewayError.unexpected(server: server, expected: "DICOM JSON")
    }
    return try verdict(in: dataSet, on: identity)
  }

  /// Source: PS3.18 10.5.3, Store Instances Response Module (PS3.3 I.2).
  private func verdict(in answer: DataSet, on identity: DICOMIdentity) throws -> String? {
    func item(_ sequence: Tag) -> DataSet? {
      answer.items(sequence).first { $0.uid(.referencedSOPInstanceUID) == identity.instance }
    }
    if let failed = item(.failedSOPSequence) ?? answer.items(.failedSOPSequence).first {
      throw DeliveryProblem(failure: failed.integer(.failureReason), at: server)
    }
    guard let stored = item(.referencedSOPSequence) else {
      throw GatewayError.unexpected(server: server, expected: "what it stored")
    }
    return stored.integer(.warningReason).map {
      "it warns: \(String(format: "%04x", $0)), something was changed or left out"
    }
  }

  /// Which of a study's objects have this UID, by what the archive finds.
  func instances(of study: String, named instance: String) async throws(GatewayError) -> Set<String>
  {
    precondition(DICOM.UID.isValid(study), "a study is named by its UID")
    let found = try await search(
      "/studies/\(study)/instances", "SOPInstanceUID=\(instance)", key: .sopInstanceUID)
    return Set(found.dataSets.compactMap { $0.uid(.sopInstanceUID) })
  }
}

/// Attributes of the answer, which nothing else here names (PS3.6).
extension Tag {
  fileprivate static let failureReason = Tag(0x0008, 0x1197)
  fileprivate static let failedSOPSequence = Tag(0x0008, 0x1198)
  fileprivate static let warningReason = Tag(0x0008, 0x1196)
}

extension DeliveryProblem {
  /// Why an archive did not store an object (PS3.18 table 10.5.3-2, PS3.4 table B.2-1).
  init(failure reason: Int?, at place: String) {
    let number = reason.map { " (reason \(String(format: "%04x", $0)))" } ?? ""
    switch reason {
    case nil: self.init(.refused, "\(place) refused to store it and does not say why.")
    case let code? where code == 0x0110 || (0xa700..<0xa800).contains(code):
      self.init(.busy, "\(place) could not store it now\(number).")
    case 0x0111: self.init(.nameTaken, "\(place) has an object of this UID\(number).")
    case 0x0122: self.init(.notTaken, "\(place) does not store this kind of object\(number).")
    case 0x0124: self.init(.unauthorized, "\(place) does not let us store it\(number).")
    default: self.init(.refused, "\(place) refused to store it\(number).")
    }
  }
}
