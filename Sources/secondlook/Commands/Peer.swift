import ArgumentParser
import Foundation
import Gateway

struct PeerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "peer", abstract: "The systems that images and orders come from.",
    subcommands: [Check.self])

  struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Says whether the configuration is right and who answers.",
      discussion: """
        A receiver and a worklist server are asked by C-ECHO, a PACS by a search for one study. \
        The exit status is 0 if all of them answer.
        """)

    @OptionGroup var options: GatewayOptions
    @Flag(help: "Print JSON: an array of peers.") var json = false

    func run() async throws {
      let configuration = try options.configuration()
      let program = Result { () throws(GatewayError) in try DIMSEProgram() }
      let answers = try await interruptible { await configuration.checkPeers(program) }
      if json {
        try sayJSON(answers)
      } else if answers.isEmpty {
        say("No peer is configured; \(GatewayOptions.hint)")
      } else {
        say(
          table(
            ["peer", "service", "answer", "ms", "encrypted", "why"],
            answers.map {
              [
                $0.name, $0.service.rawValue, $0.isOK ? "ok" : "failed", "\($0.milliseconds)",
                $0.isEncrypted ? "yes" : "no", $0.reason ?? "",
              ]
            }))
      }
      guard answers.allSatisfy(\.isOK) else { throw ExitCode.failure }
    }
  }
}
