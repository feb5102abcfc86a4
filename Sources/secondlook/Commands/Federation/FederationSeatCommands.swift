import Agent
import ArgumentParser
import Foundation
import Radiology
import Store

extension FederationCommand {
  struct Pause: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Stops this site's part; a round that is under way is given up.")

    @OptionGroup var options: StoreOptions
    @OptionGroup var person: ActorOption
    @Option(help: "Why, for the log.") var reason: String?

    func run() async throws {
      let site = try options.open(to: .administer)
      try site.store.demandSeat()
      try site.store.pause(FederationPause(by: person.name, at: Date(), reason: reason))
      say(
        "Paused: the agent stops within seconds, and nothing leaves then. “secondlook federation resume” goes on."
      )
    }
  }

  struct Resume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Takes part again after a pause.")

    @OptionGroup var options: StoreOptions
    @OptionGroup var person: ActorOption

    func run() async throws {
      let site = try options.open(to: .administer)
      try site.store.demandSeat()
      try site.store.resume(by: person.name, at: Date())
      say("Resumed: the agent takes part again.")
    }
  }

  struct Leave: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Gives this site's place up; models, rounds and the log stay.")

    @OptionGroup var options: StoreOptions
    @OptionGroup var person: ActorOption

    func run() async throws {
      let site = try options.open(to: .administer)
      let seat = try site.store.demandSeat()
      try site.store.leaveSeat(by: person.name, at: Date())
      say(
        "Left \(seat.url). The key stays in the store's folder, so that the site is known if it "
          + "joins again; ask the coordinator to remove it from the roster.")
    }
  }
}

extension Store {
  @discardableResult
  fileprivate func demandSeat() throws -> FederationSeat {
    guard let seat = try seat() else {
      throw ValidationError(
        "This site takes part in no federation. “secondlook federation join” leads into one.")
    }
    return seat
  }
}
