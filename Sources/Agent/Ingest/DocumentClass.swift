/// SOP classes that never hold an image of a patient: nothing is missing if there is no picture.
///
/// Source: PS3.4 B.5. What is not listed has to show a picture, or counts as unreadable.
enum DocumentClass {
  static func contains(_ sopClass: String?) -> Bool {
    guard let sopClass, sopClass.hasPrefix(root) else { return false }
    let kind = sopClass.dropFirst(root.count)
    return kinds.contains { kind == $0 || kind.hasPrefix("\($0).") }
  }

  private static let root = "1.2.840.10008.5.1.4.1.1."
  /// Waveforms; presentation states; registration and the like (66.4 is segmentation, an image);
  /// real world values; structured reports and key objects; encapsulated documents; radiotherapy
  /// without image and dose.
  private static let kinds = [
    "9", "11", "66.1", "66.2", "66.3", "66.5", "67", "88", "104", "481.3", "481.4", "481.5",
    "481.6", "481.7", "481.8", "481.9",
  ]
}
