import Agent
import ArgumentParser
import Foundation
import Radiology
import Reporting
import Store

struct Show: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Prints what is known of one study: images, triage, regions, review, report.")

  @OptionGroup var options: StoreOptions
  @Argument(help: StudyArgument.help) var study: String
  @Flag(help: "Print JSON.") var json = false

  func run() async throws {
    let site = try options.open()
    let study = try site.store.study(named: study)
    if json {
      guard let row = try site.store.row(study.uid) else { return }
      return try sayJSON(
        StudyEntry(
          row: WorklistEntry(row), instances: try site.store.instances(of: study.uid),
          report: try site.store.report(of: study.uid)))
    }
    say(try site.exporter().text(of: study.uid))
    let refused = try site.store.instances(of: study.uid).compactMap(\.refusal)
    for reason in Set(refused).sorted() { say("Not shown: \(reason)") }
  }
}

/// A study as other programs read it.
private struct StudyEntry: Encodable {
  let row: WorklistEntry
  let instances: [Instance]
  let report: Report?
}

/// How a study is named on the command line.
enum StudyArgument {
  static let help: ArgumentHelp =
    "The study: its UID, an unmistakable beginning or end of it, its accession number, or #ROW of the worklist."
}
