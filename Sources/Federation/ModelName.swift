/// Which model an instruction brings, where its coordinator wants it kept: the next may then come as
/// a change of it.
///
/// It travels in a record of its own, beside the model and the settings: whoever does not know of it
/// passes it over, and what a person approves does not change with each round.
public struct ModelName: Sendable, Equatable {
  /// SHA-256 of the model, its arrays in the order of their names.
  public let digest: String
  /// The model that the arrays are a change of; none if they are the model.
  public let base: String?

  init(digest: String, base: String? = nil) {
    self.digest = digest
    self.base = base
  }

  /// What the record is called, in an instruction and in its answer.
  static let record = "model"
  private static let (digest, base) = ("digest", "base")

  var values: FleetRecord {
    .configuration(
      [(Self.digest, .text(digest))] + (base.map { [(Self.base, .text($0))] } ?? []))
  }

  /// Reads the record; none where there is none.
  ///
  /// - Throws: ``FleetError/malformed(_:)`` for one that names no model.
  init?(_ record: FleetRecord?) throws(FleetError) {
    guard let record else { return nil }
    guard case .text(let digest)? = record.value(Self.digest), ObjectID(digest) != nil else {
      throw .malformed("its model has no name")
    }
    self.digest = digest
    switch record.value(Self.base) {
    case nil: base = nil
    case .text(let text)? where ObjectID(text) != nil: base = text
    default: throw .malformed("its model is a change of one without a name")
    }
  }
}
