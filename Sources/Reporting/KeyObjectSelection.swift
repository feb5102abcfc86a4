import DICOM
import Radiology

extension Dossier {
  /// A Part 10 file with a Key Object Selection: the images a clinician should see first.
  ///
  /// These are the images with a region that is shown, under the title Of Interest. A study
  /// without one has no such image: to list all of them would say that each is of interest, to
  /// pick one would invent a reason, and a selection of none is forbidden, so there is no object.
  ///
  /// - Throws: ``ReportingError/noRegionToShow`` for a study without a region to show, another
  ///   ``ReportingError`` rather than write what is wrong.
  public func keyObjectSelection(
    of sources: [SourceImage], as identity: DocumentIdentity, by station: Station,
    codes: CodeTable
  ) throws(ReportingError) -> [UInt8] {
    try KeyObjectSelection(
      head: ObjectHead(dossier: self, sources: sources, identity: identity, station: station)
    ).write(codes)
  }
}

/// The selection in the making.
///
/// Source: PS3.3 A.35.4 and C.17.6, PS3.16 TID 2010.
struct KeyObjectSelection {
  /// Key Object Selection Document Storage.
  static let kind = ObjectHead.Kind(
    sopClass: "1.2.840.10008.5.1.4.1.1.88.59", modality: "KO", seriesNumber: 9002)

  let head: ObjectHead
  let shown: [ShownRegion]

  init(head: ObjectHead) throws(ReportingError) {
    self.head = head
    shown = try head.shownRegions()
    guard !shown.isEmpty else { throw .noRegionToShow }
  }

  func write(_ codes: CodeTable) throws(ReportingError) -> [UInt8] {
    let content = try content()
    do {
      var file = try head.begin(Self.kind, title: "Key images")
      let made = head.date(in: file)
      try file.set(.contentDate, made.date)
      try file.set(.contentTime, made.time)
      file.setEmpty(.referencedPerformedProcedureStepSequence)
      let requests = try head.requests()
      if !requests.isEmpty { file.set(.referencedRequestSequence, items: requests) }
      let named = shown.map { (series: $0.image.instance.series, object: $0.reference) }
      var whole: [(series: String, object: ImageReference)] = []
      for (series, object) in named
      where !whole.contains(where: { $0.object.instance == object.instance }) {
        whole.append((series, ImageReference(sopClass: object.sopClass, instance: object.instance)))
      }
      file.set(.currentRequestedProcedureEvidenceSequence, items: [try head.hierarchy(whole)])
      try file.set(.valueType, "CONTAINER")
      file.set(.conceptNameCodeSequence, items: [try codes[.ofInterest].dataSet()])
      try file.set(.continuityOfContent, "SEPARATE")
      try file.setTemplate("2010")
      file.set(.contentSequence, items: try content.dataSets(codes))
      return try DICOMFile(file).write()
    } catch {
      throw .dicom(error)
    }
  }

  /// The nodes below the title, TID 2010.
  private func content() throws(ReportingError) -> [ContentItem] {
    var items = [ContentItem(.hasConceptModifier, .language, .code(.english))]
    items += try head.observerContext()
    items += ContentItem.text(.contains, .keyObjectDescription, description)
    items += shown.map(\.reference).unique.map {
      ContentItem(.contains, .source, .image($0))
    }
    return items
  }

  private var description: String {
    var lines = ["Images with regions to look at again (\(head.dossier.standing)):"]
    lines += shown.map { "\($0.finding.label)" }
    if head.dossier.study.isSynthetic {
      lines.append("The images are synthetic: a program made them, and they show no patient.")
    }
    lines.append("Result of research software that is no medical device.")
    return lines.joined(separator: "\n")
  }
}
