import Foundation
import Radiology
import Testing

@testable import Triage

struct EvaluationTests {
  private func reads(
    _ site: String, normal: Int, suspicious: Int, seed: UInt64 = 3, shift: Float = 0.2
  ) -> [Evaluation.Read] {
    var random = SeededRandom(seed: seed)
    return (0..<normal + suspicious).map { index in
      Evaluation.Read(
        patient: "\(site)\(index / 2)", site: site, isSuspicious: index >= normal,
        probability: Double(random.uniform(0, 0.8) + (index >= normal ? shift : 0)))
    }
  }

  @Test("the JSON has exactly the promised names")
  func json() throws {
    let trial = PointingTrial(
      point: (5, 5), boxes: [Manifest.Box(x0: 0, y0: 0, x1: 10, y1: 10)], columns: 20, rows: 20)
    let read = Evaluation.Read(
      patient: "x", site: "nih", isSuspicious: true, probability: 0.9, pointing: trial)
    let evaluation = Evaluation(
      of: reads("nih", normal: 20, suspicious: 20) + [read], resamples: 50)
    let data = try JSONEncoder().encode(evaluation)
    let object = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    #expect(Set(object.keys) == ["pooled", "sites", "mean_of_sites", "pointing"])
    let pooled = try #require(object["pooled"] as? [String: Any])
    #expect(pooled["auroc"] is Double)
    #expect((pooled["ci"] as? [Double])?.count == 2)
    #expect(pooled["sensitivity_at_specificity_90"] is Double)
    #expect((object["sites"] as? [String: [String: Any]])?["nih"]?["auroc"] is Double)
    let pointing = try #require(object["pointing"] as? [String: Any])
    #expect(pointing["hits"] as? Int == 1)
    #expect(pointing["of"] as? Int == 1)
    #expect(pointing["random"] as? Double == 0.25)
    #expect(try JSONDecoder().decode(Evaluation.self, from: data) == evaluation)
  }

  @Test("a site with one class has a sensitivity and no AUROC")
  func oneClass() throws {
    let all = reads("a", normal: 30, suspicious: 30) + reads("b", normal: 0, suspicious: 25)
    let evaluation = Evaluation(of: all, resamples: 20)
    let b = try #require(evaluation.sites["b"])
    #expect(b.auroc == nil)
    #expect(b.interval == nil)
    #expect(b.sensitivity != nil)
    #expect(evaluation.meanOfSites == evaluation.sites["a"]?.auroc)
    let text = String(decoding: try JSONEncoder().encode(b), as: UTF8.self)
    #expect(!text.contains("auroc"))
  }

