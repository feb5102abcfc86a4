import Crypto
import Engine
import Federation

/// Explains every byte between the sites and the coordinator, and complains of any it cannot.
///
/// It reads the messages by itself, from the tables in the documentation, not by the code that
/// wrote them.
struct WireInspector {
  /// Public keys of the coordinator and of each site.
  let coordinator: P256.Signing.PublicKey
  let sites: [P256.Signing.PublicKey]
  /// What the network's parameters are called and how large they are.
  let shape: Parameters
  let seed: UInt64
  /// More lessons or images than there are in all cannot be counted.
  let mostLessons: Int
  let secrets: Secrets

  private static let histograms = [
    "lessons": 4, "evidence.normal": 256, "evidence.suspicious": 256, "peak.normal": 256,
    "peak.suspicious": 256, "distances": 256, "calibrated": 2,
  ]
  /// 69 figures, and the products of any two of them.
  private static let sums = ["figures.0": 69 + 69 * 70 / 2, "figures.1": 69 + 69 * 70 / 2]

  /// What is wrong with the messages; nothing if every byte is accounted for.
  func complaints(about messages: [Recorder.Message]) -> [String] {
    // What an update or an answer may name by digest: the last thing its site was sent.
    var model: [String: [UInt8]] = [:]
    var question: [String: [UInt8]] = [:]
    return messages.flatMap { message in
      var cursor = Cursor(message.bytes)
      do throws(Complaint) {
        switch try cursor.text(8) {
        case "SLTASK1\n" where !message.isFromSite:
          model[message.site] = try task(&cursor)
          try signature(&cursor, of: message, by: [coordinator])
        case "SLQUES1\n" where !message.isFromSite:
          try self.question(&cursor)
          question[message.site] = Array(message.bytes.prefix(cursor.position))
          try signature(&cursor, of: message, by: [coordinator])
        case "SLUPDT1\n" where message.isFromSite:
          try update(&cursor, from: model[message.site] ?? [])
          try signature(&cursor, of: message, by: sites)
        case "SLANSW1\n" where message.isFromSite:
          try answer(&cursor, to: question[message.site] ?? [])
          try signature(&cursor, of: message, by: sites)
        default: throw Complaint("an unknown kind of message")
        }
      } catch {
        return ["\(message.site): \(error.text)"] + secrets.found(in: message.bytes)
      }
      return secrets.found(in: message.bytes).map { "\(message.site): \($0)" }
    }
  }

  /// Round, rounds, steps, batch; learning rate, proximity; seed; parameters.
  private func task(_ cursor: inout Cursor) throws(Complaint) -> [UInt8] {
    for _ in 0..<4 { try expect((1...10_000).contains(try cursor.integer(4)), "a number of work") }
    for _ in 0..<2 { try expect((0...1).contains(try cursor.double()), "a rate") }
    try expect(UInt64(bitPattern: Int64(try cursor.integer(8))) == seed, "the seed")
    return try parameters(&cursor)
  }

  /// Round, place on the roster, lessons; the digest of the model it began with; the change.
  private func update(_ cursor: inout Cursor, from model: [UInt8]) throws(Complaint) {
    try expect((1...10_000).contains(try cursor.integer(4)), "a round")
    try expect(sites.indices.contains(try cursor.integer(2)), "a place on the roster")
    try expect((1...10_000).contains(try cursor.integer(4)), "a number of examples")
    try expect(try cursor.bytes(32) == Array(SHA256.hash(data: model)), "the model's digest")
    _ = try parameters(&cursor)
  }

  /// Subject; length and parameters, or none of them; length and what is known.
  private func question(_ cursor: inout Cursor) throws(Complaint) {
    try expect((1...4).contains(try cursor.integer(1)), "a subject")
    let length = try cursor.integer(4)
    if length == 12 {
      try expect(try cursor.text(8) == "SLPARAM1", "no parameters")
      try expect(try cursor.integer(4) == 0, "no parameters")
    } else {
      try expect(try parameters(&cursor).count == length, "the length of the parameters")
    }
    let rest = try cursor.integer(4)
    let start = cursor.position
    try statistics(&cursor)
    try expect(cursor.position - start == rest, "the length of the statistics")
  }

