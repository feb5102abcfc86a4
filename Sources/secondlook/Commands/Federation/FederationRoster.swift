import ArgumentParser
import Federation
import Foundation

struct FederationRoster: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "roster",
    abstract: "Says who takes part in the consortium that this machine coordinates.",
    discussion: """
      The roster is signed with the folder's own key, and its number grows with every change. Sites \
      believe no other, no older one, and none without themselves on it. A change counts from the \
      next round, also of secondlook federation coordinate that runs. Partners are part of what a \
      site approved: after a change each approves its task anew.
      """,
    subcommands: [Add.self, Remove.self, ShowRoster.self], defaultSubcommand: ShowRoster.self)

  struct Add: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Puts a site on the roster; the first one begins it.")
    @OptionGroup var coordinator: CoordinatorOptions
    @Argument(help: "What the site is called in rounds and in the ledger.") var name: String
    @Argument(
      help: ArgumentHelp(
        "The site's public key: a file, or the line that the site prints when it joins.",
        discussion: "PEM, or OpenSSH's ecdsa-sha2-nistp384.", valueName: "key"))
    var key: [String]
    @Option(help: "Whom to call at the site.") var contact = ""
    @Option(
      help: ArgumentHelp("What a new consortium is called.", valueName: "name"))
    var consortium = "consortium"
    @Option(
      name: .customLong("as"),
      help: ArgumentHelp("What the coordinator of a new one is called.", valueName: "name"))
    var coordinatorName = "coordinator"

    func run() async throws {
      let folder = try coordinator.open()
      let member = ConsortiumRoster.Member(
        name: name, key: try PublicNodeKey(Self.text(key)), contact: contact)
      let signed = try folder.changeRoster { roster in
        if let roster { return try roster.adding(member) }
        return try ConsortiumRoster(
          consortium: consortium,
          coordinator: .init(name: coordinatorName, key: folder.key.publicKey), members: [member])
      }
      say("\(name) \(member.fingerprint) is on roster \(signed.roster.number).")
      say("Compare the fingerprint with the site's, by telephone.")
      say("Its task will name this coordinator's key: \(signed.roster.coordinator.digest)")
    }

    /// What a file holds, or the words themselves.
    private static func text(_ words: [String]) throws -> String {
      if let path = words.first, words.count == 1, FileManager.default.fileExists(atPath: path) {
        return try String(contentsOfFile: path, encoding: .utf8)
      }
      return words.joined(separator: " ")
    }
  }

  struct Remove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Takes a site off the roster; it is refused from the next round.")
    @OptionGroup var coordinator: CoordinatorOptions
    @Argument(help: "What the site is called.") var name: String

    func run() async throws {
      let signed = try coordinator.existing().changeRoster { roster in
        guard let roster else { throw ConsortiumError.noSuchMember(name) }
        return try roster.removing(name)
      }
      say("\(name) is not on roster \(signed.roster.number) any more.")
      say(
        "It is refused from the next round; ^C of secondlook federation coordinate ends this one.")
    }
  }

  struct ShowRoster: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show", abstract: "Prints who is on the roster, and this coordinator's key.")
    @OptionGroup var coordinator: CoordinatorOptions
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
      let folder = try coordinator.existing()
      let roster = try folder.roster().roster
      if json { return try sayJSON(roster) }
      say(
        "\(roster.consortium), roster \(roster.number), coordinated by \(roster.coordinator.name)")
      say(
        table(
          ["site", "key", "contact"],
          roster.members.map { [$0.name, $0.fingerprint, $0.contact] }))
      say()
      say("Tasks name this coordinator's key (\(folder.publicKeyFile.path)):")
      say(roster.coordinator.digest)
    }
  }
}

/// Which consortium a command is about.
struct CoordinatorOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Folder of the consortium: key, roster, models and ledger.", valueName: "folder"),
    completion: .directory)
  var folder: String

  private var place: URL { URL(filePath: folder, directoryHint: .isDirectory) }

  /// The folder; a new one gets a key of its own.
  func open() throws -> ConsortiumFolder { try ConsortiumFolder(place) }

  /// The folder, where somebody has begun one.
  func existing() throws -> ConsortiumFolder {
    guard FileManager.default.fileExists(atPath: place.path) else {
      throw ConsortiumError.noRoster(folder: folder)
    }
    return try open()
  }
}
