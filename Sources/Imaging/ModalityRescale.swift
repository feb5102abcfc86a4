import DICOM

/// From stored values to the modality's own: a line, or a table.
///
/// Source: PS3.3 C.11.1.
enum ModalityRescale {
  case line(slope: Double, intercept: Double)
  case table(LookupTable)

  static let identity = ModalityRescale.line(slope: 1, intercept: 0)
  private static let limit = 1e28

  init(_ attributes: FrameAttributes) throws(ImagingError) {
    let holder = attributes.holder(of: .rescaleSlope, in: .pixelValueTransformationSequence)
    if let slope = holder.decimal(.rescaleSlope), let intercept = holder.decimal(.rescaleIntercept)
    {
      // Larger ones are no modality's, and times 2³² would leave what a Float can hold.
      guard slope != 0, abs(slope) < Self.limit else { throw .badHeader(.rescaleSlope) }
      guard abs(intercept) < Self.limit else { throw .badHeader(.rescaleIntercept) }
      self = .line(slope: slope, intercept: intercept)
    } else if let table = attributes.dataSet.items(.modalityLUTSequence).first {
      let isSigned = attributes.dataSet.integer(.pixelRepresentation) == 1
      guard let known = LookupTable(table, isSigned: isSigned) else {
        throw .badHeader(.modalityLUTSequence)
      }
      self = .table(known)
    } else {
      self = .identity
    }
  }

  /// Values outside a table take its nearest end.
  func value(_ stored: Int) -> Float {
    switch self {
    case .line(let slope, let intercept): Float(Double(stored) * slope + intercept)
    case .table(let table): Float(table[stored])
    }
  }
}
