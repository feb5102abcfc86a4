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
  @Flag(help: "Look at everything, change nothing.") var readOnly = false

  @MainActor
  func run() async throws {
    let site = try options.open()
    try Session.run(site, reader: reader ?? NSFullUserName(), isReadOnly: readOnly)
  }
}
