import Radiology
import Reporting
import Terminal

// Documents that arrived with the open study, and the earlier reports of its patient, as text.
extension Workstation {
  static let documentsCommand = Command(
    "documents", [.control("p")], "",
    help: "Read earlier reports and the documents that came with the study", in: Set.study,
    unless: { $0.previewObstacle }
  ) { workstation, _ in
    guard let study = workstation.study else { return [] }
    workstation.notices.hint = "Looking for documents and earlier reports…"
    return [.loadDocuments(study.id)]
  }

  /// Shows them beside the study they were asked for, unless the reader has gone on.
  mutating func show(_ documents: [ReadDocument], of id: Study.ID) -> [Effect] {
    notices.mend(.loadDocuments(id))
    guard let study, study.id == id, overlays.isEmpty, previewObstacle == nil else { return [] }
    guard !documents.isEmpty else {
      notices.hint = "No document came with this study, and there is no earlier report here"
      return []
    }
    notices.hint = nil
    let lines = documents.map(\.text).joined(separator: "\n\n\n")
      .split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    overlays.append(
      .preview(
        PreviewOverlay(
          title: documents.count == 1 ? "Document" : "\(documents.count) documents",
          isBeside: true, lines: lines.map(String.init))))
    return []
  }
}
