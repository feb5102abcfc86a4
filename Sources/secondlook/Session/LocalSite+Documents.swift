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
  /// What was signed here of the study itself is left out: whoever asks has it before them. One that
  /// cannot be read is there with its reason, and hides no other.
  func documents(of id: Study.ID) throws -> [ReadDocument] {
    guard let row = try store.row(id) else { throw StoreError.notFound }
    let earlier = try store.studies(ofPatient: row.patient.id).earlier(than: row)
    var found = try arrived(with: row)
    for study in earlier {
      do {
        if try store.signedReport(of: study.id) != nil { found.append(.signed(study)) }
        found += try arrived(with: study)
      } catch { found.append(.unknown(study, error)) }
    }
    let documents = found.prefix(Self.most).map(read)
    guard found.count > Self.most else { return documents }
    let rest = "\(found.count - Self.most) older documents are not shown here."
    return documents + [ReadDocument(title: "And more", lines: [rest])]
  }

  /// More than anybody reads of one patient at a sitting.
  private static let most = 50

  /// A document that has not been read yet.
  private enum Found {
    case arrived(Instance, with: WorklistRow)
    case signed(WorklistRow)
    /// Nobody can tell what there is of a study.
    case unknown(WorklistRow, any Error)
  }

  private func arrived(with row: WorklistRow) throws -> [Found] {
    try store.instances(of: row.id).filter(\.isDocument).map { .arrived($0, with: row) }
  }

  private func read(_ found: Found) -> ReadDocument {
    switch found {
    case .arrived(let instance, let row):
      do { return ReadDocument(try pictures.header(of: instance).dataSet) } catch {
        return unread("Document that cannot be read", of: row, error)
      }
    case .signed(let row):
      do { return try signed(row.id) } catch {
        return unread("Report signed here that cannot be shown", of: row, error)
      }
    case .unknown(let row, let error):
      return unread("Examination whose documents cannot be found", of: row, error)
    }
  }

  private func unread(_ title: String, of row: WorklistRow, _ error: any Error) -> ReadDocument {
    let exam = [row.study.date, row.study.description, row.study.accession]
      .compactMap(\.self).filter { !$0.isEmpty }.joined(separator: ", ")
    return ReadDocument(
      title: title, facts: ["Examination: \(exam.isEmpty ? row.id : exam)"],
      lines: ["\(error)", "What is in the store was not changed."])
  }

  private func signed(_ study: Study.ID) throws -> ReadDocument {
    let page = try exporter().document(of: study, format: .text, at: Date())
    let lines = String(decoding: page.bytes, as: UTF8.self)
      .split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    return ReadDocument(title: "Report signed here", lines: lines.map(String.init))
  }
}
