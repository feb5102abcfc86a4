import DICOM
import Foundation
import Radiology

@testable import Reporting

/// The DICOM objects that a report leaves as.
enum Form: String, CaseIterable, Sendable {
  case sr, gsps, kos, sc, pdf

  func write(_ sample: Sample, _ kind: Kind, header: DataSet?) throws -> [UInt8] {
    let sources = sample.instances.map {
      SourceImage(instance: $0, header: $0.uid == Sample.image ? header : nil)
    }
    let (dossier, identity) = (try sample.dossier(), identity(of: kind))
    let codes = try CodeTable(folder: try Assets.folder())
    return switch self {
    case .sr:
      try dossier.structuredReport(
        of: sources, as: identity, by: StructuredReportTests.station, codes: codes)
    case .gsps:
      try dossier.presentationState(
        of: sources, as: identity, by: StructuredReportTests.station)
    case .kos:
      try dossier.keyObjectSelection(
        of: sources, as: identity, by: StructuredReportTests.station, codes: codes)
    case .sc:
      try dossier.secondaryCapture(
        of: sources, showing: painted(dossier), as: identity, by: StructuredReportTests.station)
    case .pdf:
      try dossier.encapsulated(
        pdf: Array("%PDF-1.4 and so on".utf8), of: sources, as: identity,
        by: StructuredReportTests.station)
    }
  }

  /// The key image as if it had been painted.
  private func painted(_ dossier: Dossier) throws -> PaintedImage {
    PaintedImage(
      try dossier.firstKeyImage(), columns: 64, rows: 32,
      greys: [UInt8](repeating: 7, count: 64 * 32))
  }

  func document(_ kind: Kind) throws -> DataSet {
    let header = try StructuredReportTests.header()
    return try DICOMFile.read(try write(try kind.sample(), kind, header: header)).dataSet
  }

  /// Each form and each kind is an object in a series of its own.
  func identity(of kind: Kind) -> DocumentIdentity {
    let earlier = DocumentIdentity.Predecessor(instance: "2.25.1002", series: "2.25.1001")
    let form = Form.allCases.firstIndex(of: self) ?? 0
    let number = 1000 + 100 * form + 2 * (Kind.allCases.firstIndex(of: kind) ?? 0)
    return DocumentIdentity(
      instance: "2.25.9.\(number)", series: "2.25.9.\(number + 1)",
      number: kind == .addendum ? 2 : 1, made: Sample.date(5), timeZone: .gmt,
      predecessors: kind == .addendum ? [earlier] : [])
  }

  /// The kinds of study that leave in this form.
  var kinds: [Kind] {
    self == .sr || self == .pdf ? Kind.allCases : Kind.allCases.filter(\.hasRegion)
  }

  /// What dsrdump begins with; none for what is no structured report.
  var title: String? {
    switch self {
    case .sr: "Comprehensive 3D SR Document"
    case .kos: "Key Object Selection Document"
    case .gsps, .sc, .pdf: nil
    }
  }
}

extension Kind {
  /// A region is left to be shown.
  var hasRegion: Bool {
    switch self {
    case .normal, .undetermined, .failed, .readerOverrules: false
    case .normalWithRegion, .suspicious, .partlyRead, .underReview, .signed, .preliminary,
      .addendum:
      true
    }
  }
}
