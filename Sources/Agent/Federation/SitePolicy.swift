import Federation
public import Gateway
import Radiology

/// Whether a site takes part in what a coordinator asks: privacy, budget and work, each bounded.
public struct SitePolicy: Sendable {
  /// Why a site does not take part, in words for its own people and a code for the coordinator.
  struct Objection: Error, CustomStringConvertible {
    let refusal: SealedReply.Refusal
    let description: String
  }

  let demands: Configuration.Federation

  public init(_ demands: Configuration.Federation) { self.demands = demands }

  /// What an approved task may not ask for all the same; none if there is nothing.
  ///
  /// `released` is the noise of everything that left for training, none for what had none.
  func objection(to instruction: LearningInstruction, released: [Double?]) -> Objection? {
    if let objection = privacyObjection(to: instruction) { return objection }
    if let objection = budgetObjection(to: instruction, released: released) { return objection }
    if let steps = instruction.steps, steps > demands.mostSteps {
      return Objection(
        refusal: .tooMuchWork,
        description: "The task wants \(steps) steps a round and this site makes at most "
          + "\(demands.mostSteps) ([federation] most_steps). Nothing was sent.")
    }
    return nil
  }

  private func privacyObjection(to instruction: LearningInstruction) -> Objection? {
    func objection(_ promised: String, _ wanted: String) -> Objection {
      Objection(
        refusal: .tooLittlePrivacy,
        description: "The task promises \(promised) and this site requires \(wanted). Nothing was "
          + "sent. Ask the coordinator for it, or change [federation] in secondlook.toml.")
    }
    if let most = demands.longestChange, instruction.clip ?? .infinity > most {
      return objection(
        instruction.clip.map { "changes up to a length of \($0)" } ?? "no limit to a change",
        "a clip of at most \(most) (longest_change)")
    }
    if let least = demands.leastNoise, instruction.noise ?? 0 < least {
      return objection(
        instruction.noise.map { "noise of \($0) clips" } ?? "no noise",
        "at least \(least) (least_noise)")
    }
    return nil
  }

  private func budgetObjection(
    to instruction: LearningInstruction, released: [Double?]
  ) -> Objection? {
    guard let most = demands.mostEpsilon, instruction.kind == .train else { return nil }
    var spent = PrivacySpent()
    for noise in released + [instruction.noise] {
      guard let noise else {
        return Objection(
          refusal: .budgetSpent,
          description: "An update has left without noise, so no budget is left ([federation] "
            + "most_epsilon). Nothing was sent.")
      }
      spent.add(noise: noise)
    }
    guard spent.epsilon(delta: demands.delta) > most else { return nil }
    return Objection(
      refusal: .budgetSpent,
      description: "One more update would spend more than ε = \(most) at δ = \(demands.delta) "
        + "([federation] most_epsilon). Nothing was sent. The site sits out until the budget is "
        + "raised by whoever answers for it.")
  }
}
