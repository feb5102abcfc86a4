public import Engine

/// What may leave this site as an answer to a coordinator of Flower's.
///
/// Only ``PrivacyGate/seal(_:trainedOn:of:)``, ``PrivacyGate/seal(_:trainedOn:of:in:owing:holding:)``
/// and ``PrivacyGate/seal(loss:over:)`` make one with anything of the site in it; a refusal says nothing
/// but what this program wrote.
public struct SealedReply: Sendable {
  let content: FleetMessage.Content
  /// How many examples it stands for; 0 for a refusal.
  public let examples: Int
  /// Euclidean length of the change that leaves; 0 for a refusal.
  public let norm: Double
  /// Noise on the change, in multiples of the clip, for ``PrivacySpent``; none if there is none.
  public let noise: Double?

  fileprivate init(
    _ content: FleetMessage.Content, examples: Int, norm: Double, noise: Double? = nil
  ) {
    self.content = content
    self.examples = examples
    self.norm = norm
    self.noise = noise
  }

  /// Why a site does nothing, in words that people at the coordinator read.
  public enum Refusal: Int64, Sendable {
    case workFailed = 1000
    case unreadable = 1001
    case notAllowed = 1002
    case otherModel = 1003
    case tooLittlePrivacy = 1004
    case budgetSpent = 1005
    case tooFewLessons = 1006
    case tooMuchWork = 1007
    case unknownPartners = 1008
    case lacksModel = 1009

    /// What the coordinator is told.
    public var reason: String {
      switch self {
      case .workFailed: "This site could not do the work."
      case .unreadable: "This site could not read the instruction, and did nothing."
      case .notAllowed: "The owner of this site does not allow this work."
      case .otherModel: "This site has another model; its arrays do not fit."
      case .tooLittlePrivacy: "This site requires more privacy than the task promises."
      case .budgetSpent: "This site has spent its privacy budget."
      case .tooFewLessons: "This site has too few lessons it may use."
      case .tooMuchWork: "The task asks for more work than this site does in a round."
      case .unknownPartners: "The roster is not one this site knows; it does not take part."
      case .lacksModel: "This site does not have the model that this is a change of."
      }
    }
  }

  /// An answer that nothing was done.
  public static func refusal(_ refusal: Refusal) -> SealedReply {
    SealedReply(
      .refusal(code: refusal.rawValue, reason: refusal.reason), examples: 0, norm: 0)
  }
}

extension SealedReply {
  /// An update of the signed rounds, as it is.
  public init(_ update: SealedUpdate) {
    self.init(
      .records(Self.records(of: update.bytes)), examples: update.lessons, norm: update.norm)
  }

  /// An answer to a question about the lessons as a whole, as it is.
  public init(_ answer: SealedAnswer) {
    self.init(.records(Self.records(of: answer.bytes)), examples: 0, norm: 0)
  }

  /// A message of the signed rounds in the form in which Flower's wire carries it.
  public static func records(of message: [UInt8]) -> [(name: String, record: FleetRecord)] {
    [("message", .configuration([("bytes", .bytes(message))]))]
  }
}

extension PrivacyGate {
  /// Seals what the local training made of a coordinator's model.
  ///
  /// The answer has the model's arrays under their names, moved by the change that may leave, and
  /// one metric, `num-examples`: what a stock FedAvg of Flower's reads, and nothing more.
  /// - Throws: ``FederationError`` if nothing may leave.
  public func seal(
    _ trained: consuming Parameters, trainedOn examples: Int, of model: Parameters
  ) throws(FederationError) -> SealedReply {
    var moved = consume trained
    let norm = try reduce(&moved, toChangeFrom: model, by: examples)
    moved.add(model)
    guard moved.isFinite else { throw .notFinite }
    var arrays: [(name: String, array: FleetArray)] = []
    for entry in moved.entries {
      do throws(FleetError) { arrays.append((entry.name, try FleetArray(entry))) } catch {
        throw .malformed("\(error)")
      }
    }
    return reply(with: arrays, examples, norm)
  }

