public import Engine
public import Foundation

/// What a coordinator asks a site for: to learn from a model, or to judge it.
///
/// Nothing in it is executed. What it leaves open, as a stock coordinator of Flower's does, is the
/// site's to choose; a setting nobody here knows changes nothing, but a person is shown it.
public struct LearningInstruction: Sendable {
  public enum Kind: String, Sendable { case train, evaluate }

  public let kind: Kind
  /// SHA-256 of everything in it: another seed makes another instruction.
  public let name: String
  public let run: RunID
  /// When the coordinator made it.
  public let created: Date
  public private(set) var model: Parameters
  /// Counted from 1; none where the coordinator does not count.
  public let round: Int?
  public let rounds: Int?
  public let steps: Int?
  public let batch: Int?
  public let learningRate: Double?
  /// FedProx's pull towards the round's model; 0 for none.
  public let proximal: Double
  public let seed: UInt64?
  /// Longest change that may leave, and the noise on it in multiples of that, as the coordinator
  /// promises its sites.
  public let clip: Double?
  public let noise: Double?
  /// In how few bits a value the change may come; none for the moved model in floats, which every
  /// coordinator reads.
  public let updateBits: UpdateBits?
  /// What the model is kept as, where the coordinator wants it kept.
  public let named: ModelName?
  /// Whether no round follows.
  public let isFinal: Bool
  /// The coordinator's roster and its signature, as they came.
  public let roster: String?
  public let rosterSignature: String?
  /// Everything that was set but what differs from round to round, as text by name, and the roster,
  /// which is held against the last one by itself.
  public let settings: [String: String]

  /// Reads an instruction of the kinds `train` and `evaluate`.
  ///
  /// A model that comes as a change is made of the one that was kept; what comes of that is believed
  /// only if it is bit for bit what the coordinator has.
  /// - Parameters:
  ///   - message: what came.
  ///   - kept: the models of this coordinator that this site has.
  /// - Throws: ``FleetError/malformed(_:)`` for another kind, no model, or a setting out of range;
  ///   ``FleetError/lacksModel`` for a change that makes nothing here.
  public init(_ message: FleetMessage, kept: KeptModels? = nil) throws {
    let heading = message.heading
    guard let kind = Kind(rawValue: heading.kind) else {
      throw FleetError.malformed("it is of a kind that no site of SecondLook carries out")
    }
    let reader = SettingReader(message["config"])
    self.kind = kind
    run = heading.run
    created = heading.created
    round = try reader.whole("server-round", in: 1...1_000_000)
    rounds = try reader.whole("rounds", in: 1...1_000_000)
    steps = try reader.whole("steps", in: 1...100_000)
    batch = try reader.whole("batch", in: 1...1024)
    learningRate = try reader.number("learning-rate", above: 0, most: 1)
    proximal = try reader.number("proximal-mu", most: 1_000) ?? 0
    seed = try reader.whole("seed", in: 0...Int.max).map(UInt64.init)
    clip = try reader.limit("clip")
    noise = try reader.limit("noise")
    updateBits = try reader.whole(UpdateBits.setting, in: 1...64).map { bits in
      guard let bits = UpdateBits(rawValue: bits) else {
        throw FleetError.malformed("its “\(UpdateBits.setting)” is neither 8 nor 16")
      }
      return bits
    }
    named = try ModelName(message[ModelName.record])
    if let updateBits, let base = named?.base {
      model = try message.model(changing: kept?.model(base), in: updateBits)
    } else {
      model = try message.model()
    }
    if let named, model.inWireOrder.digest != named.digest {
      throw named.base == nil
        ? FleetError.malformed("its model is another than it says") : FleetError.lacksModel
    }
    isFinal = try reader.flag("final") ?? false
    roster = try reader.text("roster")
    rosterSignature = try reader.text("roster-signature")
    if let round, let rounds, round > rounds {
      throw FleetError.malformed("round \(round) of \(rounds)")
    }
    settings = reader.all.filter {
      !Self.changing.contains($0.key)
    }
    name = try (message.name ?? DeflatedMessage(message).id).description
  }
}

extension LearningInstruction {
  /// What differs from round to round, is looked at by itself, or is the site's to fill in.
  private static let changing: Set = [
    "server-round", "seed", "final", "roster", "roster-signature", "coordinator-key",
  ]

  /// Brings the model's arrays into the order of a model of this site: on the wire they have none.
  ///
  /// - Returns: whether it has the same arrays, by name and shape.
  public mutating func arrange(like own: Parameters) -> Bool {
    let entries = own.entries.compactMap { model[$0.name] }
    guard entries.count == model.entries.count else { return false }
    model = Parameters(entries: entries)
    return model.isShaped(like: own)
  }
}

/// Reads a configuration strictly: a setting of ours that does not fit is no setting to ignore.
private struct SettingReader {
  /// As text, for people and for a digest.
  let all: [String: String]
  private let record: FleetRecord?

  /// Longer texts are in no honest configuration.
  private static let longest = 1 << 18

  init(_ record: FleetRecord?) {
    self.record = record
    guard case .configuration(let values)? = record else {
      all = [:]
      return
    }
    all = Dictionary(values.map { ($0.name, Self.words($0.value)) }) { first, _ in first }
  }

  private static func words(_ value: RecordValue) -> String {
    switch value {
    case .double(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .unsigned(let value): "\(value)"
    case .bool(let value): "\(value)"
    case .text(let text): text
    default: "\(value)"
    }
  }

  private func wrong(_ name: String) -> FleetError { .malformed("its “\(name)” is out of range") }

  func whole(_ name: String, in range: ClosedRange<Int>) throws(FleetError) -> Int? {
    let number: Int
    switch record?.value(name) {
    case nil: return nil
    case .integer(let value)?: number = Int(value)
    case .unsigned(let value)?: number = Int(clamping: value)
    default: throw wrong(name)
    }
    guard range.contains(number) else { throw wrong(name) }
    return number
  }

  func number(
    _ name: String, above least: Double? = nil, most: Double
  ) throws(FleetError) -> Double? {
    let number: Double
    switch record?.value(name) {
    case nil: return nil
    case .double(let value)?: number = value
    case .integer(let value)?: number = Double(value)
    default: throw wrong(name)
    }
    guard number >= 0, number <= most, least.map({ number > $0 }) ?? true else {
      throw wrong(name)
    }
    return number
  }

  /// A number above 0; 0 says, as does its absence, that there is no limit.
  func limit(_ name: String) throws(FleetError) -> Double? {
    let limit = try number(name, most: 1e30)
    return limit == 0 ? nil : limit
  }

  func flag(_ name: String) throws(FleetError) -> Bool? {
    switch record?.value(name) {
    case nil: nil
    case .bool(let value)?: value
    default: throw wrong(name)
    }
  }

  func text(_ name: String) throws(FleetError) -> String? {
    switch record?.value(name) {
    case nil: return nil
    case .text(let text)? where text.utf8.count <= Self.longest: return text
    default: throw wrong(name)
    }
  }
}
