import ArgumentParser
import Foundation
import Radiology
import Store

struct ConsentCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "consent",
    abstract: "Says whether a patient allows a study to become a lesson.",
    discussion: "Nothing is assumed: a study without a word is not learned from.")

  @OptionGroup var options: StoreOptions
  @Argument(help: StudyArgument.help) var study: String
  @Flag(help: "The patient allows it.") var given = false
  @Flag(help: "The patient takes it back; it counts from the next round on.") var withdrawn = false
  @Option(name: .customLong("as"), help: ArgumentHelp("Who recorded it.", valueName: "name"))
  var actor: String

  func validate() throws {
    guard given != withdrawn else { throw ValidationError("Say either --given or --withdrawn.") }
  }

  func run() async throws {
    let site = try options.open(to: .consent)
    let study = try site.store.study(named: study)
    try site.store.setConsent(study.uid, given ? .given : .withdrawn, by: actor, at: Date())
    say("Consent recorded: \(given ? "given" : "withdrawn").")
  }
}
