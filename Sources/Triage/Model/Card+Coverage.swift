public import Radiology

extension Card {
  /// Why this model must not judge any image of a study; nothing if it may.
  ///
  /// An age that the study doesn't say is no reason: many archives strip it. The sentence carries no
  /// patient data.
  public func reasonNotCovered(_ study: Study) -> String? {
    if isSynthetic, !study.isSynthetic {
      return "The model “\(name)” has learned from generated images only and must not judge a "
        + "person's."
    }
    return ageReason(study.age)
  }

  /// Why this model must not judge one image; nothing if it may.
  ///
  /// What the image doesn't say counts as not covered. The sentence carries no patient data.
  public func reasonNotCovered(_ image: Instance) -> String? {
    Self.reason("modality", image.modality, modalities)
      ?? Self.reason("body part", image.bodyPart, bodyParts)
      ?? Self.reason("view", image.view, views)
  }

  private static func reason(_ what: String, _ value: String, _ covered: [String]) -> String? {
    let code = value.uppercased().filter { $0.isLetter || $0.isNumber }
    if covered.contains(code) { return nil }
    let list = covered.joined(separator: " or ")
    return code.isEmpty
      ? "The image does not say its \(what); the model judges \(list) only."
      : "The \(what) \(code.prefix(16)) is not covered; the model judges \(list) only."
  }

  private func ageReason(_ age: Int?) -> String? {
    guard let ages, let age, !(ages.from...max(ages.from, ages.to)).contains(age) else {
      return nil
    }
    return "The patient's age is outside the \(ages.from) to \(ages.to) years the model has "
      + "learned from."
  }
}
