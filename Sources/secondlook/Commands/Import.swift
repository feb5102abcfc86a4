import Agent
import ArgumentParser
import Foundation
import Radiology
import Store

struct Import: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Takes DICOM files, folders and labelled PNG pictures into the store.",
    discussion: """
      Folders are walked recursively. PNG pictures need a manifest.csv beside or above them. Every \
      file is decoded once in a jailed process; one that cannot be read becomes a row with the \
      reason. Importing twice changes nothing. Labels of a manifest are never stored.
      """)

  @OptionGroup var options: StoreOptions
  @Argument(help: "Files and folders.", completion: .file()) var paths: [String]
  @Option(help: "Where the images come from, as the worklist shows it.") var source = "import"
  @Flag(help: "The patients allow these studies to become lessons.") var consented = false
  @Flag(help: "Do not triage the new studies at once.") var noTriage = false
  @Flag(help: "List every refused and missing file, not only how many.") var verbose = false

  func run() async throws {
    let site = try options.open(to: .takeIn)
    let line = ProgressLine()
    let ingest = site.ingest(source: source, consent: consented ? .given : .notGiven)
    let urls = paths.map { URL(filePath: $0) }
    let summary = try await interruptible {
      try await ingest.take(urls) { done, all in
        line.show("Reading \(bar(Double(done) / Double(all))) \(done)/\(all)")
      }
    }
    line.clear()
    for complaint in summary.complaints { warn(complaint) }
    report(summary)
    if !noTriage { try await site.triageWaiting() }
    if summary.isNothingRead { throw AgentError.nothingRead }
  }

  private func report(_ summary: IngestSummary) {
    say(
      "\(counted(summary.files, "file", "files")): \(summary.added) new, "
        + "\(summary.unchanged) known, \(summary.refused.count) refused"
        + (summary.documents > 0
          ? ", \(counted(summary.documents, "document", "documents")) without a picture; " : "; ")
        + "\(counted(summary.studies.count, "study", "studies")).")
    if summary.passedOver > 0 {
      say("\(counted(summary.passedOver, "other file is no image", "other files are no images")).")
    }
    reportRefused(summary)
    reportMissing(summary)
  }

  private func reportMissing(_ summary: IngestSummary) {
    guard !summary.missing.isEmpty else { return }
    warn(
      counted(
        summary.missing.count, "picture that a manifest.csv names is not there",
        "pictures that a manifest.csv names are not there")
        + (verbose ? ":" : "; --verbose lists what is missing."))
    if verbose { say(table(["missing"], summary.missing.map { [$0] })) }
  }

  private func reportRefused(_ summary: IngestSummary) {
    guard !summary.refused.isEmpty else { return }
    if verbose {
      say(table(["refused", "why"], summary.refused.map { [$0.file, $0.reason] }))
    } else {
      let reasons = Dictionary(grouping: summary.refused, by: \.reason).mapValues(\.count)
      let rows = reasons.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      say(table(["refused", "why"], rows.map { ["\($0.value)", $0.key] }))
    }
  }
}
