import Radiology
public import Triage

extension Card {
  /// The leaflet of a chest model that learned from this folder.
  public static func chest(_ data: LabelledFolder) -> Card {
    let rows = data.manifest.rows.filter { $0.split == .train && $0.label != nil }
    let isSynthetic = !rows.isEmpty && rows.allSatisfy { $0.source == "synthetic" }
    let ages = rows.compactMap(\.age)
    return Card(
      name: isSynthetic ? "synthetic chest" : "chest",
      intendedUse:
        "Sorting frontal chest radiographs into normal and suspicious, and marking regions to see "
        + "once more. A safety net beside a reader, never in a reader's place.",
      modalities: ["CR", "DX"], bodyParts: ["CHEST", "THORAX"], views: ["PA", "AP"],
      ages: ages.isEmpty ? nil : Ages(from: 0, to: max(100, ages.max() ?? 100)),
      limits: isSynthetic
        ? ["It has seen generated images only and must not judge a person's."]
        : Self.knownLimits,
      trainingData: Set(rows.map(\.site)).sorted().map { site in
        let own = rows.filter { $0.site == site }
        let suspicious = own.count { $0.label == .suspicious }
        return "\(site): \(own.count - suspicious) normal, \(suspicious) suspicious images."
      }, isSynthetic: isSynthetic,
      terms: isSynthetic
        ? "Apache-2.0."
        : "Learned from publicly released research images; for research and tests only.")
  }

  /// What was measured on the public images the shipped model learned from.
  private static let knownLimits = [
    "Not for diagnosis; measured on a few hundred public test images only.",
    "Labels of one site were mined from reports and are wrong for a fifth or more of them.",
    "Small nodules and subtle disease are missed more often than large opacities.",
    "Children of 1 to 5 years come from one hospital only, where the task is too easy.",
    "A hospital the model has not learned from gets worse figures: calibrate before use.",
    "Not for lateral views, other body parts, CT, or pictures of pictures.",
  ]
}
