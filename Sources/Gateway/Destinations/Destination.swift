public import Foundation
public import Radiology

/// Somewhere documents are delivered to.
///
/// What goes wrong is thrown as a ``DeliveryProblem``, whose code decides what happens next, or as
/// a `CancellationError`.
public protocol Destination: Sendable {
  /// Name and address, for people.
  var place: String { get }

  /// Whether it has the document already, by the document's own identifier; none where it cannot be
  /// asked.
  func holds(_ document: OutgoingDocument) async throws -> Bool?

  /// The patient as whose study it has the document's, where that is somebody else; none where it
  /// has no such study or cannot be asked.
  func otherPatient(_ document: OutgoingDocument) async throws -> Patient.ID?

  /// Sends it; returns what it had to say about it, for people, when it says that it has it.
  func send(_ document: OutgoingDocument) async throws -> String?

  /// Whether it is there at all.
  func check() async throws
}

extension Destination {
  public func holds(_ document: OutgoingDocument) async throws -> Bool? { nil }
  public func otherPatient(_ document: OutgoingDocument) async throws -> Patient.ID? { nil }
}

/// A document as it was frozen.
public struct OutgoingDocument: Sendable {
  public let study: Study.ID
  public let patient: Patient
  public let format: ExportFormat
  public let fileName: String
  public let bytes: Data
  /// Where the same bytes lie as a file.
  public let file: URL

  public init(
    study: Study.ID, patient: Patient, format: ExportFormat, fileName: String, bytes: Data,
    file: URL
  ) {
    self.study = study
    self.patient = patient
    self.format = format
    self.fileName = fileName
    self.bytes = bytes
    self.file = file
  }
}

extension DeliveryProblem {
  /// What went wrong on the way; `wasSent` says whether the destination may have got the document.
  ///
  /// - Throws: `CancellationError` if nothing went wrong but our own end came.
  init(_ error: GatewayError, wasSent: Bool) throws(CancellationError) {
    let code: Code
    switch error {
    case .cancelled: throw CancellationError()
    case .unreachable, .redirected: code = .unreachable
    case .untrusted, .badAuthorities: code = .untrusted
    case .tooSlow, .brokeOff: code = wasSent ? .silent : .unreachable
    case .refused(_, let status): code = Self.code(of: status)
    case .unexpected, .answerTooLarge, .brokenMultipart: code = wasSent ? .unexpected : .unreachable
    default: code = .unable
    }
    self.init(code, "\(error)")
  }

  /// What an HTTP status means for a document that was posted.
  ///
  /// A server that has a problem of its own may have it before or after it kept the document, and one
  /// in between knows nothing of the one behind it; only “not now” says that it did not.
  private static func code(of status: Int) -> Code {
    switch status {
    case 401, 403, 407: .unauthorized
    case 404, 405, 410: .unreachable
    case 408, 429, 501, 503: .busy
    case 500...: .silent
    default: .refused
    }
  }
}
