import ArgumentParser
import Foundation

struct BenchScreens: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "screens",
    abstract: "How fast the workstation answers, with many studies in the store.",
    discussion: """
      A store of generated studies is filled, and this program is run on it in a terminal of \
      160 x 50: each key is timed to the last byte that is drawn for it. The image is 3000 x 3000 \
      of 16 bits. With --peers tig shows as many commits beside it; it comes from Debian (tig, git).
      """)

  @Option(
    help: ArgumentHelp("Studies in the store; may be repeated.", valueName: "n"))
  var studies: [Int] = [100_000]
  @Flag(help: "Measure tig in turn with ours.") var peers = false
  @Flag(help: "Print JSON.") var json = false
  @Option(help: ArgumentHelp("How often each key is pressed.", valueName: "n"))
  var presses = 300

  func validate() throws {
    guard studies.allSatisfy({ (1...10_000_000).contains($0) }), (10...10_000).contains(presses)
    else {
      throw ValidationError("--studies is from 1 to 10000000 and --presses from 10 to 10000.")
    }
  }

  func run() async throws {
    let load = machineLoad()
    let progress = ProgressLine()
    defer { progress.clear() }
    var rows: [ScreenRow] = []
    // What was measured is said also where tig is not there.
    var missing: (any Error)?
    for count in studies {
      let folder = FileManager.default.temporaryDirectory.appending(
        path: "secondlook-bench-\(UUID().uuidString)", directoryHint: .isDirectory)
      let leftover = Leftovers.add { try? FileManager.default.removeItem(at: folder) }
      defer {
        try? FileManager.default.removeItem(at: folder)
        Leftovers.forget(leftover)
      }
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      let store = try await BenchWorklist(count, in: folder.appending(path: "home")) {
        progress.show("Filling the store: \($0) of \(count) studies …")
      }
      rows += try ScreenBench(store: store, folder: folder, presses: presses).measure {
        progress.show("\(count) studies: \($0)")
      }
      if peers {
        progress.show("\(count) commits in tig …")
        do {
          rows += try TigBench(count: count, folder: folder, presses: presses).measure()
        } catch {
          missing = error
        }
      }
    }
    progress.clear()
    if json {
      try sayJSON(rows)
    } else {
      say(String(format: "Screens; load before %.1f\n\n", load) + ScreenRow.text(rows))
    }
    if let missing { throw missing }
  }
}
