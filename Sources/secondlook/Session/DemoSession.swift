import Agent
import Foundation
import Imaging
import Phantom
import Terminal
import Workstation

/// The demo on a terminal: lets it run, shows how far it has come, hears keys.
@MainActor
struct DemoSession {
  private enum Mail: Sendable {
    case event(DemoScreen.Event)
    case ended
  }

  private let terminal: Terminal
  private let mailbox: Mailbox<Mail>
  private let work: Task<DemoRun.Outcome, any Error>
  private var screen: DemoScreen
  private var isRunning = true
  /// When it started, moved on by the time it was suspended.
  private var start = ContinuousClock.now
  private var lastFrame = ContinuousClock.now

  /// Runs until the demo is over; what came out of it, or why nothing did.
  ///
  /// The terminal stays taken, for the workstation or for the caller to close.
  /// - Throws: `CancellationError` if the reader stopped it; nothing of it is kept then.
  static func run(
    _ demo: DemoRun, plan: DemoScreen.Plan, on terminal: Terminal
  ) async throws -> DemoRun.Outcome {
    let mailbox = Mailbox<Mail>()
    let work = Task.detached {
      defer { mailbox.post(.ended) }
      return try await demo.run { event in
        if let shown = DemoScreen.Event(event) { mailbox.post(.event(shown)) }
      }
    }
    var session = DemoSession(terminal, mailbox, work, plan)
    session.loop()
    return try await work.value
  }

  private init(
    _ terminal: Terminal, _ mailbox: Mailbox<Mail>, _ work: Task<DemoRun.Outcome, any Error>,
    _ plan: DemoScreen.Plan
  ) {
    self.terminal = terminal
    self.mailbox = mailbox
    self.work = work
    screen = DemoScreen(
      plan: plan, width: terminal.width, height: terminal.height,
      capabilities: terminal.capabilities)
  }

  private mutating func loop() {
    present()
    while isRunning {
      var inputs = terminal.wait(timeout: .milliseconds(250))
      // Hundreds of events a second would be hundreds of frames, and the network wants the time.
      let due = lastFrame + .milliseconds(100)
      while inputs.isEmpty, ContinuousClock.now < due {
        inputs = terminal.wait(timeout: due - .now)
      }
      take(.tick(ContinuousClock.now - start))
      for input in inputs {
        // Without a terminal there is nobody to go on for.
        if [.hangup, .terminate].contains(input) { isRunning = false }
        take(.input(input))
      }
      for mail in mailbox.drain() {
        switch mail {
        case .event(let event): take(event)
        case .ended: isRunning = false
        }
      }
      present()
    }
  }

  private mutating func take(_ event: DemoScreen.Event) {
    for effect in screen.update(event) {
      switch effect {
      case .quit: work.cancel()
      case .repaint: terminal.redraw()
      case .suspend:
        let before = ContinuousClock.now
        terminal.suspend()
        start += ContinuousClock.now - before
      default: break
      }
    }
  }

  private mutating func present() {
    var canvas = Canvas(width: terminal.width, height: terminal.height)
    screen.draw(on: &canvas)
    terminal.present(canvas)
    lastFrame = .now
  }
}

extension DemoScreen.Event {
  /// What the screen is told of an event; none where it would show nothing new.
  fileprivate init?(_ event: DemoRun.Event) {
    switch event {
    case .drawing(let drawn, let done, let all):
      let image = GreyImage(
        columns: drawn.side, rows: drawn.side, values: drawn.pixels.map(Float.init), bits: 12)
      self = .drew(
        DemoPicture(hospital: drawn.hospital, image: image, lesions: drawn.boxes), done: done,
        of: all)
    case .triaging(let done, let all): self = .triaged(done: done, of: all)
    case .federating(.opening(let site, let done, let all)):
      self = .tookIn(Hospital.name(of: site), done: done, of: all)
    case .federating(.opened(let site, let lessons, _)):
      self = .opened(Hospital.name(of: site), lessons: lessons)
    case .federating(.training(let site, let round, _)):
      self = .trains(Hospital.name(of: site), round: round)
    case .federating(.trained(let site, let bytes, let round, _)):
      self = .sent(Hospital.name(of: site), round: round, bytes: bytes)
    case .federating(.round(let round, _)):
      let each = round.sites.map { site, turn in
        (
          Hospital.name(of: site),
          DemoScreen.Score(change: turn.norm, auroc: turn.federated)
        )
      }
      self = .round(
        round.round, pooled: round.pooled?.federated,
        hospitals: Dictionary(each) { first, _ in first })
    case .federating(.testing), .federating(.calibrated): self = .calibrates
    }
  }
}

extension Hospital {
  /// The full name of a made-up hospital; any other site is called what it calls itself.
  static func name(of site: String) -> String {
    examples.first { $0.site == site }?.name ?? site
  }
}
