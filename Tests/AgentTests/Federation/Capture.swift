import Foundation
import Synchronization
import TestSupport

/// Every byte that a site and its coordinator say to each other, without TLS.
final class Capture: Sendable {
  private let streams = Mutex<[Stream: [UInt8]]>([:])

  /// One direction of one connection.
  private struct Stream: Hashable {
    let isFromSite: Bool
    let connection: Int
  }

  /// A relay that passes on to a port of this machine and keeps what went through.
  func relay(to port: Int) throws -> Relay {
    try Relay(
      to: UInt16(port),
      hearing: { side, connection, bytes in
        self.streams.withLock {
          $0[Stream(isFromSite: side == .client, connection: connection), default: []] += bytes
        }
      })
  }

  /// What was said in one direction, connection by connection.
  func heard(fromSite isFromSite: Bool) -> [[UInt8]] {
    streams.withLock { streams in
      streams.filter { $0.key.isFromSite == isFromSite }
        .sorted { $0.key.connection < $1.key.connection }.map(\.value)
    }
  }

  /// The questions or answers of HTTP in that direction.
  func messages(fromSite isFromSite: Bool) throws -> [HTTPMessage] {
    try heard(fromSite: isFromSite).flatMap(HTTPMessage.all(in:))
  }
}

/// A question or an answer of HTTP/1.1, read by itself and not by the code that wrote it.
struct HTTPMessage {
  struct Unreadable: Error { let what: String }

  /// The first line and the fields.
  let head: String
  let body: ArraySlice<UInt8>

  /// All of one direction of a connection; the last one may have been cut off.
  ///
  /// - Throws: ``Unreadable`` for a body that is packed, or whose length is not said.
  static func all(in stream: [UInt8]) throws -> [HTTPMessage] {
    var messages: [HTTPMessage] = []
    var rest = stream[...]
    while let end = rest.firstRange(of: Array("\r\n\r\n".utf8)) {
      let head = String(decoding: rest[..<end.lowerBound], as: UTF8.self)
      func field(_ name: String) -> String? {
        head.split(separator: "\r\n").first { $0.lowercased().hasPrefix(name + ":") }
          .map { $0.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces) }
      }
      guard field("content-encoding") == nil, field("transfer-encoding") == nil,
        let length = field("content-length").flatMap({ Int($0) })
      else { throw Unreadable(what: head) }
      messages.append(HTTPMessage(head: head, body: rest[end.upperBound...].prefix(length)))
      rest = rest[end.upperBound...].dropFirst(length)
    }
    return messages
  }

  /// The objects of Flower's wire that its body brings whole.
  ///
  /// Field 4 of what a node pushes, field 3 of what it pulls. They lie open in it, not packed.
  func objects() -> [ArraySlice<UInt8>] {
    var objects: [ArraySlice<UInt8>] = []
    var rest = body
    func number() -> Int? {
      var (value, shift) = (0, 0)
      while let byte = rest.popFirst(), shift < 63 {
        value |= Int(byte & 0x7f) << shift
        shift += 7
        if byte & 0x80 == 0 { return value }
      }
      return nil
    }
    while let key = number() {
      switch key & 7 {
      case 0: _ = number()
      case 1: rest = rest.dropFirst(8)
      case 2:
        guard let length = number() else { return objects }
        if [3, 4].contains(key >> 3), Self.isObject(rest.prefix(length)) {
          objects.append(rest.prefix(length))
        }
        rest = rest.dropFirst(length)
      default: return objects
      }
    }
    return objects
  }

  private static let kinds = [
    "Message", "RecordDict", "ArrayRecord", "Array", "ArrayChunk", "MetricRecord", "ConfigRecord",
  ]

  private static func isObject(_ bytes: ArraySlice<UInt8>) -> Bool {
    kinds.contains { bytes.starts(with: Array("\($0) ".utf8)) }
  }
}
