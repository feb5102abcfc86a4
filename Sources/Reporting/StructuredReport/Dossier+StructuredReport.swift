import DICOM
import Foundation
import Radiology

extension Dossier {
  /// A Part 10 file with a Comprehensive 3D SR document: measurement report TID 1500.
  ///
  /// Until the report is signed the document is complete, unverified and preliminary; then it is
  /// verified and final. It depends on nothing but its inputs. Sources that are no objects a
  /// document could name are left out.
  ///
  /// - Throws: ``ReportingError`` rather than write a document that is wrong.
  public func structuredReport(
    of sources: [SourceImage], as identity: DocumentIdentity, by station: Station,
    codes: CodeTable
  ) throws(ReportingError) -> [UInt8] {
    try StructuredReport(
      head: ObjectHead(dossier: self, sources: sources, identity: identity, station: station)
    ).write(codes)
  }
}

/// The document in the making.
struct StructuredReport {
  /// Comprehensive 3D SR Storage.
  static let kind = ObjectHead.Kind(
    sopClass: "1.2.840.10008.5.1.4.1.1.88.34", modality: "SR", seriesNumber: 9001)

  let head: ObjectHead
  var dossier: Dossier { head.dossier }

  func write(_ codes: CodeTable) throws(ReportingError) -> [UInt8] {
    let content = try content()
    let signer: Reader? = dossier.isSigned ? try Reader(dossier.report?.author ?? "") : nil
    do {
      var file = try head.begin(Self.kind, title: title)
      try setDocument(of: &file)
      try setEvidence(of: &file)
      if let signer { try setVerification(of: &file, by: signer) }
      try file.set(.valueType, "CONTAINER")
      file.set(
        .conceptNameCodeSequence, items: [try codes[.imagingMeasurementReport].dataSet()])
      try file.set(.continuityOfContent, "CONTINUOUS")
      try file.setTemplate("1500")
      file.set(.contentSequence, items: try content.dataSets(codes))
      return try DICOMFile(file).write()
    } catch {
      throw .dicom(error)
    }
  }

  /// The nodes below the document's title, TID 1500.
  private func content() throws(ReportingError) -> [ContentItem] {
    var items = [ContentItem(.hasConceptModifier, .language, .code(.english))]
    items += try head.observerContext()
    items.append(
      ContentItem(
        .hasConceptModifier, .procedureReported,
        .code(BodyPart(dossier.study.bodyPart).procedure)))
    let entries = zip(head.sources, head.references).map {
      $0.libraryEntry($1, study: dossier.study)
    }
    items.append(
      ContentItem(
        .contains, .imageLibrary, .container(template: nil),
        children: [
          ContentItem(
            .contains, .imageLibraryGroup, .container(template: nil), children: entries)
        ]))
    items.append(
      ContentItem(
        .contains, .imagingMeasurements, .container(template: nil),
        children: try MeasurementGroups(head: head).items()))
    return items + narrative + remarks
  }

  /// The sections of a report that is more than a draft.
  private var narrative: [ContentItem] {
    guard let report = dossier.report, report.state != .draft || report.isSigned else { return [] }
    return report.sections.flatMap { section in
      guard let concept = Concept.section(section.key) else {
        return section.isEmpty
          ? []
          : ContentItem.text(.contains, .comment, "\(section.title): \(section.text)")
      }
      return ContentItem.text(.contains, concept, section.text)
    }
  }

  private var remarks: [ContentItem] {
    var remarks: [String] = []
    if dossier.study.isSynthetic {
      remarks.append("The images are synthetic: a program made them, and they show no patient.")
    }
    if head.sources.contains(where: \.isImported) {
      remarks.append(
        "Images imported without a DICOM header are named by identifiers that this program gave "
          + "them, as Secondary Capture objects.")
    }
    remarks += dossier.acknowledgements
    return remarks.flatMap { ContentItem.text(.contains, .comment, $0) }
  }

  /// Never empty: Verifying Organization (0040,A027) must not be.
  var organization: String { head.organization }
}

extension Concept {
  /// What a template's section is called in codes.
  static func section(_ key: String) -> Concept? {
    switch key {
    case "indication": .indications
    case "technique": .procedureDescription
    case "comparison": .priorProcedures
    case "findings": .findings
    case "impression": .impression
    case "recommendation": .recommendation
    case "addendum": .addendum
    default: nil
    }
  }
}
