import DICOM

/// From stored values to the modality's own: a line, or a table.
///
/// Source: PS3.3 C.11.1.
enum ModalityRescale {
  case line(slope: Double, intercept: Double)
  case table(first: Int, values: [Float])

  static let identity = ModalityRescale.line(slope: 1, intercept: 0)

  init(_ attributes: FrameAttributes) throws(ImagingError) {
    let holder = attributes.holder(of: .rescaleSlope, in: .pixelValueTransformationSequence)
    if let slope = holder.decimal(.rescaleSlope), let intercept = holder.decimal(.rescaleIntercept)
    {
      // Larger ones are no modality's, and would leave what a Float can hold.
      guard slope != 0, abs(slope) < 1e30 else { throw .badHeader(.rescaleSlope) }
      guard abs(intercept) < 1e30 else { throw .badHeader(.rescaleIntercept) }
      self = .line(slope: slope, intercept: intercept)
    } else if let table = attributes.dataSet.items(.modalityLUTSequence).first {
      self = try Self.table(table, isSigned: attributes.dataSet.integer(.pixelRepresentation) == 1)
    } else {
      self = .identity
    }
  }

  /// Values outside a table take its nearest end.
  func value(_ stored: Int) -> Float {
    switch self {
    case .line(let slope, let intercept): Float(Double(stored) * slope + intercept)
    case .table(let first, let values):
      values[min(max(stored - first, 0), values.count - 1)]
    }
  }

  private static func table(
    _ item: DataSet, isSigned: Bool
  ) throws(ImagingError) -> ModalityRescale {
    let descriptor = item.integers(.lutDescriptor)
    let values = item.integers(.lutData).map { Float($0) }
    // A stated count of 0 means 65,536 entries.
    guard descriptor.count == 3, !values.isEmpty, (-32_768...65_535).contains(descriptor[1]),
      values.count >= (descriptor[0] == 0 ? 65_536 : descriptor[0])
    else { throw .badHeader(.modalityLUTSequence) }
    let first = isSigned ? Int(Int16(truncatingIfNeeded: descriptor[1])) : descriptor[1]
    return .table(first: first, values: values)
  }
}
