import ArgumentParser
import Engine
import Federation
import Foundation
import Triage

struct FederationCoordinate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "coordinate",
    abstract: "Leads the rounds of a consortium of hospitals, from this program alone.",
    discussion: """
      From nothing to the first round:

      1  secondlook federation coordinate --folder FOLDER --listen 0.0.0.0:8000 \\
           --certificate chain.pem --key key.pem
      2  each hospital: secondlook federation join https://HOST:8000    prints a line, its key
      3  secondlook federation roster add NAME LINE --folder FOLDER     for each of them
      4  each hospital approves the task, which names this coordinator's key, and the first round \
      begins

      The roster may change while it runs, and counts from the next round. A round begins as soon as the quorum is online. A site whose answer cannot be believed sits \
      out some rounds; one that is silent or declines is waited for no longer than --round-wait. \
      After the last round every site measures the model.

      ^C stops, and so may a power cut: the same command goes on after the last round that ended. It \
      may ask for more rounds, other waits or another quarantine by then; whatever else differs is \
      refused, for it would be another run under the same name. FOLDER has the model of every round, and ledger.jsonl, a signed line for each.

      SecondLook is research software and no medical device.
      """)

  @OptionGroup var coordinator: CoordinatorOptions
  @OptionGroup(title: "Network") var network: ListenOptions
  @OptionGroup(title: "Rounds") var rounds: RoundOptions
  @Option(
    help: ArgumentHelp(
      "Begin with this model; with a new chest network if left out.", valueName: "folder"),
    completion: .directory)
  var model: String?
  @Flag(help: "Print a line of JSON for each round, and one for the measurement.") var json = false

  func validate() throws {
    _ = try rounds.plan()
    try network.check()
  }

  func run() async throws {
    let folder = try coordinator.open()
    let watch = RoundWatch(printsJSON: json)
    do { try await interruptible { try await lead(in: folder, watch) } } catch is CancellationError
    {
      // Before there are sites for a round there is nothing to go on with.
      if folder.hasBegun {
        watch.say("Stopped. The last round that ended is kept; the same command goes on after it.")
      }
    }
  }

  private func lead(in folder: ConsortiumFolder, _ watch: RoundWatch) async throws {
    try await awaitMembers(in: folder, watch)
    let led = try LedModel(in: folder, beginningWith: model)
    let run = try ConsortiumRun(
      in: folder, plan: rounds.plan(),
      tell: { event in
        watch.note(event)
        if case .ended(let round) = event { led.note(round, by: watch) }
      })
    let server = try network.server(of: run.coordinator)
    let begin = try led.begin(seed: rounds.seed)
    let host = network.host
    try await withThrowingTaskGroup(of: Bool.self) { group in
      group.addTask {
        try await server.run { watch.say("Sites come to \(host):\($0); ^C stops.") }
        return false
      }
      group.addTask {
        _ = try await run.lead(from: begin)
        return true
      }
      defer { group.cancelAll() }
      while let isOver = try await group.next(), !isOver {}
    }
    watch.say("The model is in \(led.place.path).")
    watch.say(Card.disclaimer)
  }

  /// Answers sites that join until there are enough of them for a round; asks nobody anything.
  private func awaitMembers(in folder: ConsortiumFolder, _ watch: RoundWatch) async throws {
    let members = folder.hasRoster ? try folder.roster().roster.members : []
    guard members.count < rounds.quorum else { return }
    let admitting = EmbeddedCoordinator(admitting: .keys(members.map(\.key)))
    let server = try network.server(of: admitting)
    let (host, quorum) = (network.host, rounds.quorum)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        try await server.run { port in
          watch.say(
            "The roster has \(members.count) of the \(counted(quorum, "site", "sites")) that a "
              + "round needs. Sites that join now at \(host):\(port) print a line with their key: "
              + "secondlook federation roster add NAME LINE --folder \(folder.place.path)")
          watch.say("The first round begins once they are on it.")
        }
      }
      group.addTask {
        var known = members
        while known.count < quorum {
          try await Task.sleep(for: .seconds(1))
          guard let now = try? folder.roster().roster.members, now != known else { continue }
          known = now
          await admitting.admit(only: now.map(\.key))
          watch.say("The roster has \(now.count) of the \(counted(quorum, "site", "sites")).")
        }
      }
      defer { group.cancelAll() }
      try await group.next()
    }
  }
}

/// Where sites come to.
struct ListenOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Where sites come to; any address but this machine's own needs a certificate.",
      valueName: "host:port"))
  var listen = "127.0.0.1:8000"
  @Option(help: ArgumentHelp("The certificate and its chain, in PEM.", valueName: "file"))
  var certificate: String?
  @Option(help: ArgumentHelp("The certificate's key, in PEM.", valueName: "file"))
  var key: String?

  var host: String { Self.parts(listen)?.host ?? listen }

  func check() throws {
    guard Self.parts(listen) != nil else {
      throw ValidationError("--listen is HOST:PORT, for example 0.0.0.0:8000.")
    }
    guard (certificate == nil) == (key == nil) else {
      throw ValidationError("--certificate and --key belong together.")
    }
  }

  func server(of coordinator: EmbeddedCoordinator) throws -> FleetServer {
    guard let (host, port) = Self.parts(listen) else { throw ExitCode.validationFailure }
    let identity = certificate.flatMap { certificate in
      key.map { (certificate: URL(filePath: certificate), key: URL(filePath: $0)) }
    }
    do throws(FleetError) {
      return try FleetServer(coordinator, host: host, port: port, identity: identity)
    } catch {
      guard case .notSecure = error else { throw error }
      throw ValidationError(
        "\(host) is reached from other machines, and only TLS keeps what sites send. Nothing was "
          + "sent. Give --certificate and --key, or listen at 127.0.0.1 behind a proxy.")
    }
  }

  /// An address of IPv6 is in brackets.
  private static func parts(_ text: String) -> (host: String, port: Int)? {
    guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
      (0...65_535).contains(port)
    else { return nil }
    let host = text[..<colon].trimmingPrefix("[")
    let isBracketed = host.count < text[..<colon].count
    guard isBracketed == host.hasSuffix("]") else { return nil }
    let name = isBracketed ? host.dropLast() : host
    return name.isEmpty || !isBracketed && name.contains(":") ? nil : (String(name), port)
  }
}
