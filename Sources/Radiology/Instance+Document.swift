extension Instance {
  /// An object that says something about images and is none: a report, a list of key images, a
  /// presentation state, an encapsulated document.
  ///
  /// One that has a picture all the same counts as an image. Source: PS3.4 B.5, the storage classes
  /// by the beginnings of their UIDs.
  public var isDocument: Bool {
    refusal != nil && Self.documents.contains { sopClass.hasPrefix($0) }
  }

  private static let documents = [
    "1.2.840.10008.5.1.4.1.1.88.",  // structured reports, key object selections
    "1.2.840.10008.5.1.4.1.1.11.",  // presentation states
    "1.2.840.10008.5.1.4.1.1.104.",  // encapsulated PDF and CDA
  ]
}
