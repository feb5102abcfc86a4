public import Crypto
public import Engine

/// What the coordinator asks every site about its lessons as a whole, and what is known so far.
public struct Question: Sendable, Equatable {
  /// What it is about; each is answered with ``Statistics`` and nothing else.
  public enum Subject: UInt8, Sendable, CaseIterable {
    /// How many lessons there are.
    case lessons = 1
    /// How much evidence these parameters find where nobody trained, and what lessons look like.
    case evidence
    /// How far the lessons lie from what all sites' lessons look like.
    case distances
    /// The model is done: take it, and say on how many lessons the site calibrated it.
    case model
  }

  public let subject: Subject
  /// Without an entry where the question needs none.
  public let parameters: Parameters
  /// All sites' answers so far, pooled.
  public let known: Statistics

  public init(
    about subject: Subject, parameters: Parameters = Parameters(entries: []),
    known: Statistics = Statistics()
  ) {
    self.subject = subject
    self.parameters = parameters
    self.known = known
  }

  static let magic = "SLQUES1\n"

  /// SHA-256 of what is asked, by which an answer names its question.
  var digest: [UInt8] { Array(SHA256.hash(data: unsigned)) }

  private var unsigned: [UInt8] {
    var wire = WireWriter(magic: Self.magic)
    wire.put(subject.rawValue)
    for part in [parameters.encoded(), known.encoded()] {
      wire.put(UInt32(part.count))
      wire.put(part)
    }
    return wire.bytes
  }

  /// The bytes that travel: magic, subject, parameters, statistics, the coordinator's signature.
  public func signed(by key: P256.Signing.PrivateKey) throws(FederationError) -> [UInt8] {
    let message = unsigned
    return message + (try sign(message, with: key))
  }

  /// Reads a question and believes it only if the coordinator of the roster signed it.
  ///
  /// - Throws: ``FederationError`` for bytes that are cut, too long, unsigned or no question.
  public init(opening bytes: [UInt8], from coordinator: Partner) throws(FederationError) {
    var wire = try WireReader(try verified(bytes, by: coordinator), magic: Self.magic)
    guard let subject = Subject(rawValue: try wire.integer()) else {
      throw .malformed("a question about nothing")
    }
    self.subject = subject
    parameters = try Parameters(wire: try wire.take(Int(try wire.integer(UInt32.self))))
    known = try Statistics(decoding: try wire.take(Int(try wire.integer(UInt32.self))))
    try wire.finish()
  }
}

/// What a coordinator may send a site; there is no third.
public enum Order: Sendable {
  case train(RoundTask)
  case answer(Question)

  /// Reads either kind, if the coordinator of the roster signed it.
  ///
  /// - Throws: ``FederationError`` for anything else.
  public init(opening bytes: [UInt8], from coordinator: Partner) throws(FederationError) {
    self =
      bytes.starts(with: Array(Question.magic.utf8))
      ? .answer(try Question(opening: bytes, from: coordinator))
      : .train(try RoundTask(opening: bytes, from: coordinator))
  }
}
