import ArgumentParser
import Foundation

struct BenchDeliver: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "deliver",
    abstract: "How fast reports go out: from signature to delivery, and what a document costs.",
    discussion: """
      Generated studies are signed one after the other, and the agent delivers them: to a folder, to \
      an HL7 interface and a FHIR server that only say thank you, and to DCMTK's storescp where it \
      is installed. With --peers highdicom and fhir.resources build such documents too, and dcmsend \
      sends the same ones; the first two are installed into the cache.
      """)

  @Flag(help: "Measure highdicom, fhir.resources and dcmsend in turn with ours.") var peers = false
  @Flag(help: "Print JSON.") var json = false
  @Option(help: ArgumentHelp("Reports that are signed.", valueName: "n")) var reports = 50

  func validate() throws {
    guard (3...10_000).contains(reports) else {
      throw ValidationError("--reports is from 3 to 10000.")
    }
  }

  func run() async throws {
    let python = peers ? try PeerEnvironment.prepared(.documents).python : nil
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
    progress.show("Generating \(reports) studies …")
    let objects = try BenchObjects(
      reports, side: 1024, toAStudy: 1, in: folder.appending(path: "images"))
    let studies = try await BenchReports(objects, in: folder.appending(path: "home"))
    progress.show("Signing and delivering …")
    var rows = try await DeliveryBench(reports: studies, folder: folder).measure()
    progress.show("Making documents …")
    rows += try DocumentBench(
      reports: studies, image: objects.folder.appending(path: "0.dcm"), folder: folder,
      python: python
    ).measure()
    progress.clear()
    if json { return try sayJSON(rows) }
    say(String(format: "Delivery; load before %.1f\n\n", load) + BenchFigure.text(rows))
  }
}
