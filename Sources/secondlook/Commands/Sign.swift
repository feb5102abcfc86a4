import Agent
import ArgumentParser
import Foundation
import Radiology
import Reporting
import Store

struct Sign: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Signs the report of a reviewed study.",
    discussion: """
      The signing guard blocks an incomplete report and one that contradicts its review, and asks \
      once about what may have been overlooked. On a terminal it asks; elsewhere the questions are \
      printed and recorded with the signature, as a named reader's deliberate act.

      A signed report never changes. --addendum signs the next version, with more words. \
      --preliminary lets the report out before it is signed (a wet read): it stays as it was given, \
      and the final report takes its place.
      """)

  @OptionGroup var options: StoreOptions
  @Argument(help: StudyArgument.help) var study: String
  @Option(name: .customLong("as"), help: ArgumentHelp("The reader's name.", valueName: "name"))
  var reader: String
  @Option(help: ArgumentHelp("Findings in place of the drafted ones.", valueName: "text"))
  var findings: String?
  @Option(help: ArgumentHelp("Impression in place of the drafted one.", valueName: "text"))
  var impression: String?
  @Option(help: ArgumentHelp("What to add to a report that is signed.", valueName: "text"))
  var addendum: String?
  @Flag(help: "Let the report out as preliminary, and do not sign it.") var preliminary = false

  func validate() throws {
    for text in [findings, impression, addendum] where text?.allSatisfy(\.isWhitespace) == true {
      throw ValidationError("--findings, --impression and --addendum need words.")
    }
    if preliminary, addendum != nil {
      throw ValidationError("--addendum follows a signature, and --preliminary comes before one.")
    }
  }

  func run() async throws {
    let site = try options.open(to: .decide)
    let study = try site.store.study(named: study)
    let review = try site.desk.review(of: study, by: reader, at: Date())
    var report = try site.desk.draft(
      study, of: review, addendum: addendum, by: reader, at: Date())
    for (key, text) in [("findings", findings), ("impression", impression)] {
      guard let text else { continue }
      guard let index = report.sections.firstIndex(where: { $0.key == key }) else {
        throw AgentError.noSection(key)
      }
      report.sections[index].write(text, under: review)
    }
    for flaw in site.desk.templates.flaws { warn("▲ \(flaw)") }
    let rules = try site.rules()
    func give(_ report: Report) throws -> Report {
      preliminary
        ? try site.desk.givePreliminary(
          report, of: review, under: rules, by: reader, at: Date())
        : try site.desk.sign(report, of: review, under: rules, by: reader, at: Date())
    }
    let signed: Report
    do {
      signed = try give(report)
    } catch StoreError.unasked(let questions) {
      for question in questions { warn("▲ \(question.text).") }
      if isatty(STDIN_FILENO) == 1 {
        let act = preliminary ? "Let it out" : "Sign"
        print("\(act) all the same? [y/N] ", terminator: "")
        guard readLine()?.lowercased().hasPrefix("y") == true else {
          report.changed = Date()
          try site.store.saveDraft(report)
          say("Nothing was \(preliminary ? "let out" : "signed"); the draft is kept.")
          throw ExitCode.failure
        }
      }
      report.acknowledged += questions.map(\.text)
      signed = try give(report)
    }
    if preliminary {
      say("Given as preliminary report \(signed.version) by \(reader); it is not signed.")
      return
    }
    say("Signed version \(signed.version) (\(signed.state.rawValue)) by \(reader).")
  }
}
