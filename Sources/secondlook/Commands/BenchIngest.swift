import ArgumentParser
import Foundation

struct BenchIngest: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ingest",
    abstract: "How fast images come in: headers, receiving, from a file to its triaged row.",
    discussion: """
      The images are generated. With --peers pydicom and dcmdump read the same headers, and \
      DCMTK's storescp and Orthanc receive the same objects from the same sender; those that come \
      from Debian have to be installed (dcmtk, orthanc), pydicom is installed into the cache.
      """)

  @Flag(help: "Measure pydicom, DCMTK and Orthanc in turn with ours.") var peers = false
  @Flag(help: "Print JSON.") var json = false
  @Option(help: ArgumentHelp("Objects that are imported at once.", valueName: "n"))
  var objects = 10_000
  @Option(help: ArgumentHelp("Turns of each.", valueName: "n")) var rounds = 3

  func validate() throws {
    guard (10...1_000_000).contains(objects), (1...100).contains(rounds) else {
      throw ValidationError("--objects is from 10 to 1000000 and --rounds from 1 to 100.")
    }
  }

  func run() async throws {
    let python = peers ? try PeerEnvironment.prepared(.headers).python : nil
    let load = machineLoad()
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "secondlook-bench-\(UUID().uuidString)", directoryHint: .isDirectory)
    let leftover = Leftovers.add { try? FileManager.default.removeItem(at: folder) }
    defer {
      try? FileManager.default.removeItem(at: folder)
      Leftovers.forget(leftover)
    }
    let progress = ProgressLine()
    defer { progress.clear() }
    progress.show("Generating \(objects) images …")
    let small = try BenchObjects(objects, side: 64, in: folder.appending(path: "small"))
    let large = try BenchObjects(
      min(100, objects), side: 1024, toAStudy: 1, in: folder.appending(path: "large"))
    progress.show("Reading headers …")
    var rows = [
      try HeaderBench(objects: small, rounds: rounds, python: python, isCompared: peers).measure()
    ]
    if let pydicom = rows[0].peers["pydicom"] {
      rows.append(
        BenchFigure(
          what: "headers, pydicom", unit: "per second", ours: rows[0].ours,
          peers: ["pydicom": pydicom], aim: 20))
    }
    progress.show("Receiving …")
    let few = try BenchObjects(
      min(500, objects), side: 256, in: folder.appending(path: "few"))
    rows += try await ReceiveBench(
      objects: few, rounds: rounds, isCompared: peers, folder: folder
    ).measure()
    progress.show("From file to row …")
    rows += try await JourneyBench(objects: large, folder: folder).measure()
    progress.show("Importing \(objects) images …")
    rows += try BulkBench(objects: small, folder: folder).measure()
    progress.clear()
    if json { return try sayJSON(rows) }
    say(
      String(format: "Ingestion; load before %.1f\n\n", load) + BenchFigure.text(rows))
  }
}