  /// Place on the roster; the digest of the question; statistics.
  private func answer(_ cursor: inout Cursor, to question: [UInt8]) throws(Complaint) {
    try expect(sites.indices.contains(try cursor.integer(2)), "a place on the roster")
    try expect(try cursor.bytes(32) == Array(SHA256.hash(data: question)), "the question's digest")
    try statistics(&cursor)
  }

  /// Just the network's own names and extents, and finite numbers.
  private func parameters(_ cursor: inout Cursor) throws(Complaint) -> [UInt8] {
    let start = cursor.position
    try expect(try cursor.text(8) == "SLPARAM1", "parameters")
    try expect(try cursor.integer(4) == shape.entries.count, "the network's parameters")
    for entry in shape.entries {
      let length = try cursor.integer(2)
      try expect(try cursor.text(length) == entry.name, "the parameters \(entry.name)")
      try expect(try cursor.integer(1) == entry.shape.count, "the extents of \(entry.name)")
      for extent in entry.shape {
        try expect(try cursor.integer(4) == extent, "an extent of \(entry.name)")
      }
      for _ in entry.values {
        let bits = UInt32(truncatingIfNeeded: try cursor.integer(4))
        try expect(Float(bitPattern: bits).isFinite, "a value of \(entry.name)")
      }
    }
    return cursor.read(since: start)
  }

  /// Only what is in the tables, no count above what there is, and no sum of a few.
  private func statistics(_ cursor: inout Cursor) throws(Complaint) {
    try expect(try cursor.text(8) == "SLSTAT1\n", "statistics")
    for _ in 0..<(try cursor.integer(2)) {
      let name = try cursor.text(try cursor.integer(1))
      let bins = try cursor.integer(2)
      try expect(Self.histograms[name] == bins, "a documented histogram, not “\(name)”")
      var total = 0
      for _ in 0..<bins { total += try cursor.integer(4) }
      try expect(total <= mostLessons, "no more lessons than there are in \(name)")
    }
    for _ in 0..<(try cursor.integer(2)) {
      let name = try cursor.text(try cursor.integer(1))
      let lessons = try cursor.integer(4)
      let count = try cursor.integer(2)
      try expect(Self.sums[name] == count, "a documented sum, not “\(name)”")
      try expect((5...mostLessons).contains(lessons), "a sum of five lessons or more")
      for _ in 0..<count { try expect(try cursor.double().isFinite, "a sum of \(name)") }
    }
  }

  /// The last 64 bytes, of which there is no other reading than that somebody signed the rest.
  private func signature(
    _ cursor: inout Cursor, of message: Recorder.Message, by keys: [P256.Signing.PublicKey]
  ) throws(Complaint) {
    let digest = SHA256.hash(data: Array(message.bytes.prefix(cursor.position)))
    let bytes = try cursor.bytes(64)
    try expect(cursor.isAtEnd, "nothing after the signature")
    let signature = try? P256.Signing.ECDSASignature(rawRepresentation: bytes)
    try expect(
      keys.contains { key in signature.map { key.isValidSignature($0, for: digest) } ?? false },
      "a signature of somebody on the roster")
  }

  private func expect(_ isSo: Bool, _ what: String) throws(Complaint) {
    if !isSo { throw Complaint("not \(what)") }
  }
}

private struct Complaint: Error {
  let text: String
  init(_ text: String) { self.text = text }
}

/// A place in a message; never passes its end.
private struct Cursor {
  private let message: [UInt8]
  private(set) var position = 0

  init(_ message: [UInt8]) { self.message = message }

  var isAtEnd: Bool { position == message.count }

  func read(since start: Int) -> [UInt8] { Array(message[start..<position]) }

  mutating func bytes(_ count: Int) throws(Complaint) -> [UInt8] {
    guard count <= message.count - position else { throw Complaint("cut short") }
    defer { position += count }
    return Array(message[position..<position + count])
  }

  mutating func text(_ count: Int) throws(Complaint) -> String {
    String(decoding: try bytes(count), as: UTF8.self)
  }

  /// Little endian.
  mutating func integer(_ count: Int) throws(Complaint) -> Int {
    let bits = try bytes(count).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return Int(truncatingIfNeeded: bits)
  }

  mutating func double() throws(Complaint) -> Double {
    Double(bitPattern: UInt64(bitPattern: Int64(try integer(8))))
  }
}
