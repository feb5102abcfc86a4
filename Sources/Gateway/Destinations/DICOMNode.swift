import Foundation

/// A system that speaks DICOM's own protocol, and how it is called.
public struct DICOMNode: Sendable, Equatable {
  public let host: String
  public let port: Int
  /// Its application entity title.
  public let called: String
  /// Ours.
  public let calling: String
  public let tls: Configuration.Trust?

  /// For `secondlook-dicom`.
  var words: [String] {
    var words = [host, "\(port)", "--calling", calling, "--called", called]
    guard let tls else { return words }
    words += ["--tls", "--authorities", tls.authorities.path]
    if let certificate = tls.certificate, let key = tls.key {
      words += ["--certificate", certificate.path, "--key", key.path]
    }
    return words
  }
}
