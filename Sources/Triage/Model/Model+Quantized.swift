import Engine
import Radiology

extension Model {
  /// The same model at work on bytes, which makes it another version; only if that costs nothing
  /// that matters on images it was not trained on.
  ///
  /// The images of every eighth patient show between which numbers the maps lie, those of all
  /// others are read on floats and on bytes. Calls `progress` after each batch with images done and
  /// images to do.
  ///
  /// Throws ``TriageError/quantizationRefused(_:)`` with the figures where the AUROC falls by
  /// ``QuantizationTrial/mostFall`` or more, ``TriageError/tooFewReads(normal:suspicious:)`` where
  /// they would say nothing, or `CancellationError` if the task was cancelled.
  public func quantized(
    on images: [LabelledImage], threads: Int? = nil, progress: (Int, Int) -> Void = { _, _ in }
  ) throws -> (model: Model, trial: QuantizationTrial) {
    let patients = Set(images.map(\.patient)).sorted()
    let shown = Set(stride(from: 0, to: patients.count, by: Self.oneShownOf).map { patients[$0] })
    let reads = images.filter { !shown.contains($0.patient) }
    let suspicious = reads.count(where: \.isSuspicious)
    let normal = reads.count - suspicious
    guard suspicious * normal > QuantizationTrial.fewPairs,
      min(suspicious, normal) >= QuantizationTrial.leastOfEach
    else {
      throw TriageError.tooFewReads(normal: normal, suspicious: suspicious)
    }
    let floats = try onFloats()
    let candidate = try floats.quantized(
      showing: images.filter { shown.contains($0.patient) }.map(\.prepared), threads: threads)
    func auroc(_ model: Model, after done: Int) throws -> Double {
      let scores = RankedScores(
        try model.reads(of: reads, threads: threads) { progress(done + $0, 2 * reads.count) })
      guard let auroc = scores.auroc() else { preconditionFailure("both classes are there") }
      return auroc
    }
    let trial = QuantizationTrial(
      floats: try auroc(floats, after: 0), bytes: try auroc(candidate, after: reads.count),
      images: reads.count, suspicious: suspicious)
    guard trial.isAccepted else { throw TriageError.quantizationRefused(trial) }
    var model = candidate
    model.lineage.recipe += "; works on bytes, \(trial.statement)"
    return (model, trial)
  }

  /// Patients of whom one shows what the maps are like; the others are left to be read.
  private static let oneShownOf = 8

  /// The same model at work on floats: itself, or the version that it was quantised from.
  public func onFloats() throws(TriageError) -> Model {
    guard quantization != nil else { return self }
    var model = try successor(calibration: calibration, quantization: nil)
    model.lineage.recipe += "; works on floats again"
    return model
  }

  private func quantized(showing images: [Prepared], threads: Int?) throws(TriageError) -> Model {
    let quantization: Quantization
    do {
      quantization = try Quantization(
        of: network, parameters, images: images.flatMap(\.input), threads: threads)
    } catch { throw TriageError(error) }
    return try successor(calibration: calibration, quantization: quantization)
  }
}
