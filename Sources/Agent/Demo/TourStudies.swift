public import Foundation
import Phantom
import Radiology
public import Store

/// Studies for the tour: generated, and judged by what was drawn into them in place of a model.
///
/// Each abnormal one has two regions to look at: one on what was drawn, and one where nothing is,
/// so that there is something to agree with and something to reject.
public struct TourStudies: Sendable {
  private let studies: [SyntheticStudy]

  /// What is on record as the judge of these studies; no model has that name.
  public static let judge = "the tour"
  /// What that judge may judge.
  public static let scope = "made-up studies of the tour"
  private static let count = 8
  /// Of the abnormal studies in turn; the first is the one the tour reads.
  private static let probabilities = [0.93, 0.74, 0.58]

  /// Draws them.
  ///
  /// - Throws: `DICOMError` if a value does not fit its attribute.
  public init(seed: UInt64 = 1, at date: Date) throws {
    studies = try (0..<Self.count).map {
      try SyntheticStudy(number: $0, seed: seed, hospital: Hospital.examples[0], at: date)
    }
  }

  /// Takes them into a store through the same door as a hospital's; the files go through `inbox`.
  ///
  /// - Throws: ``AgentError``, `StoreError`.
  public func take(
    into store: Store, _ pictures: PictureShelf, inbox: URL, at date: Date
  ) async throws {
    try store.declareSynthetic()
    try FileManager.default.createDirectory(at: inbox, withIntermediateDirectories: true)
    for study in studies {
      try study.bytes.write(to: inbox.appending(path: "\(study.truth.accession).dcm"))
    }
    _ = try await Ingest(store: store, pictures: pictures, source: "tour").take([inbox])
    var abnormal = 0
    for study in studies {
      let known = try store.study(named: study.truth.accession)
      guard let image = try store.instances(of: known.uid).first else { continue }
      let probability =
        study.truth.isAbnormal ? Self.probabilities[abnormal % Self.probabilities.count] : 0.06
      abnormal += study.truth.isAbnormal ? 1 : 0
      try store.save(
        Triage(
          study: known.uid, probability: probability, threshold: 0.5,
          findings: try Self.findings(study.truth, on: image, probability), model: Self.judge,
          made: date))
    }
  }

  private static func findings(
    _ truth: SyntheticStudy.Truth, on image: Instance, _ probability: Double
  ) throws -> [Finding] {
    guard let lesion = truth.boxes.first else { return [] }
    let boxes = [lesion, lesion.elsewhere(than: truth.boxes, on: image)].compactMap(\.self)
    return try boxes.enumerated().map { index, box in
      Finding(
        trackingUID: UID.make(), name: "R\(index + 1)",
        region: try Region(instance: image.id, x0: box.x0, y0: box.y0, x1: box.x1, y1: box.y1),
        probability: index == 0 ? probability : 0.51, origin: .model)
    }
  }
}

extension Manifest.Box {
  /// The same box mirrored to where nothing was drawn; none if there is no such place.
  fileprivate func elsewhere(than drawn: [Manifest.Box], on image: Instance) -> Manifest.Box? {
    let (width, height) = (Double(image.columns), Double(image.rows))
    let across = Manifest.Box(x0: width - x1, y0: y0, x1: width - x0, y1: y1)
    let down = Manifest.Box(x0: x0, y0: height - y1, x1: x1, y1: height - y0)
    return [across, down].first { box in
      drawn.allSatisfy { $0.x1 <= box.x0 || box.x1 <= $0.x0 || $0.y1 <= box.y0 || box.y1 <= $0.y0 }
    }
  }
}
