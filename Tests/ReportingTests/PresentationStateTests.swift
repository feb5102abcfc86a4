import DICOM
import Foundation
import Radiology
import Testing

@testable import Reporting

@Suite("Presentation states and key images")
struct PresentationStateTests {
  private func write(
    _ sample: Sample, _ form: Form = .gsps, _ change: (inout DataSet) throws -> Void = { _ in }
  ) throws -> DataSet {
    var header = try StructuredReportTests.header()
    try change(&header)
    return try DICOMFile.read(try form.write(sample, .signed, header: header)).dataSet
  }

  @Test("each region is outlined in its image's pixels, on the layer of whoever saw it")
  func layers() throws {
    let state = try Form.gsps.document(.signed)
    let annotations = state.items(.graphicAnnotationSequence)
    #expect(annotations.map { $0.string(.graphicLayer) } == ["MODEL", "READER", "NOTE"])
    let drawn = annotations.map { annotation in
      annotation.items(.graphicObjectSequence).map { $0.string(.trackingID) ?? "" }
    }
    #expect(drawn == [["R1", "R2"], ["R3"], []])
    let outline = try #require(annotations[1].items(.graphicObjectSequence).first)
    #expect(outline.decimals(.graphicData) == [300, 10, 310, 10, 310, 30, 300, 30, 300, 10])
    #expect(outline.uid(.trackingUID) == "2.25.7")
    let labels = annotations.flatMap { $0.items(.textObjectSequence) }
      .compactMap { $0.string(.unformattedTextValue) }
    #expect(
      labels == [
        "R1 41% AI, reader agrees", "R2 41% AI, not reviewed", "R3 reader",
        "SecondLook, final: research software, not a medical device",
      ])
  }

  @Test("the image is shown whole, under its own window and polarity")
  func display() throws {
    let sample = try Kind.signed.sample()
    var state = try write(sample) { header in
      try header.set(.photometricInterpretation, "MONOCHROME1")
      try header.set(.windowCenter, decimals: [1600, 40])
      try header.set(.windowWidth, decimals: [2400, 80])
      try header.set(.rescaleIntercept, decimals: [-1024])
      try header.set(.rescaleSlope, decimals: [1])
    }
    let area = try #require(state.items(.displayedAreaSelectionSequence).first)
    #expect(area.integers(.displayedAreaTopLeftHandCorner) == [1, 1])
    #expect(area.integers(.displayedAreaBottomRightHandCorner) == [512, 512])
    let window = try #require(state.items(.softcopyVOILUTSequence).first)
    #expect(window.decimals(.windowCenter) == [1600] && window.decimals(.windowWidth) == [2400])
    #expect(state.decimals(.rescaleIntercept) == [-1024])
    #expect(state.string(.presentationLUTShape) == "INVERSE")
    #expect(state[.laterality] != nil && state.string(.laterality) == nil)

    state = try write(sample)
    #expect(state.string(.presentationLUTShape) == "IDENTITY")
    #expect(!state.contains(.softcopyVOILUTSequence), "no window is made up")
  }

  @Test("a region in the fourth frame is drawn on that frame alone")
  func frames() throws {
    var sample = try Kind.normalWithRegion.sample()
    let old = sample.instances[0]
    sample.instances[0] = Instance(
      uid: old.uid, series: old.series, study: old.study, sopClass: old.sopClass, rows: 512,
      columns: 512, frames: 9, format: .dicom, digest: "", bytes: 1)
    let finding = Finding(
      trackingUID: "2.25.7", name: "R1",
      region: try Region(instance: Sample.image, frame: 3, x0: 1, y0: 1, x1: 9, y1: 9),
      origin: .model)
    sample.triage = Triage(
      study: sample.study.uid, probability: 0.1, threshold: 0.12, findings: [finding],
      model: Sample.digest, made: Sample.date(1))
    let annotation = try write(sample).items(.graphicAnnotationSequence).first
    let image = annotation?.items(.referencedImageSequence).first
    #expect(image?.integer(.referencedFrameNumber) == 4)
    let key = Tree(try write(sample, .kos)).nodes(named: "260753009").first
    #expect(key?.items(.referencedSOPSequence).first?.integer(.referencedFrameNumber) == 4)
  }

  @Test(
    "a study without a region to show has no presentation state and no key images",
    arguments: Kind.allCases.filter { !$0.hasRegion })
  func nothingToShow(kind: Kind) throws {
    let sample = try kind.sample()
    for form in [Form.gsps, .kos, .sc] {
      #expect(throws: ReportingError.noRegionToShow) { try write(sample, form) }
    }
  }

  @Test("a region that cannot be drawn is not left out: there is no presentation state")
  func refusals() throws {
    let sample = try Kind.signed.sample()
    func isRefused(_ change: (inout DataSet) throws -> Void) throws -> Bool {
      do {
        _ = try write(sample, .gsps, change)
        return false
      } catch ReportingError.noPresentationState {
        return true
      }
    }
    #expect(try isRefused { try $0.set(.photometricInterpretation, "RGB") })
    #expect(try isRefused { $0[.photometricInterpretation] = nil })
    #expect(try !isRefused { _ in })
  }

  @Test("the key images are those with regions, and the words say who marked them")
  func keyImages() throws {
    let selection = try Form.kos.document(.underReview)
    let tree = Tree(selection)
    #expect(selection.items(.conceptNameCodeSequence).first?.string(.codeValue) == "113000")
    #expect(tree.nodes(named: "260753009").count == 1)
    let words = try #require(tree.texts(named: "113012").first)
    #expect(words.contains("R2 41% AI, not reviewed") && !words.contains("R1"))
    #expect(words.contains("AI result") && words.contains("no medical device"))
    let evidence = selection.items(.currentRequestedProcedureEvidenceSequence).first?
      .items(.referencedSeriesSequence).first?.items(.referencedSOPSequence)
    #expect(evidence?.map { $0.uid(.referencedSOPInstanceUID) } == [Sample.image])
  }

  @Test("the burned-in copy says that it is one, of which image, and with which regions")
  func burnedIn() throws {
    let copy = try write(try Kind.signed.sample(), .sc)
    #expect(copy.string(.burnedInAnnotation) == "YES")
    #expect(copy.strings(.imageType) == ["DERIVED", "SECONDARY"])
    #expect(copy.string(.modality) == "OT")
    let origin = copy.items(.sourceImageSequence).first
    #expect(origin?.uid(.referencedSOPInstanceUID) == Sample.image)
    let words = try #require(copy.string(.derivationDescription))
    #expect(words.contains("R1 41% AI, reader agrees") && words.contains("R3 reader"))
    #expect(copy.uid(.sopInstanceUID) != Sample.image)
    #expect(copy.uid(.seriesInstanceUID) != "2.25.33445566778899.2")
  }

  @Test(
    "spacings that no image has make no ratio, and stop no document",
    arguments: [
      (1e20, Double.leastNonzeroMagnitude), (.leastNonzeroMagnitude, 1e20), (1e-6, 1e9), (1, 2),
    ])
  func spacings(row: Double, column: Double) throws {
    var sample = try Kind.signed.sample()
    let one = sample.instances[0]
    sample.instances = [
      Instance(
        uid: one.uid, series: one.series, study: one.study, sopClass: one.sopClass, rows: one.rows,
        columns: one.columns, rowSpacing: row, columnSpacing: column, format: .dicom,
        digest: one.digest, bytes: one.bytes)
    ]
    let header = try StructuredReportTests.header()
    let copy = try DICOMFile.read(Form.sc.write(sample, .signed, header: header)).dataSet
    let ratio = copy.integers(.pixelAspectRatio)
    #expect(ratio == ((row, column) == (1, 2) ? [5_000, 10_000] : []))
  }

  @Test("a picture of other regions than the report's is refused")
  func otherPicture() throws {
    let dossier = try Kind.signed.sample().dossier()
    let other = try Kind.suspicious.sample().dossier().firstKeyImage()
    let painted = PaintedImage(other, columns: 1, rows: 1, greys: [0])
    let source = SourceImage(
      instance: try Kind.signed.sample().instances[0], header: try StructuredReportTests.header())
    #expect(throws: ReportingError.mismatch("The picture shows other regions than the report.")) {
      try dossier.secondaryCapture(
        of: [source], showing: painted, as: Form.sc.identity(of: .signed),
        by: StructuredReportTests.station)
    }
  }

  @Test("a page is packed as it is, and what is no PDF is not packed")
  func packed() throws {
    let object = try Form.pdf.document(.signed)
    #expect(object.string(.mimeTypeOfEncapsulatedDocument) == "application/pdf")
    #expect(object.bytes(.encapsulatedDocument) == Array("%PDF-1.4 and so on".utf8))
    #expect(object.string(.burnedInAnnotation) == "YES")
    let sample = try Kind.signed.sample()
    let source = SourceImage(
      instance: sample.instances[0], header: try StructuredReportTests.header())
    #expect(throws: ReportingError.mismatch("The page is no PDF.")) {
      try sample.dossier().encapsulated(
        pdf: [1, 2], of: [source], as: Form.pdf.identity(of: .signed),
        by: StructuredReportTests.station)
    }
  }

  @Test("the same inputs give the same bytes", arguments: [Form.gsps, .kos, .sc, .pdf])
  func deterministic(form: Form) throws {
    let sample = try Kind.signed.sample()
    #expect(try write(sample, form) == write(sample, form))
  }
}
