public import Engine
import Radiology

extension Model {
  /// Makes a model of learned weights: calibrates them on images they were not trained on.
  ///
  /// The validation images were never trained on and are prepared by the same preprocessing; too
  /// few of them leave the calibration unfitted, and the statement says so. Without familiarity
  /// any image is judged. Throws ``TriageError``.
  public static func learned(
    network: Network, parameters: Parameters, preprocessing: Preprocessing, readOut: ReadOut,
    validation: [LabelledImage], familiarity: Familiarity? = nil,
    operatingPoint: Calibration.OperatingPoint = .specificity(0.9), card: Card, lineage: Lineage,
    threads: Int? = nil
  ) throws -> (model: Model, statement: String) {
    let raw = try Model(
      network: network, parameters: parameters, preprocessing: preprocessing, readOut: readOut,
      calibration: .none, familiarity: familiarity, card: card, lineage: lineage)
    let maps = try Scorer(raw, batch: 16, threads: threads).maps(of: validation.map(\.prepared))
    func observations(_ evidence: (EvidenceMap) -> Double) -> [Calibration.Observation] {
      zip(maps, validation).map {
        Calibration.Observation(evidence: evidence($0), isSuspicious: $1.isSuspicious)
      }
    }
    let refit = Calibration.fitted(
      pooled: observations(\.pooled), peaks: observations(\.peak), at: operatingPoint)
    let model = try Model(
      network: network, parameters: parameters, preprocessing: preprocessing, readOut: readOut,
      calibration: refit.calibration, familiarity: familiarity, card: card, lineage: lineage)
    return (model, refit.statement)
  }

  /// Scores images whose truth is known, in order.
  ///
  /// Calls `progress` after each batch with the number of images done. Throws ``TriageError``, or
  /// `CancellationError` if the task was cancelled.
  public func reads(
    of images: [LabelledImage], threads: Int? = nil, progress: (Int) -> Void = { _ in }
  ) throws -> [Evaluation.Read] {
    let maps = try Scorer(self, batch: 16, threads: threads).maps(of: images.map(\.prepared)) {
      try Task.checkCancellation()
      progress($0)
    }
    return try zip(maps, images).map { map, image in
      guard map.isFinite else {
        throw TriageError.modelIsInconsistent("its network gave no number for an image.")
      }
      return Evaluation.Read(
        patient: image.patient, site: image.site, isSuspicious: image.isSuspicious,
        probability: calibration.study.probability(map.pooled),
        pointing: image.boxes.isEmpty
          ? nil
          : PointingTrial(
            point: map.peakPoint, boxes: image.boxes, columns: image.columns, rows: image.rows))
    }
  }

  /// How well the model reads images whose truth is known.
  public func evaluation(
    on images: [LabelledImage], threads: Int? = nil, progress: (Int) -> Void = { _ in }
  ) throws -> Evaluation {
    try Evaluation(
      of: reads(of: images, threads: threads, progress: progress),
      threshold: calibration.threshold)
  }

  /// The model with its calibration refitted to images with known truth, for example a site's own
  /// reviewed studies; unchanged where there are too few.
  public func recalibrated(
    on images: [LabelledImage], at operatingPoint: Calibration.OperatingPoint? = nil,
    threads: Int? = nil
  ) throws -> (model: Model, statement: String) {
    let pairs = try reads(of: images, threads: threads).map {
      Calibration.Pair(probability: $0.probability, isSuspicious: $0.isSuspicious)
    }
    let refit = calibration.refitted(
      to: pairs, at: operatingPoint ?? calibration.operatingPoint)
    return (refit.isFitted ? try recalibrated(refit.calibration) : self, refit.statement)
  }
}
