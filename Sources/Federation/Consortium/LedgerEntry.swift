/// What a line of the ledger says of one round, or of the last measurement.
struct LedgerEntry: Sendable, Encodable {
  enum Kind: String, Encodable {
    case train, evaluate
  }

  /// A site whose answer counted.
  struct Answer: Sendable, Encodable {
    let name: String
    /// Fingerprint of its node key.
    let key: String
    /// The answer's name on the wire; the site's own log has the same.
    let message: String
    let examples: Int
    /// Euclidean length of the change; none of a measurement.
    var norm: Double?
    /// Of a measurement only.
    var loss: Double?
  }

  /// A site whose answer did not count, or did not come.
  struct Refused: Sendable, Encodable {
    let name: String
    let key: String
    let reason: String
  }

  let kind: Kind
  let consortium: String
  /// The roster's number.
  let roster: Int
  let round: Int
  let strategy: String
  /// ISO 8601.
  let began: String
  /// Digest of the model that was sent.
  let modelIn: String
  /// Digest of the model that came of it; none if none did.
  var modelOut: String?
  var answers: [Answer] = []
  var refused: [Refused] = []
  /// SHA-256 of the line before, in hexadecimal; empty in the first.
  var before = ""
  /// Of the same line without it.
  var signature: String?

  private enum Key: String, CodingKey {
    case kind, consortium, roster, round, strategy, began, refused, before, signature
    case modelIn = "model-in"
    case modelOut = "model-out"
    case answers = "updates"
  }

  func encode(to encoder: any Encoder) throws {
    var line = encoder.container(keyedBy: Key.self)
    try line.encode(kind, forKey: .kind)
    try line.encode(consortium, forKey: .consortium)
    try line.encode(roster, forKey: .roster)
    try line.encode(round, forKey: .round)
    try line.encode(strategy, forKey: .strategy)
    try line.encode(began, forKey: .began)
    try line.encode(modelIn, forKey: .modelIn)
    // That there is none is said too.
    try line.encode(modelOut, forKey: .modelOut)
    try line.encode(answers, forKey: .answers)
    try line.encode(refused, forKey: .refused)
    try line.encode(before, forKey: .before)
    try line.encodeIfPresent(signature, forKey: .signature)
  }
}

extension LedgerEntry.Answer {
  init(_ update: BelievedUpdate) {
    self.init(
      name: update.member.name, key: update.member.fingerprint,
      message: update.message.description, examples: update.examples, norm: update.norm)
  }
}
