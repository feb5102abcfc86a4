import DICOM
import Radiology

/// A key image as it was painted: greys with the regions and words burned in.
public struct PaintedImage: Sendable {
  public let key: KeyImage
  public let columns: Int
  public let rows: Int
  /// Row by row from the top, 0 is black.
  public let greys: [UInt8]

  public init(_ key: KeyImage, columns: Int, rows: Int, greys: [UInt8]) {
    precondition(greys.count == columns * rows, "greys are [rows, columns]")
    self.key = key
    self.columns = columns
    self.rows = rows
    self.greys = greys
  }
}

extension Dossier {
  /// A Part 10 file with a Secondary Capture image: the key image with its regions burned in, for
  /// viewers that draw no presentation state.
  ///
  /// It is a copy that says so: Burned In Annotation is YES, and it is derived. Only where it is
  /// asked for: it costs storage and is no picture to learn from.
  /// - Throws: ``ReportingError`` rather than write what is wrong.
  public func secondaryCapture(
    of sources: [SourceImage], showing painted: PaintedImage, as identity: DocumentIdentity,
    by station: Station
  ) throws(ReportingError) -> [UInt8] {
    let head = try ObjectHead(
      dossier: self, sources: sources, identity: identity, station: station)
    guard try keyImages().contains(painted.key),
      let index = head.sources.firstIndex(where: { $0.instance == painted.key.instance })
    else { throw .mismatch("The picture shows other regions than the report.") }
    do {
      return try SecondaryCapture(
        head: head, source: head.sources[index], reference: head.references[index],
        painted: painted
      ).write()
    } catch { throw .dicom(error) }
  }
}

/// The image in the making.
///
/// Source: PS3.3 A.8.1 with the modules it names.
private struct SecondaryCapture {
  let head: ObjectHead
  let source: SourceImage
  let reference: ImageReference
  let painted: PaintedImage

  func write() throws(DICOMError) -> [UInt8] {
    let kind = ObjectHead.Kind(
      sopClass: SourceImage.secondaryCapture, modality: "OT", seriesNumber: 9004)
    var file = try head.begin(kind, title: "Key image, \(head.dossier.standing)")
    file.setEmpty(.laterality)
    let made = head.date(in: file)
    // Made by software out of an image: C.8.6.1.
    try file.set(.conversionType, "WSD")
    try file.set(.contentDate, made.date)
    try file.set(.contentTime, made.time)
    try file.set(.imageType, ["DERIVED", "SECONDARY"])
    try file.set(.burnedInAnnotation, "YES")
    try file.set(.derivationDescription, derivation)
    var origin = reference
    if source.instance.frames > 1 { origin.frame = painted.key.frame + 1 }
    file.set(.sourceImageSequence, items: [try origin.dataSet()])
    file.setEmpty(.patientOrientation)
    if let header = source.header {
      try file.copy(
        [
          .patientOrientation, .lossyImageCompression, .lossyImageCompressionRatio,
          .lossyImageCompressionMethod,
        ], from: header)
    }
    try setPixels(of: &file)
    return try DICOMFile(file).write()
  }

  /// Image Pixel, PS3.3 C.7.6.3.
  private func setPixels(of file: inout DataSet) throws(DICOMError) {
    try file.set(.samplesPerPixel, integers: [1])
    try file.set(.photometricInterpretation, "MONOCHROME2")
    try file.set(.rows, integers: [painted.rows])
    try file.set(.columns, integers: [painted.columns])
    if let rows = source.instance.rowSpacing, let columns = source.instance.columnSpacing,
      rows != columns
    {
      // A ratio of whole numbers, to a hundredth of a percent; one that no image has is not said.
      let ratio = Int32(exactly: (rows / columns * 10_000).rounded()) ?? 0
      if ratio > 0 { try file.set(.pixelAspectRatio, integers: [Int(ratio), 10_000]) }
    }
    try file.set(.bitsAllocated, integers: [8])
    try file.set(.bitsStored, integers: [8])
    try file.set(.highBit, integers: [7])
    try file.set(.pixelRepresentation, integers: [0])
    try file.set(.pixelData, .OB, bytes: painted.greys)
  }

  private var derivation: String {
    let drawn = painted.key.regions.map(\.label).joined(separator: "; ")
    let rest = head.dossier.shownFindings.count - painted.key.regions.count
    let more = rest > 0 ? " \(rest) more in other images." : ""
    return "Regions drawn into the image by \(Station.model): \(drawn).\(more)"
  }
}
