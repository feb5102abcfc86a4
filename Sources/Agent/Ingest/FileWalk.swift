import Foundation
import Radiology

/// The files a person means by a list of paths.
struct FileWalk {
  /// One file, with what a manifest beside it says of it.
  struct Item: Sendable {
    let url: URL
    let row: Manifest.Row?
  }

  private(set) var items: [Item] = []
  private(set) var passedOver = 0
  private(set) var complaints: [String] = []

  /// Names that are no images: told apart by their ending, so that a README is no refused study.
  private static let otherEndings: Set<String> = [
    "csv", "tsv", "txt", "md", "json", "xml", "html", "pdf", "toml", "yaml", "yml", "zip", "py",
    "sh", "log",
  ]

  /// Walks folders recursively, in the order of names; links inside folders are not followed.
  ///
  /// - Throws: ``AgentError/nothingThere(path:)`` for a path that does not exist.
  init(_ paths: [URL]) throws(AgentError) {
    for path in paths {
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: path.path, isDirectory: &isFolder) else {
        throw .nothingThere(path: path.path)
      }
      if isFolder.boolValue {
        walk(path, manifests: [:])
      } else if path.lastPathComponent == "manifest.csv" {
        walk(path.deletingLastPathComponent(), manifests: [:])
      } else {
        let rows = manifest(in: path.deletingLastPathComponent())
        items.append(Item(url: path, row: rows[path.standardizedFileURL.path]))
      }
    }
  }

  private mutating func walk(_ folder: URL, manifests: [String: Manifest.Row]) {
    let rows = manifests.merging(manifest(in: folder)) { _, nearer in nearer }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    for name in names.sorted() where !name.hasPrefix(".") {
      let url = folder.appendingPathComponent(name)
      let type =
        (try? FileManager.default.attributesOfItem(atPath: url.path))?[.type] as? FileAttributeType
      if type == .typeDirectory {
        walk(url, manifests: rows)
      } else if type != .typeRegular || Self.otherEndings.contains(url.pathExtension.lowercased()) {
        passedOver += name == "manifest.csv" ? 0 : 1
      } else {
        items.append(Item(url: url, row: rows[url.standardizedFileURL.path]))
      }
    }
  }

  /// The rows of a folder's manifest by the full path of their file.
  private mutating func manifest(
    in folder: URL
  ) -> [String: Manifest.Row] {
    guard
      let text = try? String(
        contentsOf: folder.appendingPathComponent("manifest.csv"), encoding: .utf8)
    else { return [:] }
    do {
      let manifest = try Manifest(parsing: text)
      complaints += manifest.complaints
      return Dictionary(
        manifest.rows.map { row in
          (folder.appendingPathComponent(row.file).standardizedFileURL.path, row)
        }, uniquingKeysWith: { first, _ in first })
    } catch {
      complaints.append("\(error)")
      return [:]
    }
  }
}
