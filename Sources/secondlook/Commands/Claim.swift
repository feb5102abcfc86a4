import ArgumentParser
import Foundation
import Radiology
import Store

struct Claim: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Claims a study for a reader, takes it over from another, or gives it back.",
    discussion: """
      A claim lets nobody else write to the study for three minutes, in which its reader opens it \
      in the workstation; until then, or until --release, review and sign wait too. Whoever has a \
      study open is told at once when it is taken over and can save no more of it; the reason is \
      written in the audit log. --release frees a study that a session of the same reader left \
      claimed; one in which it is still open keeps it.
      """)

  @OptionGroup var options: StoreOptions
  @Argument(help: StudyArgument.help) var study: String
  @Option(name: .customLong("as"), help: ArgumentHelp("The reader's name.", valueName: "name"))
  var reader: String
  @Flag(help: "Take it from whoever has it; needs --because.") var takeOver = false
  @Option(help: ArgumentHelp("Why it is taken over, without a patient's name.", valueName: "text"))
  var because: String?
  @Flag(help: "Give it back.") var release = false

  func validate() throws {
    guard !reader.allSatisfy(\.isWhitespace) else {
      throw ValidationError("A claim needs a reader's name after --as.")
    }
    guard !takeOver || !release else {
      throw ValidationError("Take it over or give it back; say one of them.")
    }
    guard takeOver == (because?.contains { !$0.isWhitespace } ?? false) else {
      throw ValidationError("--take-over and --because TEXT belong together.")
    }
  }

  func run() async throws {
    let store = try options.open(to: .decide).store
    let study = try store.study(named: study).uid
    if takeOver, let because {
      try store.takeOver(study, by: reader, because: because, at: Date())
      return say("Taken over by \(reader). \(Self.next)")
    }
    let lease = try store.claim(study, by: reader, sparingOwn: true, at: Date())
    guard store.holds(lease) else {
      guard lease.reader == reader else {
        throw StoreError.locked(by: lease.reader, since: lease.since)
      }
      throw OpenElsewhere()
    }
    guard release else { return say("Claimed by \(reader). \(Self.next)") }
    try store.release(study)
    say("The study is free.")
  }

  private static let next =
    "It is held for \(Int(Lease.term / 60)) minutes; open it in the workstation."
}

/// The same reader has the study open in a session that still runs.
private struct OpenElsewhere: Error, CustomStringConvertible {
  var description: String {
    "You have the study open in another session. Nothing was changed; leave it there, or say "
      + "--take-over --because TEXT, which that session is told."
  }
}
