/// Why a round could not go on; never says anything of a patient.
public enum FederationError: Error, Equatable, CustomStringConvertible {
  /// A clip that bounds nothing is no privacy.
  case unsafeClip(Double)
  /// Noise that hides nothing, or that no clip gives a measure, is no privacy.
  case unsafeNoise(Double)
  /// An exact figure says what noise was to hide.
  case exactUnderNoise
  /// This version cannot give what the mode promises, so nothing is sent.
  case modeNotOffered(String)
  /// The local training produced numbers that are no numbers.
  case notFinite
  /// The local parameters are not those of the model that was sent.
  case wrongShape
  /// A site without lessons has nothing to bring.
  case noLessons
  /// The bytes are no message of this protocol.
  case malformed(String)
  /// The sender is not on the roster.
  case unknownPartner
  /// The signature does not match the bytes and the partner's key.
  case wrongSignature
  /// The message belongs to another round or to another model.
  case wrongRound(expected: Int, got: Int)
  case wrongModel
  /// The answer is to something else than what was asked.
  case wrongQuestion
  /// A sum of so few lessons would show a patient.
  case tooFewToSum(Int)
  /// A partner sent twice in one round.
  case alreadyReceived
  /// The change is longer than any honest one.
  case tooLong(norm: Double, limit: Double)
  /// Too few partners brought an update; the model stays as it was.
  case noQuorum(got: Int, needed: Int)
  case rosterNotUsable(String)
  /// A site answered that it does nothing.
  case declined(String)

  public var description: String {
    switch self {
    case .unsafeClip(let clip):
      "A clip of \(clip) bounds nothing; it has to be a number above 0. Nothing was sent."
    case .unsafeNoise(let noise):
      "Noise of \(noise) clips hides nothing: it has to be a number from 0.1 to 1000, with a clip. "
        + "Nothing was sent."
    case .exactUnderNoise:
      "Noise is demanded of what leaves, and this figure has none. Nothing was sent."
    case .modeNotOffered(let mode):
      "Privacy mode “\(mode)” is not offered by this version; nothing was sent."
    case .notFinite:
      "The training produced values that are no numbers; nothing was sent, the model is unchanged."
    case .wrongShape:
      "The parameters do not have the shapes of the model of this round; they were not used."
    case .noLessons: "This site has no lesson it may use; it sits this round out."
    case .malformed(let what): "The message cannot be read (\(what)); it was not used."
    case .unknownPartner: "The sender is not on the roster; its message was not used."
    case .wrongSignature: "The signature does not match; the message was not used."
    case .wrongRound(let expected, let got):
      "The message is for round \(got) and this is round \(expected); it was not used."
    case .wrongModel: "The update was made from another model; it was not used."
    case .wrongQuestion: "The answer is to another question; it was not used."
    case .tooFewToSum(let lessons):
      "A sum of \(lessons) lessons says too much of each; at least \(Statistics.leastInSum) are "
        + "needed. Nothing was sent."
    case .alreadyReceived: "This partner's update is here already; the second was not used."
    case .tooLong(let norm, let limit):
      "The change has length \(norm), more than the limit of \(limit); it was not used."
    case .noQuorum(let got, let needed):
      "Only \(got) of at least \(needed) updates came; the model stays as it was."
    case .declined(let reason): "The site declined: \(FleetError.plain(reason))"
    case .rosterNotUsable(let why): "The roster cannot be used: \(why)"
    }
  }
}
