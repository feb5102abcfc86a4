import Agent
import ArgumentParser
import DICOM
import Foundation
import Radiology
import Store

struct Deidentify: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes images without their patients' identity, or says why one has to stay.",
    discussion: """
      DICOM PS3.15 Annex E: the Basic Profile with Retain Longitudinal Temporal Information with \
      Modified Dates. Pixels are not changed: an image whose pixels may show text is refused, and \
      so is what is not known. Names, numbers, UIDs and dates follow from a secret of the store, \
      so that one patient stays one patient. Nothing is overwritten.

      The exit status is not 0 if any file had to stay, unless --partial accepts that.
      """)

  @Option(
    help: ArgumentHelp(
      "Folder of the store whose secret is used.",
      discussion: "Default: SECONDLOOK_HOME, else the XDG data home with /secondlook.",
      valueName: "folder"))
  var home: String?
  @Argument(help: "DICOM files, and folders.", completion: .file()) var paths: [String]
  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp("Folder to write into.", valueName: "folder"), completion: .directory)
  var output: String
  @Flag(help: "Files that have to stay are no failure.") var partial = false
  @Flag(help: "List every file that has to stay, not only how many.") var verbose = false

  func run() async throws {
    let place = home.map { URL(filePath: $0, directoryHint: .isDirectory) } ?? Store.defaultHome()
    try RightsError.check(.here(at: place), .export)
    let store = try Store(home: place)
    let line = ProgressLine()
    let run = DeidentificationRun(
      try Deidentifier(of: store), into: URL(filePath: output, directoryHint: .isDirectory))
    let summary = try run.take(paths.map { URL(filePath: $0) }) { done, all in
      line.show("De-identifying \(bar(Double(done) / Double(all))) \(done)/\(all)")
    }
    line.clear()
    try store.record(
      .exported, actor: "secondlook deidentify",
      detail: "\(summary.written) images without identity, \(summary.refused.count) refused")
    say(
      "\(counted(summary.written, "image", "images")) written, \(summary.unchanged) there already, "
        + "\(summary.refused.count) refused.")
    report(summary.refused)
    if !partial, !summary.refused.isEmpty {
      throw AgentError.heldBack(files: summary.refused.count)
    }
  }

  private func report(_ refused: [DeidentificationRun.Summary.Refusal]) {
    guard !refused.isEmpty else { return }
    if verbose { return say(table(["refused", "why"], refused.map { [$0.file, $0.reason] })) }
    let reasons = Dictionary(grouping: refused, by: \.reason).mapValues(\.count)
    let rows = reasons.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    say(table(["refused", "why"], rows.map { ["\($0.value)", $0.key] }))
  }
}
