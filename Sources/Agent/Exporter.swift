import Crypto
import DICOM
public import Foundation
public import Radiology
import Reporting
public import Store
import Triage

/// A form a report can leave in.
public enum ExportFormat: String, Sendable, CaseIterable {
  /// Plain text a clinician would print.
  case text
  /// DICOM Comprehensive 3D SR, TID 1500.
  case sr
}

/// A finished document.
public struct Document: Sendable {
  public let fileName: String
  public let bytes: Data
  /// SHA-256, lowercase hexadecimal.
  public let digest: String

  init(fileName: String, bytes: Data) {
    self.fileName = fileName
    self.bytes = bytes
    digest = SHA256.hash(data: bytes).map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }.joined()
  }

  /// Writes the document whole or not at all, readable by its owner alone.
  ///
  /// - Returns: where it lies.
  /// - Throws: ``AgentError/notWritten(path:reason:)``.
  @discardableResult
  public func write(into folder: URL) throws(AgentError) -> URL {
    let place = folder.appending(path: fileName)
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try bytes.write(to: place, options: .atomic)
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: place.path)
      return place
    } catch let error as CocoaError where error.code == .fileWriteOutOfSpace {
      throw .notWritten(path: place.path, reason: "the disk is full")
    } catch {
      throw .notWritten(path: place.path, reason: "check that the folder may be written")
    }
  }
}
