import ArgumentParser
import Crypto
import Federation
import Foundation
import Radiology
import Store

extension FederationCommand {
  struct Audit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Holds a coordinator's ledger against what left this site.",
      discussion: """
        Both name an update by the digest of everything in it, so neither can say of it what the \
        other did not see. Fails if a line was changed, or an update counts for something else than \
        this site sent; an update the coordinator did not use is told.
        """)

    @OptionGroup var options: StoreOptions
    @Argument(help: "The coordinator's ledger.jsonl.", completion: .file()) var file: String
    @Option(
      help: ArgumentHelp(
        "The coordinator's public key (PEM), for its signatures.", valueName: "file"),
      completion: .file())
    var key: String?

    func run() async throws {
      try Ledger(file: file, key: key).hold(against: options.open().store)
    }
  }
}

/// A coordinator's ledger beside the audit log of this site.
struct LedgerOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A coordinator's ledger.jsonl, to hold against what left this site.", valueName: "file"),
    completion: .file())
  var ledger: String?
  @Option(
    help: ArgumentHelp(
      "The coordinator's public key (PEM), for the ledger's signatures.", valueName: "file"),
    completion: .file())
  var key: String?

  /// Does nothing where no ledger is named.
  func hold(against store: Store) throws {
    try ledger.map { try Ledger(file: $0, key: key).hold(against: store) }
  }
}

/// A coordinator's ledger, by its file and the key it is signed with.
private struct Ledger {
  let file: String
  let key: String?

  /// Says what of this site is in it.
  ///
  /// - Throws: `ExitCode.failure` where it counts something else than this site sent.
  func hold(against store: Store) throws {
    let signer = try key.map {
      try P256.Signing.PublicKey(
        pemRepresentation: String(contentsOfFile: $0, encoding: .utf8))
    }
    let reading = try LedgerReading(Data(contentsOf: URL(filePath: file)), signedBy: signer)
    say(
      "\(counted(reading.lines, "line", "lines")), each follows from the one before it"
        + (signer == nil ? "; signatures were not looked at (--key)." : " and is signed."))
    let sent = try store.releases(limit: .max).filter { $0.kind == "train" && $0.taken != nil }
    let used = sent.filter { release in
      reading.updates.contains { $0.message == release.answer }
    }
    let wrong = used.filter { release in
      !reading.updates.contains {
        $0.message == release.answer && $0.examples == release.examples
      }
    }
    say(
      "\(used.count) of \(counted(sent.count, "update", "updates")) that left this site are in "
        + "it; \(reading.updates.count - used.count) are of others.")
    for release in wrong {
      warn("Round \(release.round ?? 0): the ledger counts another number of examples.")
    }
    if used.isEmpty, !sent.isEmpty { warn("Nothing that left this site is in this ledger.") }
    if !wrong.isEmpty || used.isEmpty && !sent.isEmpty { throw ExitCode.failure }
  }
}
