import ArgumentParser
import Foundation
import Terminal

struct Open: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Opens the workstation on the store.",
    discussion: """
      Enter opens a study, n goes to its next region, a agrees, x rejects, S signs, ? shows every \
      key and : every action by name. q goes back and never loses work.
      """)

  @OptionGroup var options: StoreOptions
  @Option(
    name: .customLong("as"),
    help: ArgumentHelp("The reader's name. Default: the user's.", valueName: "name"))
  var reader: String?
  @Option(
    help: ArgumentHelp(
      "The look: \(ThemeChoice.allCases.map(\.rawValue).joined(separator: ", ")).",
      discussion: "Default: what :theme chose last, else the configuration.", valueName: "name"),
    transform: Self.look)
  var theme: ThemeChoice?
  @Flag(help: "Look at everything, change nothing.") var readOnly = false

  @MainActor
  func run() async throws {
    useOneHeap()
    let site = try options.open()
    try Session.run(site, reader: reader ?? NSFullUserName(), isReadOnly: readOnly, theme: theme)
  }

  private static func look(_ text: String) throws -> ThemeChoice {
    guard let choice = ThemeChoice(rawValue: text) else {
      let words = ThemeChoice.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("--theme is one of \(words).")
    }
    return choice
  }
}
