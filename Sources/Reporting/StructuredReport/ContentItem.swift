/// One node of a structured report's tree.
///
/// Names, codes and units are concepts and never text, so a node cannot carry a code that is not
/// in the reviewed table. Source: PS3.3 C.17.3.
struct ContentItem: Hashable, Sendable {
  /// How a node belongs to the one above it.
  ///
  /// Source: PS3.3 table C.17.3-8, those that PS3.3 A.35.13.3.1.2 allows here.
  enum Relationship: String, Sendable {
    case contains = "CONTAINS"
    case hasConceptModifier = "HAS CONCEPT MOD"
    case hasObservationContext = "HAS OBS CONTEXT"
    case hasAcquisitionContext = "HAS ACQ CONTEXT"
    case selectedFrom = "SELECTED FROM"
  }

  /// What a node says.
  enum Value: Hashable, Sendable {
    /// Groups the nodes below; `template` is the identifier within DCMR.
    case container(template: String?)
    case code(Concept)
    /// At least one printable character; may have several lines.
    case text(String)
    /// In the form of value representation PN.
    case person(String)
    case uid(String)
    case number(Double, unit: Concept)
    case image(ImageReference)
    /// Corners in pixels of the image it is selected from; the first is not repeated.
    case outline([Point])
  }

  /// A place in an image: columns to the right, rows down, 0.5 in the centre of the first pixel.
  ///
  /// Source: PS3.3 C.18.6.1.2.
  struct Point: Hashable, Sendable {
    let column: Double
    let row: Double
  }

  let relationship: Relationship
  let name: Concept
  let value: Value
  var children: [ContentItem] = []

  init(
    _ relationship: Relationship, _ name: Concept, _ value: Value, children: [ContentItem] = []
  ) {
    self.relationship = relationship
    self.name = name
    self.value = value
    self.children = children
  }
}

/// One object that a document points to.
struct ImageReference: Hashable, Sendable {
  let sopClass: String
  let instance: String
  /// Counted from 1; none for the whole of an image with one frame.
  var frame: Int?
}