  @Test("other programs find every name, with null where there is no figure")
  func complete() throws {
    let evaluation = Evaluation(of: reads("b", normal: 0, suspicious: 5), resamples: 5)
    let data = try JSONEncoder().encode(evaluation.complete)
    let object = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    #expect(object["mean_of_sites"] is NSNull)
    let b = try #require((object["sites"] as? [String: [String: Any]])?["b"])
    for score in [try #require(object["pooled"] as? [String: Any]), b] {
      #expect(
        Set(score.keys) == ["auroc", "ci", "n", "sensitivity_at_specificity_90", "suspicious"])
      #expect(score["auroc"] is NSNull && score["ci"] is NSNull)
    }
    #expect((object["pointing"] as? [String: Any])?["ci"] is NSNull)
    #expect(try JSONDecoder().decode(Evaluation.self, from: data) == evaluation)
  }

  @Test("with suspicious images alone the model's own threshold gives the sensitivity")
  func suspiciousOnly() {
    let all = reads("a", normal: 0, suspicious: 30)
    let expected = Double(all.count { $0.probability >= 0.5 }) / 30
    #expect(Evaluation(of: all, threshold: 0.5, resamples: 5).pooled.sensitivity == expected)
    #expect(Evaluation(of: all, resamples: 5).pooled.sensitivity == nil)
  }

  @Test("a site with fewer than twenty images stays out of the mean of sites")
  func smallSite() throws {
    let all =
      reads("a", normal: 20, suspicious: 20) + reads("b", normal: 20, suspicious: 20, seed: 9)
      + reads("tiny", normal: 10, suspicious: 9, shift: -0.5)
    let evaluation = Evaluation(of: all, resamples: 5)
    let a = try #require(evaluation.sites["a"]?.auroc)
    let b = try #require(evaluation.sites["b"]?.auroc)
    #expect(abs(try #require(evaluation.meanOfSites) - (a + b) / 2) < 1e-12)
    #expect(evaluation.sites["tiny"]?.auroc != nil)
  }

  @Test("the interval holds the figure, narrows with more patients and repeats for a seed")
  func interval() throws {
    let few = Evaluation(of: reads("a", normal: 30, suspicious: 30))
    let many = Evaluation(of: reads("a", normal: 300, suspicious: 300))
    for evaluation in [few, many] {
      let interval = try #require(evaluation.pooled.interval)
      let auroc = try #require(evaluation.pooled.auroc)
      #expect(interval.low <= auroc && auroc <= interval.high)
    }
    let wide = try #require(few.pooled.interval)
    let narrow = try #require(many.pooled.interval)
    #expect(narrow.high - narrow.low < wide.high - wide.low)
    #expect(Evaluation(of: reads("a", normal: 30, suspicious: 30)) == few)
  }

  @Test("no images give an evaluation without figures instead of a crash")
  func nothing() {
    let evaluation = Evaluation(of: [])
    #expect(evaluation.pooled.auroc == nil)
    #expect(evaluation.meanOfSites == nil)
    #expect(evaluation.pointing.of == 0)
  }

  @Test("the table names every site, the mean and the random point")
  func table() {
    let trial = PointingTrial(
      point: (50, 50), boxes: [Manifest.Box(x0: 0, y0: 0, x1: 10, y1: 10)], columns: 100, rows: 100)
    let read = Evaluation.Read(
      patient: "x", site: "nih", isSuspicious: true, probability: 0.9, pointing: trial)
    let table = Evaluation(of: reads("lyon", normal: 20, suspicious: 20) + [read], resamples: 5)
      .table
    for words in ["lyon", "nih", "all", "mean of sites", "a random point in 0.01"] {
      #expect(table.contains(words))
    }
  }
}

struct PatientBootstrapTests {
  @Test("images of one patient are always drawn together")
  func together() {
    let bootstrap = PatientBootstrap(
      patients: ["a", "b", "a", "c", "b", "d"], resamples: 200, seed: 5)
    let interval = bootstrap.interval { counts in
      counts[0] == counts[2] && counts[1] == counts[4] ? 1 : 0
    }
    #expect(interval == Interval(low: 1, high: 1))
  }

  @Test("each resample draws as many patients as there are")
  func size() {
    let bootstrap = PatientBootstrap(patients: ["a", "b", "c"], resamples: 100, seed: 5)
    #expect(bootstrap.interval { $0.reduce(0, +) } == Interval(low: 3, high: 3))
  }
}

struct PointingTrialTests {
  private let boxes = [
    Manifest.Box(x0: 10, y0: 10, x1: 30, y1: 30), Manifest.Box(x0: 20, y0: 20, x1: 40, y1: 40),
  ]

  @Test("overlapping boxes are counted once, and only inside the image")
  func chance() {
    let whole = PointingTrial(point: (0, 0), boxes: boxes, columns: 100, rows: 100)
    #expect(abs(whole.chance - 0.07) < 1e-12)
    let cut = PointingTrial(point: (0, 0), boxes: boxes, columns: 30, rows: 30)
    #expect(abs(cut.chance - 400.0 / 900) < 1e-12)
  }

  @Test("chance is what random points hit", arguments: 0..<5 as Range<UInt64>)
  func random(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let boxes = (0..<4).map { _ in
      let x = Double(random.uniform(-5, 45))
      let y = Double(random.uniform(-5, 35))
      return Manifest.Box(
        x0: x, y0: y, x1: x + Double(random.uniform(1, 20)), y1: y + Double(random.uniform(1, 20)))
    }
    let chance = PointingTrial(point: (0, 0), boxes: boxes, columns: 50, rows: 40).chance
    let hits = (0..<20_000).count { _ in
      PointingTrial(
        point: (Double(random.uniform(0, 50)), Double(random.uniform(0, 40))), boxes: boxes,
        columns: 50, rows: 40
      ).isHit
    }
    #expect(abs(chance - Double(hits) / 20_000) < 0.02)
  }

  @Test(
    "the lower and right edges are outside", arguments: [(10.0, 10.0, true), (40.0, 39.0, false)])
  func edges(x: Double, y: Double, isHit: Bool) {
    #expect(
      PointingTrial(point: (x, y), boxes: boxes, columns: 50, rows: 50).isHit == isHit)
  }
}
