import Agent
import ArgumentParser
import Foundation
import Radiology
import Store

struct Sign: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Signs the report of a reviewed study.",
    discussion: """
      The signing guard blocks an incomplete report and asks once about what may have been
      overlooked. On a terminal it asks; elsewhere the questions are printed and recorded with the
      signature, as a named reader's deliberate act.
      """)

  @OptionGroup var options: StoreOptions
  @Argument(help: StudyArgument.help) var study: String
  @Option(name: .customLong("as"), help: ArgumentHelp("The reader's name.", valueName: "name"))
  var reader: String
  @Option(help: "Text of the impression, in place of the drafted one.") var impression: String?

  func run() async throws {
    let site = try options.open()
    let study = try site.store.study(named: study)
    let desk = ReadingDesk(store: site.store)
    var report = try desk.draft(study, by: reader, at: Date(), assets: site.assets)
    if let impression, let index = report.sections.firstIndex(where: { $0.key == "impression" }) {
      report.sections[index].text = impression
    }
    let signed: Report
    do {
      signed = try desk.sign(report, by: reader, at: Date())
    } catch StoreError.unasked(let questions) {
      for question in questions { warn("▲ \(question.text).") }
      if isatty(STDIN_FILENO) == 1 {
        print("Sign all the same? [y/N] ", terminator: "")
        guard readLine()?.lowercased().hasPrefix("y") == true else {
          say("Nothing was signed; the draft is kept.")
          throw ExitCode.failure
        }
      }
      report.acknowledged += questions.map(\.text)
      signed = try desk.sign(report, by: reader, at: Date())
    }
    say("Signed version \(signed.version) (\(signed.state.rawValue)) by \(reader).")
  }
}
