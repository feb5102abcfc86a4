public import ArgumentParser
public import Federation

/// How the rounds of a consortium are led.
struct RoundOptions: ParsableArguments {
  enum StrategyName: String, CaseIterable, ExpressibleByArgument {
    case fedavg, fedprox, fedadam, fedmedian, multikrum
  }

  @Option(help: "Rounds of the consortium.") var rounds = 20
  @Option(help: "How one model is made of the sites' models.") var strategy = StrategyName.fedavg
  @Option(help: "Fewest updates that change the model.") var quorum = 2
  @Option(help: ArgumentHelp("How long sites are waited for.", valueName: "seconds"))
  var quorumWait = 900
  @Option(help: ArgumentHelp("How long answers are waited for.", valueName: "seconds"))
  var roundWait = 3_600
  @Option(help: "Steps a site makes in each round.") var steps = 100
  @Option(help: "Images a site takes in one step.") var batch = 16
  @Option(help: "Learning rate of the sites.") var learningRate = 2e-3
  @Option(help: "The same seed gives the same model.") var seed: UInt64 = 1
  @Option(help: "fedavg: the share of the last step that is kept.") var momentum = 0.0
  @Option(help: "fedprox: how strongly a site is held to the common model.")
  var proximalMu = 0.01
  @Option(help: "fedadam: the learning rate of the coordinator.") var serverRate = 0.01
  @Option(help: "multikrum: how many sites may lie; the quorum is twice as many and three.")
  var liars = 1
  @Option(help: "Longest change that sites are asked to let out; any if left out.")
  var clip: Double?
  @Option(help: "Noise that sites are asked to add, in multiples of the clip.")
  var noise: Double?
  @Option(
    help: ArgumentHelp(
      "8 or 16: in how few bits a value changes travel, either way; whole models if left out.",
      valueName: "n"))
  var updateBits: UpdateBits?
  @Option(
    help: """
      Longest change that is believed, without the noise that is asked for; 0 for any, which only \
      fedmedian and multikrum take.
      """)
  // The longest that was seen of an honest site, with the network that ships, was 20.
  var longestChange = 50.0
  @Option(help: "Rounds that a site sits out whose answer could not be believed.")
  var quarantine = 3

  /// - Throws: `ValidationError` and `ConsortiumError`.
  func plan() throws -> ConsortiumPlan {
    guard (0..<1).contains(momentum) else {
      throw ValidationError("--momentum is from 0 to below 1.")
    }
    guard noise == nil || clip != nil else {
      throw ValidationError("--noise is counted in clips: give --clip too.")
    }
    guard longestChange != 0 || [.fedmedian, .multikrum].contains(strategy) else {
      throw ValidationError(
        "Say with --longest-change how long an honest change can be, 50 for example, or the --clip: "
          + "with \(strategy.rawValue) one liar may else do anything.")
    }
    return try ConsortiumPlan(
      rounds: rounds, combination: combination,
      work: RoundTask.Work(
        steps: steps, batch: batch, learningRate: learningRate,
        proximal: strategy == .fedprox ? proximalMu : 0, seed: seed),
      privacy: clip.map { ConsortiumPlan.Privacy(clip: $0, noise: noise) }, updateBits: updateBits,
      waits: ConsortiumPlan.Waits(
        quorum: quorum, forQuorum: .seconds(quorumWait), forRound: .seconds(roundWait)),
      doubt: ConsortiumPlan.Doubt(
        longestChange: longestChange == 0 ? nil : longestChange, quarantine: quarantine))
  }

  private var combination: Combination {
    switch strategy {
    case .fedavg: .mean(Strategy(momentum: momentum))
    case .fedprox: .mean(Strategy())
    case .fedadam: .serverAdam(rate: serverRate)
    case .fedmedian: .median
    case .multikrum: .multiKrum(liars: liars)
    }
  }
}

extension UpdateBits: ExpressibleByArgument {}
