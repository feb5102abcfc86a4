import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Federation

/// A clock that is so many seconds wrong, until somebody sets it.
final class WrongClock: Sendable {
  private let error: Mutex<TimeInterval>

  init(by error: TimeInterval) { self.error = Mutex(error) }

  var isRight: Bool { error.withLock { $0 == 0 } }
  @Sendable func now() -> Date { Date().addingTimeInterval(error.withLock { $0 }) }
  func turn(by seconds: TimeInterval) { error.withLock { $0 += seconds } }
  func set() { error.withLock { $0 = 0 } }
}

@Suite("A site whose clock is wrong says so, and goes on as soon as it is right")
struct WrongClockTests {
  /// Takes part by that clock until enough has happened.
  private func run(
    _ site: Site, at port: Int, by clock: WrongClock, authority: URL? = nil,
    meanwhile: @escaping @Sendable () async -> Void = {},
    until isEnough:
      @escaping @Sendable (FederationNode.Event, FlowerTransport) async throws -> Bool
  ) async throws {
    let scheme = authority == nil ? "http" : "https"
    let way = FlowerTransport(
      try CoordinatorAddress(
        try #require(URL(string: "\(scheme)://127.0.0.1:\(port)")), authority: authority,
        patience: .init(
          connecting: .seconds(600), answer: .seconds(600), pause: .milliseconds(2),
          cut: .seconds(600))), key: site.folder.key, now: clock.now)
    let end: Result<Void, any Error>
    do {
      end = .success(
        try await site.run(way, now: clock.now, meanwhile: meanwhile) {
          try await isEnough($0, way)
        })
    } catch { end = .failure(error) }
    await way.close()
    try end.get()
  }

  /// Holds against what is wrong with the clock what the node says of it.
  private func check(_ error: FleetError, against seconds: TimeInterval) {
    guard case .wrongClock(_, let said) = error else { return }
    // It took a while to be said.
    #expect(abs(TimeInterval(said) - seconds) < 60)
    let text = error.description
    #expect(text.contains(seconds > 0 ? "is ahead" : "is behind"), "\(text)")
    #expect(text.contains("timedatectl set-ntp true"))
  }

  @Test(
    "ten minutes off, it is not let in; with the clock right it comes in and answers",
    arguments: [600.0, -600])
  func joining(seconds: TimeInterval) async throws {
    try await withFolder { place in
      let site = try await Site(in: place)
      try await site.ask()
      let clock = WrongClock(by: seconds)
      try await serving(FleetServer(site.coordinator)) { port in
        try await run(site, at: port, by: clock) { event, _ in
          switch event {
          // Another may have been on its way when the clock was set.
          case .waiting(let error) where !clock.isRight:
            check(error, against: seconds)
            #expect(await site.coordinator.online.isEmpty)
            #expect(!site.folder.has(.coordinator))
            clock.set()
          case .online: #expect(clock.isRight)
          case .answered: return true
          case .dropped(let error): throw error
          default: break
          }
          return false
        }
      }
      #expect(try await site.values() == [2, 3])
      #expect(site.works == 1)
    }
  }

  @Test(
    "a clock that goes wrong in the middle of a round costs neither the round nor a second answer",
    arguments: [600.0, -600])
  func jumping(seconds: TimeInterval) async throws {
    try await withFolder { place in
      let site = try await Site(in: place)
      try await site.ask()
      let clock = WrongClock(by: 0)
      let waits = Mutex(0)
      try await serving(FleetServer(site.coordinator)) { port in
        try await run(
          site, at: port, by: clock, meanwhile: { clock.turn(by: seconds) }
        ) { event, _ in
          switch event {
          case .waiting(let error) where !clock.isRight:
            check(error, against: seconds)
            #expect(try await site.coordinator.answers(within: .zero).isEmpty)
            #expect(site.folder.hasAnswer)
            waits.withLock { $0 += 1 }
            clock.set()
          case .answered: return true
          case .dropped(let error): throw error
          default: break
          }
          return false
        }
      }
      #expect(waits.withLock { $0 } == 1)
      #expect(try await site.values() == [2, 3])
      #expect(site.works == 1)
    }
  }

  @Test(
    "a stock SuperLink lets nobody in whose clock is ten minutes off, and the node says why",
    .enabled(if: StockFlower.isPossible, "SECONDLOOK_ORACLES has no flwr, or openssl is not there"))
  func stock() async throws {
    try await withFolder { folder in
      let flower = try await StockFlower(in: folder)
      let site = try await Site(in: folder)
      let (link, port) = try await flower.superLink(knowing: [site.folder.key.publicOpenSSH])
      let outcome: Result<Void, any Error>
      do {
        for seconds in [600.0, -600] {
          let clock = WrongClock(by: seconds)
          try await run(
            site, at: port, by: clock, authority: flower.certificates.authority
          ) { event, way in
            switch event {
            case .waiting(let error) where !clock.isRight:
              check(error, against: seconds)
              clock.set()
            case .online(let node):
              #expect(clock.isRight)
              try await way.leave(node)
              return true
            default: break
            }
            return false
          }
          #expect(clock.isRight)
        }
        outcome = .success(())
      } catch {
        outcome = .failure(error)
        Issue.record("\(link.output.suffix(3000))")
      }
      await flower.end([link])
      try outcome.get()
    }
  }
}
