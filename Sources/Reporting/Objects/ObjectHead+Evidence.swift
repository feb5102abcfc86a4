import DICOM
import Radiology

extension ObjectHead {
  /// The orders an object answers, as its images name them; none where they name none.
  ///
  /// Source: Referenced Request Sequence of PS3.3 C.17.2 and C.17.6.2.
  func requests() throws(DICOMError) -> [DataSet] {
    guard let header = sources.lazy.compactMap(\.header).first else { return [] }
    var requests: [DataSet] = []
    for source in header.items(.requestAttributesSequence) {
      var request = DataSet()
      try request.copy(
        [.accessionNumber, .requestedProcedureDescription], from: header)
      try request.copy([.requestedProcedureID, .requestedProcedureDescription], from: source)
      try request.set(.studyInstanceUID, dossier.study.uid)
      for tag in Self.requestAttributes where !request.contains(tag) { request.setEmpty(tag) }
      requests.append(request)
    }
    return requests
  }

  private static let requestAttributes: [Tag] = [
    .accessionNumber, .requestedProcedureDescription, .requestedProcedureID,
    .referencedStudySequence, .placerOrderNumberImagingServiceRequest,
    .fillerOrderNumberImagingServiceRequest, .requestedProcedureCodeSequence,
  ]

  /// Objects of the study by series, in the order they come.
  ///
  /// Source: PS3.3 table C.17-3, Hierarchical SOP Instance Reference Macro.
  func hierarchy(
    _ named: [(series: String, object: ImageReference)]
  ) throws(DICOMError) -> DataSet {
    var study = DataSet()
    try study.set(.studyInstanceUID, dossier.study.uid)
    study.set(
      .referencedSeriesSequence, items: try bySeries(named, below: .referencedSOPSequence))
    return study
  }

  /// One item per series with its objects below a sequence.
  func bySeries(
    _ named: [(series: String, object: ImageReference)], below sequence: Tag
  ) throws(DICOMError) -> [DataSet] {
    var order: [String] = []
    var objects: [String: [DataSet]] = [:]
    for (series, object) in named {
      if objects[series] == nil { order.append(series) }
      objects[series, default: []].append(try object.dataSet())
    }
    var items: [DataSet] = []
    for uid in order {
      var item = DataSet()
      try item.set(.seriesInstanceUID, uid)
      item.set(sequence, items: objects[uid] ?? [])
      items.append(item)
    }
    return items
  }
}
