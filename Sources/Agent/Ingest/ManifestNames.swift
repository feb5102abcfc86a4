import Foundation
import Radiology

/// What the manifest of a folder and those above it say of its files; the nearest one counts.
struct ManifestNames {
  /// What is said of one file.
  enum Naming: Sendable {
    case row(Manifest.Row)
    /// Nothing that can be used, and why: one sentence without patient data.
    case nothing(because: String)
  }

  /// How a manifest is called.
  static let file = "manifest.csv"

  /// What there is to say of a file that no manifest names.
  var otherwise = "No manifest.csv beside this picture names it."
  /// By the full path of the file.
  private var namings: [String: Naming] = [:]

  subscript(file: URL) -> Naming {
    namings[file.standardizedFileURL.path] ?? .nothing(because: otherwise)
  }

  /// Adds what a manifest says; of several rows for one file the first counts.
  mutating func add(_ rows: [Manifest.Row], leftOut: [String: String], in folder: URL) {
    func path(_ file: String) -> String {
      folder.appendingPathComponent(file).standardizedFileURL.path
    }
    for (file, reason) in leftOut {
      namings[path(file)] = .nothing(because: "Its row in manifest.csv was left out: \(reason)")
    }
    for row in rows.reversed() { namings[path(row.file)] = .row(row) }
  }
}
