import DICOM
import Foundation
public import Radiology

/// A PACS that takes objects by C-STORE, and says by C-FIND whether it has them.
///
/// Source: PS3.4 B and C.
public struct StorageNode: Destination {
  public let place: String
  private let node: DICOMNode
  private let program: DIMSEProgram

  public init(_ node: DICOMNode, name: String, program: DIMSEProgram) {
    self.node = node
    self.program = program
    place = "“\(name)” (\(node.called), \(node.host):\(node.port))"
  }

  public func check() async throws {
    try await asked { try await program.echo(node.words, about: place) }
  }

  public func holds(_ document: OutgoingDocument) async throws -> Bool? {
    let identity = try DICOMIdentity(document)
    let found = try await look(for: [
      "--study", identity.study, "--series", identity.series, "--instance", identity.instance,
    ])
    return found.map { $0.contains { $0.uid(.sopInstanceUID) == identity.instance } }
  }

  public func otherPatient(_ document: OutgoingDocument) async throws -> Patient.ID? {
    let found = try await look(for: ["--study", DICOMIdentity(document).study]) ?? []
    return found.lazy.compactMap {
      document.patient.other(
        identifier: $0.string(.patientID), issuer: $0.string(.issuerOfPatientID))
    }.first
  }

  public func send(_ document: OutgoingDocument) async throws -> String? {
    let outcome = try await asked(sends: true) {
      try await program.run(
        ["send"] + node.words + ["--object", document.file.path, "--stall", "60"], about: place)
    }
    let line = outcome.output.split(separator: UInt8(ascii: "\n")).first ?? []
    guard let answer = try? JSONDecoder().decode(Answer.self, from: Data(line)) else {
      // It may have been killed at any moment.
      throw DeliveryProblem(.silent, "\(outcome.failure(of: place))")
    }
    guard let code = answer.outcome.code else { return answer.reason.isEmpty ? nil : answer.reason }
    throw DeliveryProblem(code, "\(place): \(answer.reason)")
  }

  /// What `secondlook-dicom send` prints.
  private struct Answer: Decodable {
    let outcome: Outcome
    let reason: String

    enum Outcome: String, Decodable {
      case stored, unreached, untrusted, notTaken, busy, known, refused, unknown, unusable

      var code: DeliveryProblem.Code? {
        switch self {
        case .stored: nil
        case .unreached: .unreachable
        case .untrusted: .untrusted
        case .notTaken: .notTaken
        case .busy: .busy
        case .known: .nameTaken
        case .refused: .refused
        case .unknown: .silent
        // A matter of this one document: others go their way.
        case .unusable: .notMade
        }
      }
    }
  }

  /// What it has; none if it answers no such question.
  private func look(for words: [String]) async throws -> [DataSet]? {
    let outcome = try await asked {
      try await program.run(["look"] + node.words + words + ["--stall", "30"], about: place)
    }
    switch outcome.status {
    case 0:
      return try outcome.output.split(separator: UInt8(ascii: "\n")).map { line in
        do { return try DICOMJSON.dataSet(in: Data(line)) } catch {
          throw DeliveryProblem(.unexpected, "\(place) answers a question with no DICOM.")
        }
      }
    case 6: return nil
    case 7: throw DeliveryProblem(.untrusted, "\(outcome.failure(of: place))")
    default:
      let error = outcome.failure(of: place)
      throw DeliveryProblem(.unreachable, "\(error)")
    }
  }

  private func asked<Answer>(
    sends: Bool = false, _ body: () async throws -> Answer
  ) async throws -> Answer {
    do { return try await body() } catch let error as GatewayError {
      switch error {
      case .toolFailed: throw DeliveryProblem(sends ? .silent : .unreachable, "\(error)")
      default: throw try DeliveryProblem(error, wasSent: sends)
      }
    }
  }
}