  /// Seals the same in fewer bits a value: the change alone, in steps.
  ///
  /// What rounding takes away is owed, and goes with the next round's change; over rounds nothing is
  /// lost. Clip and noise come first, and rounding sees nothing but what they left: of a change with
  /// noise, what is owed was made of what left and of nothing else, so neither tells more than
  /// ``PrivacySpent`` counts, as long as only that of an answer that did leave is ever passed in.
  /// Where there is a clip and no noise, what leaves with what was owed is no longer than the clip.
  /// `owed` is what rounding took of the last answer that left; none at first. `held` is what the
  /// coordinator called its model, where it wants to hear that this site keeps it.
  /// - Returns: the answer, and what rounding took of it.
  /// - Throws: ``FederationError`` if nothing may leave.
  public func seal(
    _ trained: consuming Parameters, trainedOn examples: Int, of model: Parameters,
    in bits: UpdateBits, owing owed: consuming Parameters?, holding held: ModelName? = nil
  ) throws(FederationError) -> (reply: SealedReply, owed: Parameters) {
    var whole = consume trained
    _ = try reduce(&whole, toChangeFrom: model, by: examples)
    if let rest = consume owed {
      guard rest.isShaped(like: model) else { throw .wrongShape }
      whole.add(rest)
    }
    let bound = noise == nil ? clip : nil
    if let bound {
      let norm = whole.norm
      if norm > bound { whole.scale(by: Float(bound / norm)) }
    }
    guard whole.isFinite else { throw .notFinite }
    let (small, norm) = try rounded(&whole, of: model, in: bits, within: bound)
    do throws(FleetError) {
      return (reply(with: try small.arrays(), examples, norm, holding: held), owed: whole)
    } catch { throw .malformed("\(error)") }
  }

  /// Rounds a change, and leaves of it what rounding took.
  private func rounded(
    _ whole: inout Parameters, of model: Parameters, in bits: UpdateBits, within bound: Double?
  ) throws(FederationError) -> (small: SmallChange, norm: Double) {
    var small = SmallChange(whole, in: bits)
    var norm = small.norm(of: model)
    if let bound, norm > bound {
      // Rounded up, it is too long; a trifle more, for single precision rounds that too.
      small.shrink(by: Float(bound / norm * (1 - 1e-6)))
      norm = small.norm(of: model)
    }
    guard small.leavesFinite(model) else { throw .notFinite }
    small.add(to: &whole, scaled: -1)
    return (small, norm)
  }

  private func reply(
    with arrays: [(name: String, array: FleetArray)], _ examples: Int, _ norm: Double,
    holding held: ModelName? = nil
  ) -> SealedReply {
    var records: [(name: String, record: FleetRecord)] = [
      ("arrays", .arrays(arrays)),
      ("metrics", .metrics([("num-examples", .integer(Int64(examples)))])),
    ]
    // Nothing but what the coordinator itself said.
    if let held { records.append((ModelName.record, ModelName(digest: held.digest).values)) }
    return SealedReply(.records(records), examples: examples, norm: norm, noise: noise)
  }
}

extension PrivacyGate {
  /// Seals how well a site's own lessons fit a coordinator's model: a mean over many, and a count.
  ///
  /// - Throws: ``FederationError/tooFewToSum(_:)``, ``FederationError/notFinite``, and
  ///   ``FederationError/exactUnderNoise`` where noise is demanded: the mean has none.
  public func seal(loss: Double, over examples: Int) throws(FederationError) -> SealedReply {
    guard noise == nil else { throw .exactUnderNoise }
    guard examples >= Statistics.leastInSum else { throw .tooFewToSum(examples) }
    guard loss.isFinite else { throw .notFinite }
    return SealedReply(
      .records([
        (
          "metrics",
          .metrics([("num-examples", .integer(Int64(examples))), ("loss", .double(loss))])
        )
      ]), examples: examples, norm: 0)
  }
}

extension FleetMessage {
  /// The model that the message's “arrays” make of another, which they are a change of.
  ///
  /// - Throws: ``FleetError/lacksModel`` where there is no other, and ``FleetError`` for a change that
  ///   no coordinator makes.
  func model(changing base: consuming Parameters?, in bits: UpdateBits) throws -> Parameters {
    guard case .arrays(let arrays)? = self["arrays"], SmallChange.isNamed(in: arrays) else {
      throw FleetError.malformed("there is no change of a model in it")
    }
    guard var model = consume base else { throw FleetError.lacksModel }
    do throws(Unbelievable) {
      try SmallChange(arrays, for: model, in: bits).add(to: &model)
      guard model.isFinite else { throw Unbelievable("values that are no numbers") }
      return model
    } catch { throw FleetError.malformed("its change has \(error.reason)") }
  }

  /// The model that the message brings under “arrays”, entries in the order of their names.
  ///
  /// - Throws: ``FleetError`` for a message without one, with values that are no numbers, or with
  ///   arrays that no model of ours has.
  public func model() throws -> Parameters {
    guard case .arrays(let arrays)? = self["arrays"], !arrays.isEmpty else {
      throw FleetError.malformed("there is no model in it")
    }
    return Parameters(
      entries: try arrays.map { name, array in
        guard Parameters.Entry.isName(name) else {
          throw FleetError.malformed("an array has a name that no model of ours has")
        }
        return Parameters.Entry(name: name, shape: array.shape, values: try array.floats())
      })
  }
}
