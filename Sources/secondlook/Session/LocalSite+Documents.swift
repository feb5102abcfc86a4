import Agent
import DICOM
import Foundation
import Radiology
import Reporting
import Store

extension LocalSite {
  /// What was written of a study and of the patient's earlier ones: what arrived with them, and
  /// what was signed here; the study's own first, then the newest.
  ///
  /// What was signed here of the study itself is left out: whoever asks has it before them.
  func documents(of id: Study.ID) throws -> [ReadDocument] {
    guard let row = try store.row(id) else { throw StoreError.notFound }
    let earlier = try store.studies(ofPatient: row.patient.id).earlier(than: row)
    var documents = try arrived(with: id)
    for study in earlier {
      if try store.signedReport(of: study.id) != nil { documents.append(try signed(study.id)) }
      documents += try arrived(with: study.id)
    }
    guard documents.count > Self.most else { return documents }
    let rest = "\(documents.count - Self.most) older documents are not shown here."
    return documents.prefix(Self.most) + [ReadDocument(title: "And more", lines: [rest])]
  }

  /// More than anybody reads of one patient at a sitting.
  private static let most = 50

  private func arrived(with study: Study.ID) throws -> [ReadDocument] {
    try store.instances(of: study).filter(\.isDocument).map { instance in
      do { return ReadDocument(try pictures.header(of: instance).dataSet) } catch {
        return ReadDocument(
          title: "Document that cannot be read",
          lines: ["\(error)", "The file is kept as it came."])
      }
    }
  }

  private func signed(_ study: Study.ID) throws -> ReadDocument {
    let page = try exporter().document(of: study, format: .text, at: Date())
    let lines = String(decoding: page.bytes, as: UTF8.self)
      .split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    return ReadDocument(title: "Report signed here", lines: lines.map(String.init))
  }
}
