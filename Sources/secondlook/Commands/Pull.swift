import Agent
import ArgumentParser
import DICOM
import Foundation
import Gateway
import Radiology
import Store

struct Pull: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Fetches studies from a PACS into the store.",
    discussion: """
      Objects that are here already are not fetched again. What arrived whole is taken in, also \
      when the rest does not come; the exit status is then 1.
      """)

  @OptionGroup var options: GatewayOptions
  @Argument(help: "Study Instance UIDs.") var studies: [String]
  @Option(help: "Ask only the PACS of this name.") var pacs: String?
  @Flag(help: "Do not triage the new studies at once.") var noTriage = false

  func validate() throws {
    guard let wrong = studies.first(where: { !DICOM.UID.isValid($0) }) else { return }
    throw ValidationError("“\(wrong)” is no Study Instance UID; “secondlook query” lists them.")
  }

  func run() async throws {
    let archives = try options.archives(pacs)
    let site = try options.options.open(to: .takeIn)
    let line = ProgressLine()
    var isWhole = true
    for study in studies {
      do {
        let (archive, delivery) = try await fetch(study, from: archives, to: site, line)
        line.clear()
        try site.store.expect(delivery.expected, of: study, from: archive.name)
        report(delivery, from: archive)
        isWhole = isWhole && delivery.isWhole
      } catch let error as GatewayError {
        line.clear()
        warn("\(error)")
        isWhole = false
      }
    }
    let patience = try options.configuration().receiver?.completeAfter ?? .zero
    let spool = site.spool(completeAfter: patience)
    let taken = try await interruptible {
      var taken = 0
      while case let some = try await spool.drain(), some > 0 { taken += some }
      return taken
    }
    say("\(counted(taken, "file", "files")) taken in.")
    if !noTriage, taken > 0 { try await site.triageWaiting() }
    guard isWhole else { throw ExitCode.failure }
  }

  /// Fetches a study from the first archive that has it.
  private func fetch(
    _ study: String, from archives: [Configuration.Archive], to site: LocalSite,
    _ line: ProgressLine
  ) async throws -> (Configuration.Archive, Delivery) {
    var refusal: GatewayError?
    for archive in archives {
      let spool = try SpoolFolder(
        SpoolStage.folder(in: site.home).appending(path: archive.name))
      do {
        let delivery = try await interruptible {
          try await speaking(to: archive) { web in
            try await web.pull(
              study, into: spool, isKnown: { try site.store.instance($0) != nil }
            ) { done, all in
              line.show("Fetching \(bar(Double(done) / Double(max(1, all)))) \(done)/\(all)")
            }
          }
        }
        return (archive, delivery)
      } catch let error as GatewayError {
        // Another archive may have it; that this one is down is worth more than that it has not.
        if case .noSuchStudy = error { refusal = refusal ?? error } else { refusal = error }
      }
    }
    guard let refusal else { preconditionFailure("there is an archive to ask") }
    throw refusal
  }

  private func report(_ delivery: Delivery, from archive: Configuration.Archive) {
    say(
      "PACS \(archive.name): \(delivery.arrived.count) new, \(delivery.known) known, "
        + "\(delivery.refused.count) refused, \(delivery.missing) missing of "
        + "\(counted(delivery.expected, "object", "objects")).")
    let reasons = Dictionary(grouping: delivery.refused.values.map { "\($0)" }) { $0 }
    for (reason, cases) in reasons.sorted(by: { $0.key < $1.key }) {
      warn("\(counted(cases.count, "object", "objects")): \(reason)")
    }
    if let stopped = delivery.stopped { warn("\(stopped)") }
  }
}

extension LocalSite {
  /// Takes in what lies in the spools of this store.
  ///
  /// What came over DICOM may have more to follow for a while; a study that was pulled is whole.
  func spool(completeAfter patience: Duration = .zero) -> SpoolStage {
    SpoolStage(store: store, home: home) { name in
      let seconds = name == SpoolStage.receiver ? Double(patience.components.seconds) : 0
      return Ingest(
        store: store, pictures: pictures, source: name, patience: seconds, isSpool: true)
    }
  }

  /// Triages what waits for it, with a line that tells how far it is.
  func triageWaiting() async throws {
    let line = ProgressLine()
    let reading = reading
    let read = try await interruptible {
      try await reading.drain { done, all in
        line.show("Triaging \(bar(Double(done) / Double(all))) \(done)/\(all)")
      }
    }
    line.clear()
    if try store.activeModel() == nil {
      warn("\(AgentError.noModel)")
    } else {
      say("\(counted(read, "study", "studies")) triaged. “secondlook” opens the worklist.")
    }
  }
}
