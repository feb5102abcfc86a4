public import Foundation
import Radiology
public import Store

/// What whoever maintains the program needs to help a site: numbers and reasons, and nobody's name.
///
/// No images, names, identifiers, addresses or paths are in it. Before it is handed out it is
/// searched for everything in the store that names a patient, an order or an image.
public struct SupportBundle: Sendable {
  /// JSON with sorted keys.
  public let json: Data

  /// The bundle of a store; `version` is what the program calls itself.
  ///
  /// - Throws: ``AgentError/identityInBundle`` if anything that names somebody is in it, and what
  ///   reading the store throws.
  public init(of store: Store, version: String, at date: Date = Date()) throws {
    let content = try SupportContent(of: store, version: version, at: date)
    let blank = try SupportContent(of: Store(), version: version, at: date)
    let scan = IdentityScan(try store.identities(), blank: try blank.texts())
    guard try !scan.finds(in: content.texts()) else { throw AgentError.identityInBundle }
    json = try content.encoded()
  }

  /// Writes it to a file that only its owner may read.
  ///
  /// - Throws: ``AgentError/notWritten(path:reason:)``, also if there is a file already.
  public func write(to place: URL) throws(AgentError) {
    let document = Document(fileName: place.lastPathComponent, bytes: json)
    guard !FileManager.default.fileExists(atPath: place.path) else {
      throw .notWritten(path: place.path, reason: "there is a file already, which stays")
    }
    try document.write(into: place.deletingLastPathComponent())
  }
}
