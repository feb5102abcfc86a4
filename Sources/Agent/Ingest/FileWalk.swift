import Foundation
import Radiology

/// The files a person means by a list of paths, or that wait in an inbox.
struct FileWalk {
  /// One file, with what a manifest beside or above it says of it.
  struct Item: Sendable {
    let url: URL
    let naming: ManifestNames.Naming
  }

  private(set) var items: [Item] = []
  /// How many files are no images by their name.
  private(set) var passedOver = 0
  /// Files that a walked folder's manifest names and that are not there, as it names them.
  private(set) var missing: [String] = []
  private(set) var complaints: [String] = []
  /// Files written to after this moment, and pictures whose manifest was, are left for later.
  private var settledBefore = Date.distantFuture
  /// Whether somebody is writing to a file at this moment.
  private let isGrowing: (URL) -> Bool

  /// Names that are no images: told apart by their ending, so that a README is no refused study.
  private static let otherEndings: Set<String> = [
    "csv", "tsv", "txt", "md", "json", "xml", "html", "pdf", "toml", "yaml", "yml", "zip", "py",
    "sh", "log",
  ]

  /// Walks folders recursively, in the order of names; links inside folders are not followed.
  ///
  /// - Throws: ``AgentError/nothingThere(path:)`` for a path that does not exist.
  init(_ paths: [URL]) throws(AgentError) {
    isGrowing = { _ in false }
    for path in paths {
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: path.path, isDirectory: &isFolder) else {
        throw .nothingThere(path: path.path)
      }
      if isFolder.boolValue {
        walk(path, below: ManifestNames())
      } else if path.lastPathComponent == ManifestNames.file {
        walk(path.deletingLastPathComponent(), below: ManifestNames())
      } else {
        let (names, _) = names(in: path.deletingLastPathComponent(), below: ManifestNames())
        items.append(Item(url: path, naming: names[path]))
      }
    }
  }

  /// The first files of a folder of a spool: they are whole, and no manifest says anything of them.
  init(spool folder: URL, most: Int) {
    isGrowing = { _ in false }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    items = names.filter { !$0.hasPrefix(".") }.sorted().prefix(most).map { name in
      let file = folder.appending(path: name)
      return Item(url: file, naming: ManifestNames()[file])
    }
  }

  /// Walks an inbox for what had settled at a moment, past the folder of what was refused.
  init(
    inbox: URL, past refused: URL, settledBefore moment: Date, isGrowing: @escaping (URL) -> Bool
  ) {
    self.isGrowing = isGrowing
    settledBefore = moment
    walk(inbox, below: ManifestNames(), past: refused.lastPathComponent)
  }

  private mutating func walk(
    _ folder: URL, below above: ManifestNames, past ignored: String? = nil
  ) {
    let contents = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    let manifest = folder.appendingPathComponent(ManifestNames.file)
    if contents.contains(ManifestNames.file), !isSettled(manifest) { return }
    let (names, files) = names(in: folder, below: above)
    for name in contents.sorted() where !name.hasPrefix(".") && name != ignored {
      let url = folder.appendingPathComponent(name)
      let attributes = try? FileManager.default.attributesOfItem(atPath: url.path)
      switch attributes?[.type] as? FileAttributeType {
      case .typeDirectory: walk(url, below: names)
      case .typeRegular where name == ManifestNames.file: continue
      case .typeRegular where !Self.otherEndings.contains(url.pathExtension.lowercased()):
        if isSettled(url) { items.append(Item(url: url, naming: names[url])) }
      default: passedOver += 1
      }
    }
    missing += files.filter {
      !FileManager.default.fileExists(atPath: folder.appendingPathComponent($0).path)
    }
  }

  private func isSettled(_ file: URL) -> Bool {
    guard settledBefore < .distantFuture else { return true }
    let changed = try? file.resourceValues(forKeys: [.contentModificationDateKey])
      .contentModificationDate
    return (changed.map { $0 <= settledBefore } ?? false) && !isGrowing(file)
  }

  /// What the manifest of a folder says, on top of those above it, and the files it names.
  private mutating func names(
    in folder: URL, below above: ManifestNames
  ) -> (names: ManifestNames, files: [String]) {
    let file = folder.appendingPathComponent(ManifestNames.file)
    guard let bytes = try? Data(contentsOf: file) else { return (above, []) }
    var names = above
    do {
      let manifest = try Manifest(parsing: String(decoding: bytes, as: UTF8.self))
      complaints += manifest.complaints
      names.add(manifest.rows, leftOut: manifest.leftOut, in: folder)
      return (names, manifest.rows.map(\.file))
    } catch {
      complaints.append("\(error)")
      if case .manifestHasNoUsableRow(_, let leftOut) = error {
        names.add([], leftOut: leftOut, in: folder)
      } else {
        names.otherwise = "The manifest.csv beside or above this picture cannot be used. \(error)"
      }
      return (names, [])
    }
  }
}
