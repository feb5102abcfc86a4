public import Imaging
public import Radiology

extension EvidenceMap {
  /// The map over an image, in the probabilities its regions have.
  public func heat(of instance: Instance.ID, by curve: Logistic) -> HeatMap {
    let cell = Double(placement.side) / Double(cells)
    let corner = placement.imagePoint(x: 0, y: 0)
    return HeatMap(
      instance: instance, cells: cells,
      probabilities: values.indices.map { index in
        placement.shows(row: index / cells, column: index % cells, ofCells: cells)
          ? Float(curve.probability(Double(values[index]))) : .nan
      }, x: corner.x, y: corner.y, cellWidth: cell * placement.columnScale,
      cellHeight: cell * placement.rowScale)
  }
}

extension Reader {
  /// What the regions of one image were cut from.
  ///
  /// - Throws: ``TriageError/notJudged(_:)`` with the reason where the model must not judge the
  ///   image; what running the network throws.
  public func heat(of instance: Instance, image: GreyImage) throws -> HeatMap {
    if let reason = reasonNotToJudge(instance) { throw TriageError.notJudged(reason) }
    switch try look(at: image) {
    case .judged(let map): return map.heat(of: instance.id, by: model.calibration.region)
    case .doubtful(let reason): throw TriageError.notJudged(reason)
    }
  }
}
