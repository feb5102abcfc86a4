import Engine

/// An update that may count: it is what was asked for, in every record, name, shape and value.
struct BelievedUpdate: Sendable {
  let member: ConsortiumRoster.Member
  /// The answer's name on the wire: the root of a hash tree over all of it.
  let message: ObjectID
  let examples: Int
  /// Euclidean length of the change.
  let norm: Double
  /// In the order of the model that was sent.
  let model: Parameters
}
