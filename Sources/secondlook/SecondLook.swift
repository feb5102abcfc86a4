import ArgumentParser
import CDispatchMonitor
import Triage

@main
struct Program {
  static func main() async throws {
    if let measured = FirstResult(CommandLine.arguments) { return try measured.run() }
    do {
      var command = try SecondLook.parseAsRoot()
      // The workstation wakes up for nothing but the reader; what blocks there has its own lanes.
      if command is Open { dispatch_leave_workers_alone() }
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch {
      SecondLook.exit(withError: error)
    }
  }
}

/// The one executable: workstation, agent, and every subcommand.
struct SecondLook: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "secondlook",
    abstract: "A worklist of radiographs sorted by a model, and the regions to see once more.",
    discussion: """
      Without a subcommand the workstation opens on the store.

      Start with:  secondlook tour                 the keys, in three minutes
                   secondlook demo                 all of it, on generated radiographs
                   secondlook import FOLDER        your own DICOM files or pictures
                   secondlook                      the worklist; ? shows every key

      SecondLook is research software and no medical device: the reader decides.
      """,
    version: "secondlook 0.1.0 (research software, no medical device)",
    subcommands: [
      Open.self, Import.self, Query.self, Pull.self, PeerCommand.self, Worklist.self, Show.self,
      Find.self, Claim.self,
      ReviewCommand.self, Sign.self, SecondLookCommand.self, Export.self, Deidentify.self,
      ConsentCommand.self, Templates.self,
      AgentCommand.self, Status.self, Retry.self, Outbox.self, Sync.self, Log.self, Audit.self,
      SupportBundleCommand.self,
      ModelCommand.self, Train.self, FederationCommand.self, Demo.self, TourCommand.self,
      Bench.self,
      DecodeCheck.self,
    ],
    defaultSubcommand: Open.self)
}
