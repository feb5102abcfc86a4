import Engine
import Federation
import Triage

/// What a site says of its lessons, and what becomes of it:
///
/// | name | what is counted or added up |
/// |---|---|
/// | `lessons` | lessons to train with, normal and suspicious; to validate with, the same |
/// | `evidence.normal`, `evidence.suspicious` | validation images by evidence, pooled over the map |
/// | `peak.normal`, `peak.suspicious` | the same by the evidence of the strongest place |
/// | `figures.0`, `figures.1` | coarse figures of each half of the lessons, and their products |
/// | `distances` | lessons by their distance from the half they are not in |
/// | `calibrated` | images, normal and suspicious, the site calibrated its model on |
extension Statistics {
  /// How many lessons there are.
  init(lessons: [LabelledImage], validation: [LabelledImage]) {
    func counts(_ images: [LabelledImage]) -> [Int] {
      let suspicious = images.count(where: \.isSuspicious)
      return [images.count - suspicious, suspicious]
    }
    self.init(histograms: [
      Histogram(name: "lessons", counts: counts(lessons) + counts(validation))
    ])
  }

  /// How much evidence a model without calibration finds, and what the lessons look like.
  ///
  /// Half of the lessons is left out where it is so small that its sum may not leave.
  init(
    evidenceOf model: Model, in validation: [LabelledImage], lessons: [LabelledImage]
  ) throws {
    let (pooled, peaks) = try model.evidenceCounts(of: validation)
    let halves = Familiarity.halves(of: lessons.map(\.prepared)).map {
      $0.images >= Self.leastInSum ? $0 : .empty
    }
    self.init(
      histograms: [
        Histogram(name: "evidence.normal", counts: pooled.normal),
        Histogram(name: "evidence.suspicious", counts: pooled.suspicious),
        Histogram(name: "peak.normal", counts: peaks.normal),
        Histogram(name: "peak.suspicious", counts: peaks.suspicious),
      ],
      sums: halves.enumerated().map { half, sums in
        Sum(name: "figures.\(half)", lessons: sums.images, values: sums.values)
      })
  }

  /// How far the lessons lie from what all sites' lessons look like.
  init(distancesOf lessons: [LabelledImage], from known: Statistics) throws {
    self.init(histograms: [
      Histogram(
        name: "distances",
        counts: Familiarity.distances(of: lessons.map(\.prepared), from: try known.halves()))
    ])
  }

  /// On how many images a site calibrated the model it was given; none if it had too few.
  init(calibrationOf own: Model, insteadOf given: Model) {
    let images = own.id == given.id ? 0 : own.calibration.images
    let suspicious = own.id == given.id ? 0 : own.calibration.suspicious
    self.init(histograms: [
      Histogram(name: "calibrated", counts: [images - suspicious, suspicious])
    ])
  }

  /// Lessons to train with, of all sites that said how many they have.
  var lessons: Int { counts("lessons")?.prefix(2).reduce(0, +) ?? 0 }

  fileprivate func halves() throws -> [FigureSums] {
    try ["figures.0", "figures.1"].map { name in
      guard let sum = sum(name), let sums = FigureSums(images: sum.lessons, values: sum.values)
      else { throw FederationError.wrongShape }
      return sums
    }
  }

  fileprivate func evidence(_ name: String) throws -> EvidenceCounts {
    guard let normal = counts("\(name).normal"), let suspicious = counts("\(name).suspicious"),
      let counts = EvidenceCounts(normal: normal, suspicious: suspicious)
    else { throw FederationError.wrongShape }
    return counts
  }
}

extension Recipe {
  /// The common model: the sites' parameters, calibrated on what all said of their lessons.
  ///
  /// The coordinator and every site come to the same one.
  /// - Throws: `FederationError.wrongShape` if they did not say what is needed.
  func commonModel(
    _ parameters: Parameters, knowing known: Statistics, lineage: Lineage
  ) throws -> (model: Model, statement: String) {
    let refit = Calibration.fitted(
      pooled: try known.evidence("evidence"), peaks: try known.evidence("peak"))
    guard let distances = known.counts("distances") else { throw FederationError.wrongShape }
    let model = try model(
      parameters, calibration: refit.calibration,
      familiarity: Familiarity(halves: try known.halves(), distances: distances),
      lineage: lineage)
    return (model, refit.statement)
  }
}
