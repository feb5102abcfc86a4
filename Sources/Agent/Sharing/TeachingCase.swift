import Foundation
import Radiology

/// What model and reader said of a study, in words that name nobody.
struct TeachingCase: Codable {
  /// What this is, for whoever finds the file alone.
  var about = "SecondLook teaching case, layout 1. De-identified; not for diagnosis."
  /// File names of the images.
  let images: [String]
  let triage: Result?
  /// What the reader called the study; none if nobody did.
  let call: Call?
  /// The reader's regions, or the model's where nobody has read the study.
  let regions: [Mark]

  /// The model's result.
  struct Result: Codable {
    let triageClass: TriageClass
    let probability: Double?
    let threshold: Double?
    let reason: String?
    let model: ModelVersion.ID?
  }

  /// One region, in pixels of the frame; `x1` and `y1` are exclusive.
  struct Mark: Codable {
    let name: String
    let image: String
    let frame: Int
    let x0: Double
    let y0: Double
    let x1: Double
    let y1: Double
    let origin: Finding.Origin
    let state: Finding.State
    let probability: Double?
  }

  /// `files` has the name of each image's file by its SOP Instance UID in the store.
  init(files: [Instance.ID: String], triage: Triage?, review: Review?) {
    images = files.values.sorted()
    self.triage = triage.map {
      Result(
        triageClass: $0.triageClass, probability: $0.probability, threshold: $0.threshold,
        reason: $0.reason, model: $0.model)
    }
    call = review?.call
    regions = (review?.findings ?? triage?.findings ?? []).compactMap { finding in
      let region = finding.region
      return files[region.instance].map { file in
        Mark(
          name: finding.name, image: file, frame: region.frame, x0: region.x0, y0: region.y0,
          x1: region.x1, y1: region.y1, origin: finding.origin, state: finding.state,
          probability: finding.probability)
      }
    }
  }

  func json() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(self)
  }
}
