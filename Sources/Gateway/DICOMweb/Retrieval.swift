import AsyncHTTPClient
import DICOM
import Foundation
import NIOCore
import NIOHTTP1

/// Objects of one study on their way from an archive into the spool.
///
/// What arrived whole stays, whatever happens to the rest.
struct Retrieval {
  let web: DICOMweb
  let study: String
  let spool: SpoolFolder
  /// Objects the archive says it has; far more are not taken.
  let announced: Int
  /// What has arrived, by SOP Instance UID.
  private(set) var arrived: [String: URL] = [:]

  private static let accept =
    #"multipart/related; type="application/dicom"; transfer-syntax=*"#

  init(_ study: String, from web: DICOMweb, to spool: SpoolFolder, announced: Int) {
    precondition(DICOM.UID.isValid(study), "a study is named by its UID")
    (self.study, self.web, self.spool, self.announced) = (study, web, spool, announced)
  }

  /// Fetches the whole study with one request.
  mutating func fetchStudy(progress: (Int) -> Void) async throws(GatewayError) {
    try await fetch("/studies/\(study)", only: nil, progress: progress)
  }

  /// Fetches one object.
  mutating func fetch(_ instance: String, of series: String) async throws(GatewayError) {
    try await fetch("/studies/\(study)/series/\(series)/instances/\(instance)", only: instance) {
      _ in
    }
    guard arrived[instance] != nil else { throw .notDICOM(server: web.server) }
  }

  /// Asks once and keeps every object that is of this study, or the one that was asked for.
  private mutating func fetch(
    _ path: String, only instance: String?, progress: (Int) -> Void
  ) async throws(GatewayError) {
    let end = ContinuousClock.now + web.patience.retrieval
    let response = try await web.get(path, accept: Self.accept, within: web.patience.retrieval)
    let type = MediaType(response.headers.first(name: "Content-Type") ?? "")
    guard response.status == .ok, type.name == "multipart/related",
      let boundary = type.parameters["boundary"]
    else { throw .unexpected(server: web.server, expected: "multipart/related") }
    do {
      var parts = ReceivedParts(limit: web.archive.largest, server: web.server)
      var reader = try MultipartReader(boundary: boundary)
      for try await chunk in response.body {
        guard .now < end else { throw GatewayError.tooSlow(server: web.server) }
        for piece in try reader.take(chunk.readableBytesView) {
          guard let draft = try parts.take(piece, into: spool) else { continue }
          try keep(draft, only: instance)
          progress(arrived.count)
        }
      }
      try reader.finish()
    } catch { throw GatewayError(error, from: web.server) }
  }

  /// Gives an object its place, unless it is one that nobody asked for.
  private mutating func keep(
    _ draft: consuming SpoolDraft, only instance: String?
  ) throws(GatewayError) {
    guard let identity = draft.identity() else { throw .notDICOM(server: web.server) }
    let isOurs = identity.study.map { $0 == study } ?? true
    let isWanted = instance == nil || identity.instance.map { $0 == instance } ?? true
    guard isOurs, isWanted else { throw .foreignObject(server: web.server) }
    // A header that only the ingest may judge is kept where its name is known from the request.
    guard let name = identity.instance ?? instance, arrived[name] == nil else { return }
    guard arrived.count < 2 * announced + 100 else {
      throw .tooManyObjects(server: web.server, expected: announced)
    }
    arrived[name] = try draft.keep()
  }
}

/// The parts of a body as drafts, one after the other.
private struct ReceivedParts: ~Copyable {
  let limit: Int
  let server: String
  private var draft: SpoolDraft?

  init(limit: Int, server: String) {
    (self.limit, self.server) = (limit, server)
    draft = nil
  }

  /// Takes the next piece; gives back a draft when its part has ended.
  mutating func take(
    _ piece: MultipartReader.Piece, into spool: SpoolFolder
  ) throws(GatewayError) -> SpoolDraft? {
    switch piece {
    case .begin(let fields):
      let type = MediaType(fields["content-type"] ?? "application/dicom").name
      guard type == "application/dicom" else { throw .notDICOM(server: server) }
      draft = try spool.draft()
    case .content(let bytes):
      guard (draft?.count ?? 0) + bytes.count <= limit else {
        throw .objectTooLarge(server: server, limit: limit)
      }
      try draft?.write(bytes)
    case .end: return draft.take()
    }
    return nil
  }
}
