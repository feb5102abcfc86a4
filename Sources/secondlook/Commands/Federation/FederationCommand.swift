import Agent
import ArgumentParser
import Engine
import Federation
import Foundation
import Radiology
import Triage

struct FederationCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "federation",
    abstract: "Learns with other hospitals; only parameters and counts leave.",
    subcommands: [
      Join.self, Status.self, Tasks.self, Approve.self, Refuse.self, Pause.self, Resume.self,
      Leave.self, Audit.self, Node.self, FederationCoordinate.self, FederationRoster.self,
      Simulate.self,
    ])

  struct Simulate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Runs every site of a labelled folder as an agent of its own.",
      discussion: """
        Each site has its own store, lessons and key; an embedded coordinator averages their sealed \
        updates, and nothing but parameters, counts and sums passes. Beside it the same network \
        learns from all sites' pictures at once (central) and from each site's alone, with the same \
        number of examples.

        With --liar a site lies, to see what the strategy makes of it: flipped-labels learns from \
        opposite labels, scaled sends its change 100 times as long. Both look like honest updates. \
        Values that are no numbers, and arrays of another shape, do not: every coordinator refuses \
        them, here for that round, in federation coordinate for --quarantine rounds more.
        """)

    @Option(help: "Folder with manifest.csv.", completion: .directory) var data: String
    @Option(help: "Rounds of the federation.") var rounds = 20
    @Option(
      help: "Steps a site makes in each round; two passes over all lessons if left out.")
    var steps: Int?
    @Option(help: "The same seed gives the same model.") var seed: UInt64 = 1
    @Option(help: ArgumentHelp("Write every figure to this file.", valueName: "file"))
    var json: String?
    @Option(
      name: [.customShort("o"), .customLong("output")],
      help: ArgumentHelp("Write the model to this folder.", valueName: "folder"),
      completion: .directory)
    var output: String?
    @Option(help: ArgumentHelp("Keep the sites' stores here.", valueName: "folder"))
    var stores: String?
    @Option(help: "Score the validation pictures in every so many rounds.") var scoredEvery: Int?
    @Option(
      help: ArgumentHelp(
        "Images a site takes in one step; by the square root of its lessons if left out.",
        valueName: "site=n"))
    var batch: [String] = []
    @Option(
      help: ArgumentHelp(
        "8 or 16: changes are rounded as for a coordinator that asks for so few bits a value, either way.",
        valueName: "n"))
    var updateBits: UpdateBits?
    @Option(
      help: """
        How one model is made of the sites' models; FedAvg with half of the last step and a moving \
        mean of the models if left out.
        """)
    var strategy: RoundOptions.StrategyName?
    @Option(help: "fedprox: how strongly a site is held to the common model.")
    var proximalMu = 0.01
    @Option(help: "fedadam: the learning rate of the coordinator.") var serverRate = 0.01
    @Option(
      help: ArgumentHelp(
        "A site that lies, by flipped-labels or scaled; may be repeated.", valueName: "site=lie"))
    var liar: [String] = []
    @Option(help: "Longest change that is believed; any if left out.") var longestChange: Double?
    @Flag(inversion: .prefixedNo, help: "Train the central and site-only models too.")
    var compare = true

    func validate() throws {
      guard rounds >= 1, steps ?? 1 >= 1, scoredEvery ?? 1 >= 1 else {
        throw ValidationError("--rounds, --steps and --scored-every have to be at least 1.")
      }
      guard longestChange ?? 1 > 0, proximalMu >= 0, proximalMu.isFinite else {
        throw ValidationError("--longest-change is above 0, and --proximal-mu 0 or more.")
      }
      _ = try liars()
    }

    func run() async throws {
      let folder = try LabelledFolder(folder: URL(filePath: data, directoryHint: .isDirectory))
      let home =
        stores.map { URL(filePath: $0, directoryHint: .isDirectory) }
        ?? FileManager.default.temporaryDirectory.appending(path: "secondlook-\(UUID().uuidString)")
      defer { if stores == nil { try? FileManager.default.removeItem(at: home) } }
      var plan = try Simulation.Plan(rounds: rounds)
      plan.steps = steps
      plan.seed = seed
      plan.compares = compare
      plan.updateBits = updateBits
      plan.batches = try Dictionary(batch.map(Self.share)) { _, last in last }
      plan.scoredEvery = scoredEvery ?? max(1, rounds / 20)
      plan.liars = try liars()
      plan.longestChange = longestChange
      plan.combination = combination
      if strategy == .fedprox { plan.training.proximity = Float(proximalMu) }
      let network = try Network.chest()
      let simulation = Simulation(
        data: folder, home: home, plan: plan, network: network, preprocessing: Preprocessing(),
        card: Card.chest(folder))
      let outcome = try await follow(simulation)
      if let output {
        try outcome.model.save(to: URL(filePath: output, directoryHint: .isDirectory))
        say("Model \(outcome.model.id.prefix(12)) written to \(output).")
      }
      if let json {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try encoder.encode(outcome.report).write(to: URL(filePath: json), options: .atomic)
      }
    }

    private func liars() throws -> [String: Lie] {
      try Dictionary(
        liar.map { text in
          let parts = text.split(separator: "=").map(String.init)
          guard parts.count == 2, let lie = Lie(rawValue: parts[1]) else {
            throw ValidationError(
              "--liar is SITE=LIE with \(Lie.allCases.map(\.rawValue).joined(separator: " or ")), "
                + "for example --liar nih=flipped-labels.")
          }
          return (parts[0], lie)
        }
      ) { _, last in last }
    }

    private var combination: Combination? {
      switch strategy {
      case nil: nil
      case .fedavg, .fedprox: .mean(Strategy())
      case .fedadam: .serverAdam(rate: serverRate)
      case .fedmedian: .median
      case .multikrum: .multiKrum(liars: max(1, liar.count))
      }
    }

    private static func share(_ text: String) throws -> (String, Int) {
      let parts = text.split(separator: "=")
      guard parts.count == 2, let count = Int(parts[1]), (1...1024).contains(count) else {
        throw ValidationError("--batch is SITE=NUMBER, for example --batch nih=18.")
      }
      return (String(parts[0]), count)
    }

    /// Prints what happens, round by round and site by site.
    private func follow(_ simulation: Simulation) async throws -> Simulation.Outcome {
      let line = ProgressLine()
      let liars = try liars().sorted { $0.key < $1.key }
      for (site, lie) in liars { say("\(site) lies: it \(lie.words).") }
      let outcome = try await interruptible {
        try await simulation.run { event in
          switch event {
          case .opening(let site, let done, let all):
            line.show("\(site) \(bar(Double(done) / Double(all))) \(done)/\(all) pictures")
          case .opened(let site, let lessons, let validation):
            line.clear()
            say("\(site): \(lessons) lessons, \(validation) to validate with.")
          case .training(let site, let round, let all):
            line.show("Round \(round)/\(all) \(bar(Double(round) / Double(all))) \(site)")
          case .round(let round, let all):
            guard round.pooled != nil else { return }
            line.clear()
            say(round.table(of: all))
          case .calibrated(let site, let normal, let suspicious):
            line.clear()
            say(
              suspicious > 0
                ? "\(site) calibrated it on \(normal) normal and \(suspicious) suspicious images."
                : "\(site) has too few images to calibrate on and keeps the common calibration.")
          case .trained: break
          case .testing: line.show("Testing on pictures no model has seen …")
          }
        }
      }
      line.clear()
      if let test = outcome.report.test {
        let lies = liars.map { ", \($0.key) lying (\($0.value.rawValue))" }.joined()
        say("Federated\(strategy.map { " by \($0.rawValue)" } ?? "")\(lies), on test:")
        say(test.federated.table)
        if let central = test.central {
          say("Central, equal work:")
          say(central.table)
        }
        for (site, evaluation) in test.alone.sorted(by: { $0.key < $1.key }) {
          say(
            "\(site) alone: pooled AUROC \(Self.figure(evaluation.pooled.auroc)), "
              + "mean of sites \(Self.figure(evaluation.meanOfSites))")
        }
      }
      say(outcome.calibration)
      say(Card.disclaimer)
      return outcome
    }

    private static func figure(_ auroc: Double?) -> String {
      auroc.map { String(format: "%.3f", $0) } ?? "–"
    }
  }
}
