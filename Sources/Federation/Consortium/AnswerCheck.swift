import Engine

/// Why an answer is not believed; the text is for the ledger, and names no patient.
struct Unbelievable: Error, Equatable {
  let reason: String

  init(_ reason: String) { self.reason = reason }
}

/// What an answer has to pass before it counts.
///
/// Arrays that are added by name would let one wrong shape or one value that is no number spoil the
/// model of all; here it costs the site that sent it a few rounds.
struct AnswerCheck: Sendable {
  let model: Parameters
  let longestChange: Double?
  /// How few bits a value were asked for; a site that does not know of it answers in floats.
  var updateBits: UpdateBits?
  /// What the model is called, where sites are to say that they keep it; one may say nothing.
  var digest: String?

  /// Longer than any that training makes; a square of less fits into single precision, so that one
  /// site cannot keep a model from being made.
  private static let longestAtAll = 1e15
  private static let mostExamples = 1_000_000_000
  private static let examples = "num-examples"
  private static let loss = "loss"

  /// The model that a site brings, and how many examples it stands for.
  func update(
    _ answer: FleetMessage
  ) throws(Unbelievable) -> (
    model: Parameters, examples: Int, norm: Double, holdsModel: Bool
  ) {
    let says = digest != nil && answer[ModelName.record] != nil
    var names: Set = ["arrays", "metrics"]
    if says { names.insert(ModelName.record) }
    let records = try Self.records(of: answer, names)
    if says {
      let held = try Self.held(records[ModelName.record])
      guard held == digest else { throw Unbelievable("a model kept that was not sent") }
    }
    guard case .arrays(let arrays)? = records["arrays"] else {
      throw Unbelievable("a record “arrays” that holds none")
    }
    let (theirs, norm) = try moved(by: arrays)
    guard norm <= longestChange ?? Self.longestAtAll else {
      throw Unbelievable("a change of length \(norm)")
    }
    let metrics = try Self.metrics(records, [Self.examples])
    return (theirs, try Self.count(metrics[Self.examples]), norm, says)
  }

  private static func held(_ record: FleetRecord?) throws(Unbelievable) -> String? {
    do throws(FleetError) { return try ModelName(record)?.digest } catch {
      throw Unbelievable("a model kept that has no name")
    }
  }

  /// The model as it came, or as the change that came moves it; and how far.
  private func moved(
    by arrays: [(name: String, array: FleetArray)]
  ) throws(Unbelievable) -> (model: Parameters, norm: Double) {
    if let updateBits, SmallChange.isNamed(in: arrays) {
      let change = try SmallChange(arrays, for: model, in: updateBits)
      var moved = model
      change.add(to: &moved)
      return (moved, change.norm(of: model))
    }
    guard arrays.count == model.entries.count else {
      throw Unbelievable("other arrays than the model has")
    }
    var theirs = model
    for (index, entry) in model.entries.enumerated() {
      guard let array = arrays.first(where: { $0.name == entry.name })?.array else {
        throw Unbelievable("other arrays than the model has")
      }
      guard array.element == .float32, array.shape == entry.shape else {
        throw Unbelievable("another type or shape of \(entry.name)")
      }
      theirs.entries[index].values = try Self.values(of: array, named: entry.name)
    }
    return (theirs, Self.distance(theirs, model))
  }

  /// What a site found when it measured the model.
  func measure(_ answer: FleetMessage) throws(Unbelievable) -> (examples: Int, loss: Double) {
    let records = try Self.records(of: answer, ["metrics"])
    let metrics = try Self.metrics(records, [Self.examples, Self.loss])
    guard let loss = metrics[Self.loss]?.number, loss.isFinite, loss >= 0 else {
      throw Unbelievable("no believable loss")
    }
    return (try Self.count(metrics[Self.examples]), loss)
  }

  private static func records(
    of answer: FleetMessage, _ names: Set<String>
  ) throws(Unbelievable) -> [String: FleetRecord] {
    guard case .records(let records) = answer.content, records.count == names.count,
      Set(records.map(\.name)) == names
    else {
      throw Unbelievable("other records than \(names.sorted().joined(separator: " and "))")
    }
    return Dictionary(records.map { ($0.name, $0.record) }) { first, _ in first }
  }

  private static func metrics(
    _ records: [String: FleetRecord], _ names: Set<String>
  ) throws(Unbelievable) -> [String: RecordValue] {
    guard case .metrics(let values)? = records["metrics"], values.count == names.count,
      Set(values.map(\.name)) == names
    else {
      throw Unbelievable("other metrics than \(names.sorted().joined(separator: " and "))")
    }
    return Dictionary(values.map { ($0.name, $0.value) }) { first, _ in first }
  }

  private static func values(
    of array: FleetArray, named name: String
  ) throws(Unbelievable) -> [Float] {
    do { return try array.floats() } catch {
      throw Unbelievable(
        error as? FleetError == .notFinite
          ? "values of \(name) that are no numbers" : "an array \(name) that cannot be read")
    }
  }

  private static func count(_ value: RecordValue?) throws(Unbelievable) -> Int {
    guard let number = value?.number, (1...Double(mostExamples)).contains(number),
      number == number.rounded()
    else { throw Unbelievable("no believable number of examples") }
    return Int(number)
  }

  /// Summed in double precision: a difference of floats would lose what is small beside the model.
  private static func distance(_ one: Parameters, _ other: Parameters) -> Double {
    var squares = 0.0
    for (mine, theirs) in zip(one.entries, other.entries) {
      for (a, b) in zip(mine.values, theirs.values) {
        let difference = Double(a) - Double(b)
        squares += difference * difference
      }
    }
    return squares.squareRoot()
  }
}

extension RecordValue {
  /// The one number that it is.
  fileprivate var number: Double? {
    switch self {
    case .double(let value): value
    case .integer(let value): Double(value)
    case .unsigned(let value): Double(value)
    default: nil
    }
  }
}
