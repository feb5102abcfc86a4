import Radiology

/// What made a result.
///
/// Source: PS3.16 TID 4019, which identifies any algorithm, the one that turns a reader's mouse
/// or keys into an outline as well as a neural network; only the latter is of the family
/// Artificial Intelligence.
struct Algorithm: Hashable, Sendable {
  let name: String
  let version: String
  let manufacturer: String
  var parameters: [String] = []
  var isArtificialIntelligence = false

  /// The model that judged, or the program's own check where no model was let near the study.
  init(triage: Triage, model: ModelVersion?, station: Station) {
    name = "\(Station.model) triage"
    manufacturer = Station.manufacturer
    isArtificialIntelligence = triage.model != nil
    guard let id = triage.model else {
      version = "\(station.version), no model"
      return
    }
    version = "\(model?.name ?? "model") \(id.prefix(12))"
    parameters = ["program=\(station.version)", "model_sha256=\(id)"]
    if let threshold = triage.threshold { parameters.append("threshold=\(threshold)") }
    if let round = model?.round { parameters.append("federation_round=\(round)") }
    if let model, model.lessons > 0 { parameters.append("lessons=\(model.lessons)") }
  }

  /// The tool a reader draws regions with.
  init(drawnOn station: Station) {
    name = "\(Station.model) region tool, drawn by hand"
    version = station.version
    manufacturer = Station.manufacturer
  }

  /// The tool a reader calls a study with.
  init(calledOn station: Station) {
    name = "\(Station.model) reading screen, called by the reader"
    version = station.version
    manufacturer = Station.manufacturer
  }

  var items: [ContentItem] {
    func text(_ name: Concept, _ text: String) -> [ContentItem] {
      ContentItem.text(.hasConceptModifier, name, text)
    }
    let family = ContentItem(
      .hasConceptModifier, .algorithmFamily, .code(.artificialIntelligence))
    return text(.algorithmName, name) + text(.algorithmVersion, version)
      + text(.algorithmManufacturer, manufacturer)
      + parameters.flatMap { text(.algorithmParameters, $0) }
      + (isArtificialIntelligence ? [family] : [])
  }
}
