import Foundation
import Glibc

/// A system that takes documents and thanks for each: an HL7 interface or a FHIR server, on this
/// machine.
///
/// It keeps nothing and is as quick as one can be, so that what is measured is the sender.
final class BenchListener: Sendable {
  enum Kind: String { case mllp, fhir }

  let port: Int
  private let listener: Int32

  init(_ kind: Kind) throws {
    let port = try Port.free()
    guard let listener = Port.listen(port) else {
      throw BenchError.failed(process: kind.rawValue, saying: "its port cannot be opened")
    }
    (self.port, self.listener) = (port, listener)
    Thread.detachNewThread {
      defer { close(listener) }
      while true {
        let connection = accept(listener, nil, nil)
        guard connection >= 0 else { return }
        Thread.detachNewThread {
          defer { close(connection) }
          switch kind {
          case .mllp: Self.acknowledge(connection)
          case .fhir: Self.create(connection)
          }
        }
      }
    }
  }

  deinit { shutdown(listener, Int32(SHUT_RDWR)) }

  /// One message after the other, until who sends them hangs up.
  private static func acknowledge(_ connection: Int32) {
    var bytes: [UInt8] = []
    while read(connection, into: &bytes) {
      guard let end = bytes.firstRange(of: [0x1c, 0x0d]) else { continue }
      let header = bytes.dropFirst().prefix { $0 != 0x0d }
      let fields = header.split(separator: UInt8(ascii: "|"), omittingEmptySubsequences: false)
      let identifier = fields.count > 9 ? String(decoding: fields[9], as: UTF8.self) : ""
      bytes.removeSubrange(..<end.upperBound)
      let answer = "MSH|^~\\&|BENCH||||||ACK|1|P|2.5.1\rMSA|AA|\(identifier)\r"
      write([0x0b] + Array(answer.utf8) + [0x1c, 0x0d], to: connection)
    }
  }

  /// One request after the other; whatever comes is created, and whatever is asked for is there.
  private static func create(_ connection: Int32) {
    var bytes: [UInt8] = []
    while read(connection, into: &bytes) {
      guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { continue }
      let head = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
      let announced = head.first { $0.lowercased().hasPrefix("content-length:") }
      let length = announced.flatMap { Int($0.filter(\.isNumber)) } ?? 0
      while bytes.count < end.upperBound + length {
        guard read(connection, into: &bytes) else { return }
      }
      bytes.removeSubrange(..<(end.upperBound + length))
      let isNew = head.first?.hasPrefix("POST") == true
      let body = isNew ? "" : found(String(head.first ?? ""))
      write(
        Array("HTTP/1.1 \(isNew ? 201 : 200) X\r\nContent-Length: \(body.utf8.count)\r\n\r\n".utf8)
          + Array(body.utf8), to: connection)
    }
  }

  /// A search's answer that has the document whose identifier was asked for.
  private static func found(_ request: String) -> String {
    let asked = request.split(separator: " ").dropFirst().first?.split(separator: "=").last
    let parts = (asked.flatMap { String($0).removingPercentEncoding } ?? "").split(separator: "|")
    guard parts.count == 2 else { return #"{"resourceType": "CapabilityStatement"}"# }
    return """
      {"resourceType": "Bundle", "total": 1, "entry": [{"resource": {"resourceType": "Bundle", \
      "identifier": {"system": "\(parts[0])", "value": "\(parts[1])"}}}]}
      """
  }

  private static func read(_ connection: Int32, into bytes: inout [UInt8]) -> Bool {
    var piece = [UInt8](repeating: 0, count: 65_536)
    let count = recv(connection, &piece, piece.count, 0)
    guard count > 0 else { return false }
    bytes += piece.prefix(count)
    return true
  }

  private static func write(_ bytes: [UInt8], to connection: Int32) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let sent = rest.withUnsafeBytes {
        send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard sent > 0 else { return }
      rest = rest.dropFirst(sent)
    }
  }
}
