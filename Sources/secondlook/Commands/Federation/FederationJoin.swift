import Agent
import ArgumentParser
import Federation
import Foundation
import Gateway
import Radiology
import Store

extension FederationCommand {
  struct Join: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Takes a place in a federation, step by step.",
      discussion: """
        Reaches the coordinator, shows this site's key for it to admit, and leaves the rest to the \
        agent. Nothing of the site is sent before a task was approved with “secondlook federation \
        approve”, and no lesson is used whose patient has not consented.

        The coordinator is a Flower SuperLink of 1.40 or newer behind a proxy, or another \
        SecondLook (secondlook federation coordinate).
        """)

    @OptionGroup var options: StoreOptions
    @OptionGroup var person: ActorOption
    @Argument(help: "The coordinator's address, https://host:port.") var url: String
    @Option(
      help: ArgumentHelp(
        "Certificate of who signs for the coordinator (PEM); the system's without.",
        valueName: "file"), completion: .file())
    var authority: String?
    @Option(
      help: ArgumentHelp("This site's certificate for the coordinator's proxy.", valueName: "file"),
      completion: .file())
    var certificate: String?
    @Option(
      help: ArgumentHelp("The key of that certificate.", valueName: "file"), completion: .file())
    var key: String?

    func validate() throws {
      guard (certificate == nil) == (key == nil) else {
        throw ValidationError("--certificate and --key go together.")
      }
    }

    func run() async throws {
      let site = try options.open(to: .administer)
      let before = try site.store.seat()
      if let before, before.url != url {
        throw ValidationError(
          "This site takes part in \(before.url). Nothing was changed. “secondlook federation leave” "
            + "gives that place up.")
      }
      guard let place = URL(string: url) else { throw ValidationError("\(url) is no address.") }
      let authority = authority.map { URL(filePath: $0) }
      let identity = certificate.flatMap { certificate in
        key.map { (certificate: URL(filePath: certificate), key: URL(filePath: $0)) }
      }
      let address = try CoordinatorAddress(place, authority: authority, identity: identity)
      let files = FederationFiles(home: site.home)
      let node = try NodeFolder(files.node)
      let isKnown: Bool
      do { isKnown = try await reach(address, node.key) } catch {
        // A coordinator may want the line before it opens.
        warn("This site's line for the coordinator's roster:\n\(node.key.publicOpenSSH)")
        throw error
      }
      // Nothing that was for the place it gave up goes to another, even if that has the same address.
      if before == nil { try await node.forgetCoordinator() }
      try files.keep(authority: authority, identity: identity)
      let seat = FederationSeat(
        url: url, hasAuthority: authority != nil, hasCertificate: identity != nil,
        key: node.key.fingerprint, joinedBy: person.name, joined: Date())
      try site.store.take(seat)
      sayNext(isKnown: isKnown, node.key, site)
    }

    /// Comes online and goes again.
    ///
    /// - Returns: whether the coordinator knows this site's key.
    private func reach(_ address: CoordinatorAddress, _ key: NodeKey) async throws -> Bool {
      let transport = FlowerTransport(address, key: key)
      let isKnown: Result<Bool, FleetError>
      do throws(FleetError) {
        let node = try await transport.activate(resuming: nil)
        try await transport.leave(node)
        isKnown = .success(true)
      } catch {
        switch error {
        case .unknownKey: isKnown = .success(false)
        // The agent's node is there already.
        case .stillOnline: isKnown = .success(true)
        default: isKnown = .failure(error)
        }
      }
      await transport.close()
      return try isKnown.get()
    }

    private func sayNext(isKnown: Bool, _ key: NodeKey, _ site: LocalSite) {
      say(isKnown ? "✓ \(url) knows this site." : "✓ \(url) answers, but does not know this site.")
      if !isKnown {
        say("  → Give the coordinator this line; the agent goes on by itself once it is admitted:")
        say()
        say(key.publicOpenSSH)
        say()
      }
      say("  Fingerprint of this site's key: \(key.fingerprint)")
      let status = try? FederationStatus(of: site.store, demands: .usual)
      say(
        "  \(counted(status?.lessons ?? 0, "lesson", "lessons")) of consenting patients to learn "
          + "from, \(status?.validation ?? 0) to calibrate with (secondlook consent).")
      say(
        AgentLock.isHeld(home: site.home)
          ? "✓ The agent runs and takes part from now on."
          : "▲ The agent does not run; start it with: secondlook agent")
      say("  A task of the coordinator waits for a person: secondlook federation status")
      say("What is learned is research software and no medical device.")
    }
  }
}

/// Who does what a command does.
struct ActorOption: ParsableArguments {
  @Option(
    name: .customLong("as"),
    help: ArgumentHelp("Who does it; the user of this login unless said.", valueName: "name"))
  var name: String = NSUserName()
}
