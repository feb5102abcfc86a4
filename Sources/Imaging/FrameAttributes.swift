import DICOM

/// Attributes of one frame, wherever a file keeps them.
///
/// Enhanced multi-frame files have them in functional groups, per frame or shared (PS3.3 C.7.6.16);
/// others have them once for all.
struct FrameAttributes {
  let dataSet: DataSet
  private let groups: [DataSet]

  init(_ dataSet: DataSet, frame: Int) {
    self.dataSet = dataSet
    let perFrame = dataSet.items(.perFrameFunctionalGroupsSequence)
    let own = frame < perFrame.count ? [perFrame[frame]] : []
    groups = own + dataSet.items(.sharedFunctionalGroupsSequence).prefix(1)
  }

  /// The data set that has the attribute: an item of the group's macro, or the whole one.
  func holder(of tag: Tag, in macro: Tag) -> DataSet {
    groups.flatMap { $0.items(macro) }.first { $0.contains(tag) } ?? dataSet
  }

  /// Pixel spacing, or the detector's where the file knows no other (PS3.3 10.7.1.3).
  var spacing: GreyImage.Spacing? {
    let own = holder(of: .pixelSpacing, in: .pixelMeasuresSequence).decimals(.pixelSpacing)
    let values = own.count == 2 ? own : dataSet.decimals(.imagerPixelSpacing)
    guard values.count == 2, values.allSatisfy({ $0 > 1e-6 && $0 < 1_000 }) else { return nil }
    return GreyImage.Spacing(row: values[0], column: values[1], isOfImager: own.count != 2)
  }

  /// What modality values are counted in, where the file says so.
  ///
  /// That is Rescale Type, or Hounsfield units where a CT image has none (PS3.3 C.11.1.1.2,
  /// C.8.2.1.1.2). `US` means that nobody says.
  var unit: String? {
    let stated = holder(of: .rescaleType, in: .pixelValueTransformationSequence)
      .string(.rescaleType)
    if let stated, !stated.isEmpty { return stated == "US" ? nil : stated }
    return dataSet.string(.modality) == "CT" ? "HU" : nil
  }

  /// The windows of the file that show anything, and behind them its tables.
  var windows: [Window] {
    let holder = holder(of: .windowCenter, in: .frameVOILUTSequence)
    let shape: Window.Shape =
      switch holder.string(.voilutFunction) {
      case "SIGMOID": .sigmoid
      case "LINEAR_EXACT": .exact
      default: .linear
      }
    let pairs = zip(holder.decimals(.windowCenter), holder.decimals(.windowWidth))
    let windows = pairs.compactMap {
      try? Window(center: Float($0), width: Float($1), shape: shape)
    }
    let tables = dataSet.items(.voilutSequence).prefix(Self.tableLimit)
      .compactMap { LookupTable($0, isSigned: hasSignedValues) }
    return windows + tables.map { Window($0) }
  }

  /// More tables than anybody offers.
  private static let tableLimit = 16

  /// Whether modality values may be below 0, which says how a table's first input is to be read.
  ///
  /// Source: PS3.3 C.11.2.1.1.
  private var hasSignedValues: Bool {
    guard dataSet.items(.modalityLUTSequence).isEmpty else { return false }
    let intercept = holder(of: .rescaleIntercept, in: .pixelValueTransformationSequence)
      .decimal(.rescaleIntercept)
    return dataSet.integer(.pixelRepresentation) == 1 || intercept ?? 0 < 0
  }

  /// The stored value of pixels outside the image, with the sign the pixels have.
  var padding: Int? {
    guard let value = dataSet.integer(.pixelPaddingValue) else { return nil }
    let isSigned = dataSet.integer(.pixelRepresentation) == 1
    return isSigned
      ? Int(Int16(truncatingIfNeeded: value)) : Int(UInt16(truncatingIfNeeded: value))
  }
}
