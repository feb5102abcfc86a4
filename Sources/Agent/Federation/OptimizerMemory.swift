import Engine
import Foundation

/// What a site's optimiser remembers after each round of a run, so that a round that begins again
/// after a kill begins as it did the first time; for one coordinator and no other.
struct OptimizerMemory {
  private let folder: URL

  /// `coordinator` is anything that names it and can name a folder.
  init(in folder: URL, of coordinator: String) {
    self.folder = folder.appending(path: "optimizer").appending(path: coordinator)
  }

  private func file(_ run: UInt64, _ round: Int) -> URL {
    folder.appending(path: "\(run)-\(round)")
  }

  /// What was remembered after a round; none if nothing was, or it cannot be read any more.
  func state(after round: Int, of run: UInt64) -> Parameters? {
    try? ParameterFile.load(from: file(run, round))
  }

  /// Sees that there is room for so many bytes, before hours of work are done and cannot be kept.
  func checkRoom(for bytes: Int) throws {
    try makeFolder()
    let trial = folder.appending(path: "room")
    try Data(count: bytes).write(to: trial, options: .atomic)
    try FileManager.default.removeItem(at: trial)
  }

  private func makeFolder() throws {
    try FileManager.default.createDirectory(
      at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
  }

  /// Remembers it after a round, and forgets what is older than the round before.
  func keep(_ state: Parameters, after round: Int, of run: UInt64) throws {
    try makeFolder()
    try ParameterFile.save(state, as: file(run, round))
    let wanted = [file(run, round), file(run, round - 1)].map(\.lastPathComponent)
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path)
    where !wanted.contains(name) {
      try? FileManager.default.removeItem(at: folder.appending(path: name))
    }
  }
}
