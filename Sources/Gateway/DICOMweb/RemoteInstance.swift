import DICOM

/// One object of a study as an archive lists it.
struct RemoteInstance: Equatable {
  /// SOP Instance UID (0008,0018).
  let uid: String
  /// Series Instance UID (0020,000E).
  let series: String

  /// nil where the answer does not say which object it is.
  init?(_ answer: DataSet) {
    guard let uid = answer.uid(.sopInstanceUID), let series = answer.uid(.seriesInstanceUID)
    else { return nil }
    (self.uid, self.series) = (uid, series)
  }
}
