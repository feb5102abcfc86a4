import DICOM
import Radiology

extension Dossier {
  /// A Part 10 file with an Encapsulated PDF: the page to print, as an object of the study.
  ///
  /// `pdf` is the page as it was set. Only where it is asked for: it says nothing that the
  /// structured report does not say.
  /// - Throws: ``ReportingError`` rather than write what is wrong.
  public func encapsulated(
    pdf: [UInt8], of sources: [SourceImage], as identity: DocumentIdentity, by station: Station
  ) throws(ReportingError) -> [UInt8] {
    let head = try ObjectHead(
      dossier: self, sources: sources, identity: identity, station: station)
    guard pdf.starts(with: Array("%PDF-".utf8)) else { throw .mismatch("The page is no PDF.") }
    // Source: PS3.3 A.45.1 and C.24.2.
    let kind = ObjectHead.Kind(
      sopClass: "1.2.840.10008.5.1.4.1.1.104.1", modality: "DOC", seriesNumber: 9005)
    do {
      var file = try head.begin(kind, title: "Page, \(standing)")
      let made = head.date(in: file)
      try file.set(.conversionType, "WSD")
      try file.set(.contentDate, made.date)
      try file.set(.contentTime, made.time)
      file.setEmpty(.acquisitionDateTime)
      // The page names the patient.
      try file.set(.burnedInAnnotation, "YES")
      try file.set(.documentTitle, "Radiology report, \(standing)")
      file.setEmpty(.conceptNameCodeSequence)
      try file.set(.mimeTypeOfEncapsulatedDocument, "application/pdf")
      try file.set(.encapsulatedDocumentLength, integers: [pdf.count])
      try file.set(.encapsulatedDocument, .OB, bytes: pdf)
      return try DICOMFile(file).write()
    } catch { throw .dicom(error) }
  }
}
