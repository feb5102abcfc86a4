public import DICOM

/// Something a file says about its image that is not shown.
public enum ImageNote: Sendable, Hashable {
  /// So many overlays: drawings or text over the image (PS3.3 C.9.2).
  case overlays(Int)
  /// Pixels are not square; the picture is squeezed. Height of a pixel divided by its width.
  case notSquare(Double)
  /// MONOCHROME1 or 2 says one thing and the Presentation LUT Shape another (PS3.3 C.11.6).
  case greysDisagree
  /// Values of 32 bits are shown to the 24 that a Float keeps.
  case rounded
}

extension ImageNote: CustomStringConvertible {
  public var description: String {
    switch self {
    case .overlays(1): "1 overlay is not shown"
    case .overlays(let count): "\(count) overlays are not shown"
    case .notSquare(let aspect):
      "pixels are \(Int(min(aspect * 100, 100_000).rounded())) % as high as wide and shown square"
    case .greysDisagree: "the file disagrees with itself about what is bright"
    case .rounded: "values are shown to 24 of their 32 bits"
    }
  }
}

extension DICOMFile {
  /// What the header says about the image that is not shown, in a fixed order.
  public var imageNotes: [ImageNote] {
    var notes: [ImageNote] = []
    let overlays = overlayGroups.count
    if overlays > 0 { notes.append(.overlays(overlays)) }
    if let aspect = pixelAspect, abs(aspect - 1) > 0.01 { notes.append(.notSquare(aspect)) }
    if dataSet.meansInverse != nil, dataSet.meansInverse != dataSet.isMonochrome1 {
      notes.append(.greysDisagree)
    }
    if dataSet.integer(.bitsStored) ?? 0 > 24 { notes.append(.rounded) }
    return notes
  }

  /// Groups 6000 to 60FF, even ones, that have rows: an overlay each.
  private var overlayGroups: Set<UInt16> {
    Set(
      dataSet.elements.map(\.tag)
        .filter { $0.group & 0xff00 == 0x6000 && !$0.isPrivate && $0.element == 0x0010 }
        .map(\.group))
  }

  /// Height of a pixel divided by its width; nil where the file says neither.
  private var pixelAspect: Double? {
    if let spacing = FrameAttributes(dataSet, frame: 0).spacing {
      return spacing.row / spacing.column
    }
    let ratio = dataSet.integers(.pixelAspectRatio)
    guard ratio.count == 2, ratio.allSatisfy({ $0 > 0 }) else { return nil }
    return Double(ratio[0]) / Double(ratio[1])
  }
}

extension DataSet {
  var isMonochrome1: Bool { string(.photometricInterpretation) == "MONOCHROME1" }

  /// Whether the Presentation LUT Shape wants small values bright; nil where it says nothing.
  var meansInverse: Bool? {
    switch string(.presentationLUTShape) {
    case "INVERSE": true
    case "IDENTITY": false
    default: nil
    }
  }
}
