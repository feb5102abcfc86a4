import Foundation
import Imaging
import Radiology
import Testing

@testable import Triage

struct ReaderTests {
  private let date = Date(timeIntervalSince1970: 5)

  private func read(
    _ images: [(instance: Instance, image: GreyImage?)], of study: Study = Pictures.study(),
    missing: Int = 0, threshold: Double = 1, regionThreshold: Double = 0.5,
    familiarity: Familiarity? = nil
  ) async throws -> Radiology.Triage {
    let model = try Models.fresh(
      calibration: Models.calling(threshold: threshold, regionThreshold: regionThreshold),
      familiarity: familiarity)
    return await Reader(model: model).read(
      study: study, images: images, missing: missing, at: date)
  }

  @Test("a study is called by the threshold, by a model with a name")
  func calls() async throws {
    let picture = (instance: Pictures.instance(), image: Optional(Pictures.thorax(seed: 1)))
    let normal = try await read([picture], threshold: 1)
    let suspicious = try await read([picture], threshold: 0)
    #expect(normal.triageClass == .normal)
    #expect(suspicious.triageClass == .suspicious)
    #expect(normal.probability == suspicious.probability)
    #expect(normal.made == date)
    #expect(normal.model?.count == 64)
  }

  @Test("the heat of an image is what its regions were cut from, and only of what may be judged")
  func heat() async throws {
    let model = try Models.fresh(
      calibration: Models.calling(threshold: 0, regionThreshold: 0.5), familiarity: nil)
    let reader = Reader(model: model)
    let (instance, image) = (Pictures.instance(), Pictures.thorax(seed: 1))
    let map = try await reader.heat(of: instance, image: image)
    #expect(map.instance == instance.id)
    let triage = await reader.read(
      study: Pictures.study(), images: [(instance, image)], at: date)
    let finding = try #require(triage.findings.first)
    // A region holds the strongest cell it was grown from, and its probability is that cell's.
    let inside = (0..<image.rows).flatMap { y in
      (0..<image.columns).compactMap { x -> Float? in
        let (x, y) = (Double(x) + 0.5, Double(y) + 0.5)
        return finding.region.contains(x: x, y: y) ? map.probability(x: x, y: y) : nil
      }
    }
    let probability = try #require(finding.probability)
    #expect(abs(Double(inside.max() ?? 0) - probability) < 1e-6)
    await #expect(throws: TriageError.self) {
      try await reader.heat(of: Pictures.instance(modality: "CT"), image: image)
    }
  }

  @Test("whatever goes wrong, the answer is never normal and says why")
  func neverNormal() async throws {
    let good: GreyImage? = Pictures.thorax(seed: 1)
    let flat = GreyImage(columns: 96, rows: 96, values: [Float](repeating: 3, count: 96 * 96))
    var broken = Pictures.thorax(seed: 1).values
    broken[0] = .infinity
    let instance = Pictures.instance()
    let cases: [(Study, [(instance: Instance, image: GreyImage?)], TriageClass)] = [
      (Pictures.study(), [], .failed),
      (Pictures.study(), [(instance, nil)], .failed),
      (Pictures.study(), [(Pictures.instance(refusal: "Truncated."), nil)], .failed),
      (Pictures.study(), [(instance, good), (Pictures.instance("1.2.9"), nil)], .undetermined),
      (Pictures.study(age: 0), [(instance, good)], .undetermined),
      (Pictures.study(), [(Pictures.instance(modality: "CT"), good)], .undetermined),
      (Pictures.study(), [(Pictures.instance(view: ""), good)], .undetermined),
      (Pictures.study(), [(Pictures.instance(frames: 2), good)], .undetermined),
      (Pictures.study(), [(instance, flat)], .undetermined),
      (Pictures.study(), [(instance, good), (instance, flat)], .undetermined),
      (
        Pictures.study(), [(instance, Pictures.thorax(columns: 40, rows: 96, seed: 1))],
        .undetermined
      ),
      (
        Pictures.study(), [(instance, GreyImage(columns: 96, rows: 96, values: broken))],
        .undetermined
      ),
      (
        Pictures.study(), [(instance, Pictures.thorax(columns: 60, rows: 60, seed: 1))],
        .undetermined
      ),
    ]
    for (study, images, expected) in cases {
      let triage = try await read(images, of: study)
      #expect(triage.triageClass == expected)
      #expect(triage.reason?.isEmpty == false)
      #expect(triage.probability == nil)
    }
    #expect(
      try await read([(Pictures.instance(refusal: "Truncated."), nil)]).reason == "Truncated.")
  }

  @Test(
    "an image with a grave caveat is never normal, and only one that can be judged is suspicious",
    arguments: Caveat.Kind.allCases)
  func caveats(kind: Caveat.Kind) async throws {
    let caveat = Caveat(kind, "There is something about it.")
    let picture = (
      instance: Pictures.instance(caveats: [caveat]), image: Optional(Pictures.thorax(seed: 1))
    )
    let cautious = try await read([picture], threshold: 1)
    #expect(cautious.triageClass == (caveat.preventsNormal ? .undetermined : .normal))
    #expect(cautious.reason?.contains(caveat.text) ?? !caveat.preventsNormal)
    let alarmed = try await read([picture], threshold: 0)
    #expect(alarmed.triageClass == (caveat.preventsJudging ? .undetermined : .suspicious))
  }

  @Test("a lateral view beside a normal frontal one leaves the study undetermined, and says so")
  func lateral() async throws {
    let images = [
      (instance: Pictures.instance(), image: Optional(Pictures.thorax(seed: 1))),
      (
        instance: Pictures.instance("1.2.9", view: "LL"), image: Optional(Pictures.thorax(seed: 2))
      ),
    ]
    for images in [images, images.reversed()] {
      let triage = try await read(images)
      #expect(triage.triageClass == .undetermined)
      #expect(
        triage.reason == "Nothing suspicious was found in 1 of 2 images. The view LL is not "
          + "covered; the model judges PA or AP only.")
      let suspicious = try await read(images, threshold: 0)
      #expect(suspicious.triageClass == .suspicious)
      #expect(suspicious.findings.allSatisfy { $0.region.instance == "1.2.3.4" })
    }
  }

  @Test("a study of which images are missing is never normal, but may be suspicious")
  func missing() async throws {
    let picture = (instance: Pictures.instance(), image: Optional(Pictures.thorax(seed: 1)))
    let triage = try await read([picture], missing: 3)
    #expect(triage.triageClass == .undetermined)
    #expect(triage.reason?.contains("3 more images have not arrived.") == true)
    #expect(try await read([picture], missing: 1).reason?.contains("1 more image has") == true)
    #expect(try await read([picture], missing: 3, threshold: 0).triageClass == .suspicious)
  }

  @Test("an image unlike the lessons is undetermined")
  func unfamiliar() async throws {
    let lessons = try Pictures.lessons(0..<20, preparedBy: Models.preprocessing).map(\.prepared)
    let familiarity = try #require(Familiarity(lessons: lessons))
    let triage = try await read(
      [(Pictures.instance(), Pictures.noise(seed: 1))], familiarity: familiarity)
    #expect(triage.triageClass == .undetermined)
    let known = try await read(
      [(Pictures.instance(), Pictures.thorax(seed: 300))], familiarity: familiarity)
    #expect(known.triageClass == .normal)
  }

  @Test("a doubtful image takes nothing from a suspicion")
  func suspicionStays() async throws {
    let triage = try await read(
      [(Pictures.instance(), Pictures.thorax(seed: 1)), (Pictures.instance("1.2.9"), nil)],
      threshold: 0)
    #expect(triage.triageClass == .suspicious)
  }

  @Test("of several images the most suspicious decides, in any order")
  func several() async throws {
    let pictures = (1...3).map {
      (
        instance: Pictures.instance("1.2.3.\($0)"),
        image: Optional(Pictures.thorax(seed: UInt64($0)))
      )
    }
    var single: [Double] = []
    for picture in pictures { single.append(try #require(try await read([picture]).probability)) }
    #expect(try await read(pictures).probability == single.max())
    #expect(try await read(pictures.reversed()).probability == single.max())
  }

  @Test("a normal study may carry a region, and a suspicious one carries at least one")
  func regions() async throws {
    let picture = (instance: Pictures.instance(), image: Optional(Pictures.thorax(seed: 1)))
    let normal = try await read([picture], threshold: 1, regionThreshold: 0.01)
    #expect(normal.triageClass == .normal)
    #expect((1...Reader.mostRegions).contains(normal.findings.count))
    #expect(normal.findings.map(\.name) == (1...normal.findings.count).map { "R\($0)" })
    let probabilities = normal.findings.compactMap(\.probability)
    #expect(probabilities == probabilities.sorted(by: >))
    for finding in normal.findings {
      #expect(finding.region.clipped(columns: 96, rows: 96) == finding.region)
      #expect(finding.origin == .model && finding.state == .open)
    }
    let suspicious = try await read([picture], threshold: 0, regionThreshold: 1)
    #expect(suspicious.findings.count == 1)
    #expect(try await read([picture], threshold: 1, regionThreshold: 1).findings.isEmpty)
  }

  @Test("reading again gives the same, down to the tracking identifiers")
  func again() async throws {
    let picture = (instance: Pictures.instance(), image: Optional(Pictures.thorax(seed: 1)))
    let first = try await read([picture], regionThreshold: 0.01)
    let second = try await read([picture], regionThreshold: 0.01)
    #expect(first == second)
    #expect(Set(first.findings.map(\.trackingUID)).count == first.findings.count)
    #expect(first.findings.allSatisfy { $0.trackingUID.hasPrefix("2.25.") })
  }
}
