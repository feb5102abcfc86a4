import Engine
import Foundation
import TestSupport
import Testing

@testable import Federation

@Suite("What noise is worth is known, and the noise is what was promised")
struct PrivacySpentTests {
  private struct Setting: Codable {
    let noise: Double
    let releases: Int
    let delta: Double
    var epsilon: Double?
  }

  private func epsilon(_ setting: Setting) -> Double {
    var spent = PrivacySpent()
    for _ in 0..<setting.releases { spent.add(noise: setting.noise) }
    return spent.epsilon(delta: setting.delta)
  }

  @Test("nothing that left is worth nothing, and every release more is worth more")
  func monotonic() {
    var spent = PrivacySpent()
    #expect(spent.epsilon(delta: 1e-6) == 0)
    var last = 0.0
    for _ in 0..<50 {
      spent.add(noise: 2)
      let now = spent.epsilon(delta: 1e-6)
      #expect(now > last)
      last = now
    }
    #expect(spent.epsilon(delta: 1e-9) > last)
  }

  @Test(
    "it agrees with Google's dp-accounting within 1 % over a table of settings",
    .enabled(if: StockFlower.isPossible, "SECONDLOOK_ORACLES has no dp-accounting"))
  func oracle() async throws {
    let settings = [0.8, 1, 2, 5, 20].flatMap { noise in
      [(1, 1e-5), (10, 1e-5), (10, 1e-8), (noise < 2 ? 30 : 200, 1e-6)].map {
        Setting(noise: noise, releases: $0.0, delta: $0.1)
      }
    }
    let script = """
      import dp_accounting as dp, json, sys
      from dp_accounting import pld
      table = json.loads(sys.argv[1])
      for row in table:
          release = dp.GaussianDpEvent(row["noise"])
          accountant = pld.PLDAccountant()
          accountant.compose(dp.SelfComposedDpEvent(release, row["releases"]))
          row["epsilon"] = accountant.get_epsilon(row["delta"])
      print(json.dumps(table))
      """
    let asked = String(decoding: try JSONEncoder().encode(settings), as: UTF8.self)
    let outcome = try await Tool(
      executable: StockFlower.venv.appending(path: "bin/python"),
      arguments: ["-W", "ignore", "-c", script, asked]
    ).outcome(within: .seconds(240))
    try #require(outcome.status == 0, "\(outcome)")
    let table = try JSONDecoder().decode(
      [Setting].self, from: Data((outcome.output.split(separator: "\n").last ?? "").utf8))
    #expect(table.count == settings.count)
    for row in table {
      let theirs = try #require(row.epsilon)
      #expect(abs(epsilon(row) - theirs) <= 0.01 * theirs, "\(row)")
    }
  }

  @Test("tiny and huge releases end in a number")
  func extremes() {
    for (noise, releases) in [(0.1, 10_000), (1_000, 1), (0.1, 1), (1_000, 100_000)] {
      let epsilon = epsilon(Setting(noise: noise, releases: releases, delta: 1e-9))
      #expect(epsilon.isFinite && epsilon >= 0, "\(noise) \(releases)")
    }
  }

  @Test("whole numbers come as often as a Gaussian says", arguments: [1, 2, 7])
  func frequencies(deviation: Int) {
    var random = Seeded(UInt64(deviation))
    let gaussian = DiscreteGaussian(deviation: deviation)
    let draws = 100_000
    var counts: [Int: Int] = [:]
    for _ in 0..<draws { counts[gaussian.next(using: &random), default: 0] += 1 }
    let reach = -12 * deviation...12 * deviation
    func weight(_ x: Int) -> Double { exp(-Double(x * x) / Double(2 * deviation * deviation)) }
    let whole = reach.reduce(0) { $0 + weight($1) }
    // Chi squared over what is expected at least 20 times; five deviations above its mean.
    var statistic = 0.0
    var bins = 0.0
    for x in reach {
      let expected = Double(draws) * weight(x) / whole
      guard expected >= 20 else { continue }
      let difference = Double(counts[x] ?? 0) - expected
      statistic += difference * difference / expected
      bins += 1
    }
    #expect(statistic < bins + 5 * (2 * bins).squareRoot())
    #expect(counts.keys.allSatisfy(reach.contains))
  }

  @Test("the noise is never less than was promised, and hardly more")
  func promised() {
    for clip in [0.001, 1, 3.7, 1_000] {
      for noise in [0.1, 0.9999, 1, 7] {
        let made = ChangeNoise(clip: clip, noise: noise)
        let real = Double(made.deviation) * made.step / clip
        #expect(real >= noise && real <= noise * 1.001)
      }
    }
  }

  @Test("what leaves under noise is spread as the noise says, and never the same twice")
  func spread() throws {
    let count = 20_000
    let model = parameters([Float](repeating: 0, count: count))
    var trained = model
    trained.entries[0].values[0] = 100
    let gate = try PrivacyGate(clip: 0.5, noise: 2)
    let (first, _) = try gate.change(to: trained, from: model, by: 10)
    let (second, _) = try gate.change(to: trained, from: model, by: 10)
    #expect(first != second)
    let squares = first.entries[0].values.dropFirst().reduce(0) { $0 + Double($1) * Double($1) }
    // Deviation 1; of 20 000 squares the mean is 1 ± 0.01.
    #expect(abs(squares / Double(count) - 1) < 0.05)
    let reply = try gate.seal(trained, trainedOn: 10, of: model)
    #expect(reply.noise == 2)
  }

  @Test("noise that hides nothing, or without a clip, is refused")
  func refused() {
    #expect(throws: FederationError.unsafeNoise(1)) { try PrivacyGate(noise: 1) }
    for noise in [0, -1, 0.01, .infinity, 1e9] {
      #expect(throws: FederationError.unsafeNoise(noise)) {
        try PrivacyGate(clip: 1, noise: noise)
      }
    }
    #expect(throws: FederationError.self) { try PrivacyGate(clip: 1, noise: .nan) }
    #expect(throws: FederationError.self) { try PrivacyGate(clip: 1e-300, noise: 1) }
  }
}
