import Agent
import ArgumentParser
import Foundation
import Reporting

struct Templates: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Reads the report templates and says what is wrong with them.",
    discussion: """
      A department's own templates lie in the folder templates of SecondLook's home folder; \
      generic.txt of the shipped ones explains the format. A file with a mistake is left out, and \
      studies it was for get the generic template. The status is 1 if there is one.
      """)

  @OptionGroup var options: StoreOptions
  @Flag(help: "Print JSON.") var json = false

  func run() async throws {
    let site = try options.open()
    let templates = site.desk.templates
    if json {
      try sayJSON(Listing(templates))
    } else {
      say(
        table(
          ["Template", "Modalities", "Body parts"],
          templates.summary.map { template in
            [
              template.name, Self.words(template.modalities), Self.words(template.bodyParts),
            ]
          }))
      for flaw in templates.flaws { warn("✖ \(flaw)") }
    }
    if !templates.flaws.isEmpty { throw ExitCode.failure }
  }

  private static func words(_ words: [String]) -> String {
    words.isEmpty ? "any" : words.joined(separator: " ")
  }
}

/// The templates as other programs read them.
private struct Listing: Encodable {
  struct Template: Encodable {
    let name: String
    let modalities: [String]
    let bodyParts: [String]
  }

  struct Flaw: Encodable {
    let file: String
    let line: Int?
    let reason: String
  }

  let templates: [Template]
  let flaws: [Flaw]

  init(_ templates: ReportTemplates) {
    self.templates = templates.summary.map {
      Template(name: $0.name, modalities: $0.modalities, bodyParts: $0.bodyParts)
    }
    flaws = templates.flaws.map { Flaw(file: $0.file, line: $0.line, reason: $0.reason) }
  }
}
