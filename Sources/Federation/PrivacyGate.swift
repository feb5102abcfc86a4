import Crypto
public import Engine
public import Radiology

/// An update that may leave this site; ``PrivacyGate/seal(_:trainedOn:for:as:)`` is its only maker.
public struct SealedUpdate: Sendable {
  /// The bytes that leave, and nothing else does.
  public let bytes: [UInt8]
  /// How many examples it stands for: steps times batch.
  public let lessons: Int
  /// Euclidean length of the change that leaves.
  public let norm: Double

  fileprivate init(bytes: [UInt8], lessons: Int, norm: Double) {
    self.bytes = bytes
    self.lessons = lessons
    self.norm = norm
  }

  /// SHA-256 of ``bytes``, for the log.
  public var digest: String { Array(SHA256.hash(data: bytes)).hexadecimal }

  static let magic = "SLUPDT1\n"
}

/// An answer that may leave this site; ``PrivacyGate/seal(_:to:as:)`` is its only maker.
public struct SealedAnswer: Sendable {
  /// The bytes that leave, and nothing else does.
  public let bytes: [UInt8]

  fileprivate init(bytes: [UInt8]) { self.bytes = bytes }

  /// SHA-256 of ``bytes``, for the log.
  public var digest: String { Array(SHA256.hash(data: bytes)).hexadecimal }

  static let magic = "SLANSW1\n"
}

/// The one door by which anything leaves.
///
/// It refuses what is not finite or not of the model's shape, shortens a change to the clip, adds
/// noise where it was told to, and lets no sum of fewer than ``Statistics/leastInSum`` lessons out.
public struct PrivacyGate: Sendable, Hashable {
  public let mode: PrivacyMode
  /// Longest change that leaves, as a Euclidean norm; none to leave changes as they are.
  public let clip: Double?
  /// Deviation of the noise on every value that leaves, in multiples of the clip; none for no noise.
  ///
  /// ``PrivacySpent`` says what it is worth.
  public let noise: Double?

  /// - Throws: ``FederationError/modeNotOffered(_:)`` for a mode this version cannot keep,
  ///   ``FederationError/unsafeClip(_:)`` for a clip that is no positive number, and
  ///   ``FederationError/unsafeNoise(_:)`` for noise that hides nothing or has no clip.
  public init(
    mode: PrivacyMode = .plain, clip: Double? = nil, noise: Double? = nil
  ) throws(FederationError) {
    guard mode == .plain else { throw .modeNotOffered(mode.rawValue) }
    if let clip, !(clip > 0 && clip.isFinite) { throw .unsafeClip(clip) }
    if let noise {
      // Clips beyond these have no steps in floating point.
      guard let clip, (1e-30...1e30).contains(clip), (0.1...1_000).contains(noise) else {
        throw .unsafeNoise(noise)
      }
    }
    self.mode = mode
    self.clip = clip
    self.noise = noise
  }

  /// Seals what the local training changed.
  ///
  /// The bytes are a magic, the round, the sender's place in the roster, the number of lessons,
  /// the digest of the model it began with, the change as parameters, and a signature.
  /// - Throws: ``FederationError`` if nothing may leave.
  public func seal(
    _ trained: Parameters, trainedOn lessons: Int, for task: RoundTask, as member: Membership
  ) throws(FederationError) -> SealedUpdate {
    let (change, norm) = try change(to: trained, from: task.parameters, by: lessons)
    var wire = WireWriter(magic: SealedUpdate.magic)
    wire.put(UInt32(task.round))
    wire.put(UInt16(member.place))
    wire.put(UInt32(clamping: lessons))
    wire.put([UInt8](hexadecimal: task.parameters.digest))
    wire.put(change.encoded())
    wire.put(try sign(wire.bytes, with: member.key))
    return SealedUpdate(bytes: wire.bytes, lessons: lessons, norm: norm)
  }

  /// The part of a change that may leave, and its Euclidean length.
  ///
  /// - Throws: ``FederationError`` if nothing may.
  func change(
    to trained: Parameters, from model: Parameters, by lessons: Int
  ) throws(FederationError) -> (change: Parameters, norm: Double) {
    var change = trained
    let norm = try reduce(&change, toChangeFrom: model, by: lessons)
    return (change, norm)
  }

  /// Leaves of what was trained the part of its change that may leave.
  ///
  /// In place: of a large model there are copies enough.
  /// - Returns: the Euclidean length of that part.
  /// - Throws: ``FederationError`` if nothing may leave.
  func reduce(
    _ trained: inout Parameters, toChangeFrom model: Parameters, by lessons: Int
  ) throws(FederationError) -> Double {
    guard lessons > 0 else { throw .noLessons }
    guard trained.isShaped(like: model) else { throw .wrongShape }
    guard trained.isFinite else { throw .notFinite }
    trained.subtract(model)
    var norm = trained.norm
    guard let clip else { return norm }
    if norm > clip {
      trained.scale(by: Float(clip / norm))
      norm = trained.norm
    }
    guard let noise else { return norm }
    var random = SystemRandomNumberGenerator()
    trained = ChangeNoise(clip: clip, noise: noise).adding(to: trained, using: &random)
    return trained.norm
  }

  /// Seals what is said of the lessons as a whole.
  ///
  /// The bytes are a magic, the sender's place in the roster, the digest of the question, the
  /// statistics, and a signature. A sum of no lesson at all may leave; it says nothing.
  /// - Throws: ``FederationError/tooFewToSum(_:)`` and ``FederationError/notFinite``.
  public func seal(
    _ statistics: Statistics, to question: Question, as member: Membership
  ) throws(FederationError) -> SealedAnswer {
    for sum in statistics.sums {
      guard sum.values.allSatisfy(\.isFinite) else { throw .notFinite }
      let saysNothing = sum.lessons == 0 && sum.values.allSatisfy { $0 == 0 }
      guard saysNothing || sum.lessons >= Statistics.leastInSum else {
        throw .tooFewToSum(sum.lessons)
      }
    }
    var wire = WireWriter(magic: SealedAnswer.magic)
    wire.put(UInt16(member.place))
    wire.put(question.digest)
    wire.put(statistics.encoded())
    wire.put(try sign(wire.bytes, with: member.key))
    return SealedAnswer(bytes: wire.bytes)
  }
}
