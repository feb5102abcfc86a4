/// A form a report can leave in.
public enum ExportFormat: String, Codable, Sendable, Hashable, CaseIterable {
  /// Plain text a clinician would print.
  case text
  /// DICOM Comprehensive 3D SR, TID 1500.
  case sr
}
