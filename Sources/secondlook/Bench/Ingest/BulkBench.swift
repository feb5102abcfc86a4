import Foundation
import Reporting

/// Many files at once in a process of its own: its memory, and whether the last go as fast as the
/// first.
struct BulkBench {
  let objects: BenchObjects
  let folder: URL

  /// Parts of the files that are imported first, into another store, to compare with.
  private static let fraction = 5

  func measure() throws -> [BenchFigure] {
    let fifth = folder.appending(path: "fifth")
    try FileManager.default.createDirectory(at: fifth, withIntermediateDirectories: true)
    for number in 0..<objects.count / Self.fraction {
      try FileManager.default.linkItem(
        at: objects.folder.appending(path: "\(number).dcm"),
        to: fifth.appending(path: "\(number).dcm"))
    }
    let short = try run(fifth, into: "fifth-home")
    let long = try run(objects.folder, into: "all-home")
    return [
      BenchFigure(
        what: "import of \(objects.count)", unit: "objects/s",
        ours: Double(objects.count) / long.seconds),
      BenchFigure(
        what: "its peak memory", unit: "MB", ours: long.megabytes, isCost: true),
      BenchFigure(
        what: "peak memory of a fifth of them", unit: "MB", ours: short.megabytes, isCost: true),
      BenchFigure(
        what: "time an object, all to a fifth", unit: "ratio",
        ours: long.seconds / short.seconds / Double(Self.fraction), isCost: true),
    ]
  }

  /// Imports a folder and watches the largest resident memory.
  private func run(_ files: URL, into home: String) throws -> (seconds: Double, megabytes: Double) {
    guard let program = Assets.runningExecutable else {
      throw BenchError.failed(process: "secondlook", saying: "/proc is not there")
    }
    let place = folder.appending(path: home)
    let start = ContinuousClock.now
    let tool = try BenchTool(
      program.path, ["import", "--no-triage", "--home", place.path, files.path], in: folder)
    let peak = tool.waitWatchingMemory()
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    guard tool.words.contains("\(try count(files)) new") else {
      throw BenchError.failed(process: "secondlook", saying: tool.words)
    }
    try FileManager.default.removeItem(at: place)
    return (seconds, peak)
  }

  private func count(_ files: URL) throws -> Int {
    try FileManager.default.contentsOfDirectory(atPath: files.path).count {
      $0.hasSuffix(".dcm")
    }
  }
}
