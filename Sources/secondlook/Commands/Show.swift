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
  @Flag(help: "Print the documents that arrived with it and the earlier reports of the patient.")
  var documents = false

  func run() async throws {
    let site = try options.open()
    let study = try site.store.study(named: study)
    if documents {
      let documents = try site.documents(of: study.uid)
      try site.store.record(
        .opened, actor: "secondlook show", study: study.uid, detail: "to read earlier documents")
      return say(
        documents.isEmpty
          ? "There is no document and no earlier report."
          : documents.map(\.text).joined(separator: "\n\n"))
    }
    if json {
      guard let row = try site.store.row(study.uid) else { return }
      return try sayJSON(
        StudyEntry(
          row: WorklistEntry(row, scores: try site.store.scores(of: [row])),
          instances: try site.store.instances(of: study.uid),
          review: try site.store.review(of: study.uid),
          report: try site.store.report(of: study.uid),
          versions: try site.store.versions(of: study.uid)))
    }
    say(try site.exporter().text(of: study.uid))
    let instances = try site.store.instances(of: study.uid)
    for reason in Set(instances.compactMap(\.refusal)).sorted() { say("Not shown: \(reason)") }
    for (index, instance) in instances.enumerated() {
      for caveat in instance.caveats { say("Take care, image \(index + 1): \(caveat.text)") }
    }
    guard let row = try site.store.row(study.uid), row.missing > 0 else { return }
    say("Take care: \(row.missing) of \(row.instances + row.missing) images have not arrived.")
  }
}

/// A study as other programs read it.
private struct StudyEntry: Encodable {
  let row: WorklistEntry
  let instances: [Instance]
  let review: Review?
  let report: Report?
  /// All that was let out, the oldest first; the last is the draft, where there is one.
  let versions: [Report]

  private enum Key: CodingKey { case row, instances, review, report, versions }

  /// What is not there is null: a key that is missing would look like an older program's.
  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(row, forKey: .row)
    try container.encode(instances, forKey: .instances)
    try container.encode(review, forKey: .review)
    try container.encode(report, forKey: .report)
    try container.encode(versions, forKey: .versions)
  }
}

/// How a study is named on the command line.
enum StudyArgument {
  static let help: ArgumentHelp =
    "The study: its UID, an unmistakable beginning or end of it, its accession number, or #ROW of the worklist."
}
