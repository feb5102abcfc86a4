import Engine

/// An update that may count: it is what was asked for, in every record, name, shape and value.
struct BelievedUpdate: Sendable {
  let member: ConsortiumRoster.Member
  /// The answer's name on the wire: the root of a hash tree over all of it.
  let message: ObjectID
  let examples: Int
  /// Euclidean length of the change.
  let norm: Double
  /// The consortium's model, moved as the site moved the one it was sent; in its order.
  let model: Parameters
  /// Whether the site keeps the model that it was sent.
  var holdsModel = false
}
