import Engine

/// The model that sites train from in a round, and how it comes to each.
///
/// Where sites are asked for few bits, those that hold the last one are sent a change of it in as
/// few. What rounding takes is not lost: the consortium's own model keeps it, and the next change is
/// from what was sent to that.
struct SentModel: Sendable {
  typealias Records = [(name: String, record: FleetRecord)]

  /// What sites train from, whichever way it comes to them.
  let model: Parameters
  /// What sites are to keep it as; none where they are not asked for few bits.
  let digest: String?
  private let change: (steps: SmallChange, base: String)?

  /// The model as it is.
  ///
  /// - Parameters:
  ///   - model: all of it.
  ///   - isKept: whether sites are to keep it.
  init(_ model: Parameters, isKept: Bool = false) {
    self.init(model, digest: isKept ? model.inWireOrder.digest : nil, change: nil)
  }

  private init(
    _ model: Parameters, digest: String?, change: (steps: SmallChange, base: String)?
  ) {
    self.model = model
    self.digest = digest
    self.change = change
  }

  /// What follows on the last one, as near to the model as so few bits bring it.
  ///
  /// Of equal models it makes equal bits, so that a round that begins again sends the same.
  init(towards model: Parameters, after last: Parameters?, in bits: UpdateBits?) {
    guard let bits, let last, last.isShaped(like: model) else {
      self.init(model, isKept: bits != nil)
      return
    }
    let way = model.subtracting(last)
    guard way.isFinite else {
      self.init(model, isKept: true)
      return
    }
    let steps = SmallChange(way, in: bits)
    var next = last
    steps.add(to: &next)
    guard next.isFinite else {
      self.init(model, isKept: true)
      return
    }
    self.init(
      next, digest: next.inWireOrder.digest, change: (steps, last.inWireOrder.digest))
  }

  /// As every coordinator sends it.
  ///
  /// - Throws: ``FleetError`` for a model that no message takes.
  func whole() throws -> Records {
    let arrays = try model.entries.map { (name: $0.name, array: try FleetArray($0)) }
    return [("arrays", .arrays(arrays))] + name(changing: nil)
  }

  /// For whoever holds the last one; none if there is none, or too far a way from it.
  ///
  /// - Throws: ``FleetError`` for a change that no message takes.
  func small() throws -> Records? {
    try change.map { change in
      [("arrays", .arrays(try change.steps.arrays()))] + name(changing: change.base)
    }
  }

  private func name(changing base: String?) -> Records {
    digest.map { [(ModelName.record, ModelName(digest: $0, base: base).values)] } ?? []
  }
}
