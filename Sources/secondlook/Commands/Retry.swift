import ArgumentParser
import Foundation
import Radiology
import Store
import Workstation

struct Retry: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Lists the studies that failed, or has them read once more.",
    discussion: """
      Without a study it lists them with the reason. The agent reads again what is asked for; the \
      failure stays in the study's history. The workstation does the same on its system screen, \
      g s: n goes to a study that failed and t tries it again.
      """)

  @OptionGroup var options: StoreOptions
  @Argument(help: StudyArgument.help) var studies: [String] = []
  @Flag(help: "All that failed.") var all = false
  @Option(name: .customLong("as"), help: ArgumentHelp("Who asks.", valueName: "name"))
  var actor: String?
  @Flag(help: "Print JSON: the studies that failed, after what was asked.") var json = false

  func validate() throws {
    guard studies.isEmpty || !all else {
      throw ValidationError("Name the studies, or say --all.")
    }
    guard actor != nil || (studies.isEmpty && !all) else {
      throw ValidationError("Say who asks, with --as NAME.")
    }
  }

  func run() async throws {
    guard let actor else { return try list(try options.open().store) }
    let store = try options.open(to: .takeIn).store
    let named =
      all
      ? try store.failedStudies(limit: .max).newest.map(\.study)
      : try studies.map { try store.study(named: $0).uid }
    let asked = try store.readAgain(named, by: actor)
    let others = zip(studies, named).filter { !asked.contains($0.1) }.map(\.0)
    if json {
      try list(store)
    } else {
      say("\(counted(asked.count, "study", "studies")) will be read again by the agent.")
    }
    guard others.isEmpty else { throw NotFailed(studies: others) }
  }

  private func list(_ store: Store) throws {
    let failed = try store.failedStudies(limit: .max).newest
    if json { return try sayJSON(failed) }
    guard !failed.isEmpty else { return say("No study has failed.") }
    say(
      table(
        ["accession", "exam", "failed", "asked again", "why"],
        failed.map {
          [
            $0.label, $0.exam, $0.failed.formatted(.iso8601), $0.isAskedAgain ? "yes" : "",
            $0.reason,
          ]
        }))
  }
}

/// Refused, because only an unsigned study that failed is read again.
private struct NotFailed: Error, CustomStringConvertible {
  /// As they were named.
  let studies: [String]

  var description: String {
    "Not asked for \(studies.joined(separator: ", ")): only a study that failed and is not signed "
      + "is read again. secondlook retry lists them."
  }
}
