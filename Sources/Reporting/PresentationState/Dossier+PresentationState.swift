import DICOM
import Radiology

extension Dossier {
  /// A Part 10 file with a Grayscale Softcopy Presentation State: the regions and their labels
  /// over the images, as any viewer draws them.
  ///
  /// It shows what the structured report shows and nothing else, in the same pixels; only images
  /// with a region are in it. It depends on nothing but its inputs.
  ///
  /// - Throws: ``ReportingError/noRegionToShow`` where there is nothing to draw, another
  ///   ``ReportingError`` rather than leave out a region or write what is wrong.
  public func presentationState(
    of sources: [SourceImage], as identity: DocumentIdentity, by station: Station
  ) throws(ReportingError) -> [UInt8] {
    try PresentationState(
      head: ObjectHead(dossier: self, sources: sources, identity: identity, station: station)
    ).write()
  }
}

/// The presentation state in the making.
///
/// Source: PS3.3 A.33.1.
struct PresentationState {
  /// Grayscale Softcopy Presentation State Storage.
  static let kind = ObjectHead.Kind(
    sopClass: "1.2.840.10008.5.1.4.1.1.11.1", modality: "PR", seriesNumber: 9003)

  let head: ObjectHead
  let shown: [ShownRegion]
  /// The images with regions, in the order of the study.
  let images: [DrawnImage]
  let greys: SharedGreys

  init(head: ObjectHead) throws(ReportingError) {
    self.head = head
    shown = try head.shownRegions()
    guard !shown.isEmpty else { throw .noRegionToShow }
    let drawn = Set(shown.map(\.reference.instance))
    var images: [DrawnImage] = []
    for (source, reference) in zip(head.sources, head.references)
    where drawn.contains(reference.instance) {
      images.append(try DrawnImage(source, reference))
    }
    self.images = images
    greys = try SharedGreys(of: images)
  }

  func write() throws(ReportingError) -> [UInt8] {
    do {
      var file = try head.begin(Self.kind, title: "Regions, \(standing)")
      // Type 2C wherever no single image says it, PS3.3 C.7.3.1: validators miss it otherwise.
      file.setEmpty(.laterality)
      try setIdentification(of: &file)
      file.set(
        .referencedSeriesSequence,
        items: try head.bySeries(
          images.map { (series: $0.source.instance.series, object: $0.reference) },
          below: .referencedImageSequence))
      try setDisplay(of: &file)
      try setAnnotations(of: &file)
      return try DICOMFile(file).write()
    } catch {
      throw .dicom(error)
    }
  }

  /// Presentation State Identification, PS3.3 C.11.10.
  private func setIdentification(of file: inout DataSet) throws(DICOMError) {
    let made = head.date(in: file)
    try file.set(.contentLabel, "SECONDLOOK")
    let names = shown.map(\.finding.name).joined(separator: ", ")
    try file.set(.contentDescription, "Regions, \(standing): \(names)".short)
    try file.set(.presentationCreationDate, made.date)
    try file.set(.presentationCreationTime, made.time)
    // A model is nobody's name: the creator stays empty until a reader lets the report out.
    let author = head.dossier.report.flatMap { $0.isGiven ? try? Reader($0.author).name : nil }
    if let author {
      try file.set(.contentCreatorName, author)
    } else {
      file.setEmpty(.contentCreatorName)
    }
  }

  private var standing: String { head.dossier.standing }

  /// What is seen of the images and in which greys: all of each, as they say themselves.
  ///
  /// Source: PS3.3 C.10.4, C.11.1, C.11.6, C.11.8.
  private func setDisplay(of file: inout DataSet) throws(DICOMError) {
    var areas: [DataSet] = []
    var windows: [DataSet] = []
    for image in images {
      areas.append(try image.displayedArea())
      if let window = try image.window() { windows.append(window) }
    }
    file.set(.displayedAreaSelectionSequence, items: areas)
    if !windows.isEmpty { file.set(.softcopyVOILUTSequence, items: windows) }
    try file.copy(greys.modality.elements.map(\.tag), from: greys.modality)
    try file.set(.presentationLUTShape, greys.isInverted ? "INVERSE" : "IDENTITY")
  }
}

extension Dossier {
  /// How far what a document shows has come, in a word or two.
  public var standing: String {
    if isSigned { return "final" }
    return report?.state == .preliminary ? "preliminary" : "AI result"
  }
}
