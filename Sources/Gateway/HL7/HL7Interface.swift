import Foundation
import Radiology

/// A system that files HL7 v2 messages, such as the reports of a hospital's record.
///
/// Nobody can ask it what it has: after an attempt without an answer the same message is sent again,
/// with the same Message Control ID (MSH-10), by which receivers know a repetition (HL7 v2.5.1
/// 2.9.2).
public struct HL7Interface: Destination {
  private let connection: MLLPConnection

  public init(_ node: MLLPNode, name: String, patience: Patience = .once) {
    connection = MLLPConnection(
      node: node, server: "“\(name)” (\(node.host):\(node.port))", patience: patience)
  }

  public var place: String { connection.server }

  public func check() async throws { try await connection.check() }

  public func send(_ document: OutgoingDocument) async throws -> String? {
    let message = [UInt8](document.bytes)
    guard let identifier = Self.controlID(of: message) else {
      throw DeliveryProblem(.notTaken, "\(document.format.rawValue) is no HL7 v2 message.")
    }
    let answer = try await connection.exchange(message)
    let verdict: Acknowledgement
    do {
      verdict = try Acknowledgement(parsing: answer, to: identifier)
    } catch { throw DeliveryProblem(.unexpected, "\(place): \(error)") }
    // Its own words may name the patient; who runs it finds them in its log.
    switch verdict.code {
    case .applicationAccept: return nil
    case .commitAccept: return "it answers for the message, and has not said that it filed it"
    case .applicationError, .commitError:
      throw DeliveryProblem(
        .failed, "\(place) could not file the message (\(verdict.code.rawValue)).")
    case .applicationReject, .commitReject:
      throw DeliveryProblem(.refused, "\(place) rejects the message (\(verdict.code.rawValue)).")
    }
  }

  /// Message Control ID (MSH-10), as it is written; none for what is no message.
  static func controlID(of message: [UInt8]) -> String? {
    guard message.starts(with: "MSH".utf8), message.count > 3 else { return nil }
    let header = message.prefix { $0 != 0x0d && $0 != 0x0a }
    // The separator itself is MSH-1.
    let fields = header.split(separator: message[3], omittingEmptySubsequences: false)
    guard fields.count > 9, !fields[9].isEmpty else { return nil }
    return String(decoding: fields[9], as: UTF8.self)
  }
}
