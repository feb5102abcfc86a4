import Radiology
import Testing

@testable import Triage

struct AugmentationTests {
  private func lesson(_ seed: UInt64) throws -> LabelledImage {
    try Pictures.lessons(seed..<seed + 1, preparedBy: Models.preprocessing)[0]
  }

  @Test("without any change a lesson is what a reader would see")
  func none() throws {
    var random = SeededRandom(seed: 1)
    let lesson = try lesson(5)
    let (input, coverage) = Augmentation.none(lesson, cells: 8, random: &random)
    let read = lesson.prepared.input
    let shows = lesson.prepared.contentFlags
    for index in read.indices where shows[index] {
      #expect(abs(input[index] - read[index]) < 0.01)
    }
    let box = try #require(lesson.squareBoxes.first)
    let covered = try #require(coverage).reduce(0, +) * 64
    #expect(abs(Double(covered) - (box.x1 - box.x0) * (box.y1 - box.y0)) < 25)
  }

  @Test(
    "the same seed gives the same pixels and another seed others", arguments: 0..<5 as Range<UInt64>
  )
  func deterministic(seed: UInt64) throws {
    let lesson = try lesson(3)
    func made(_ seed: UInt64) -> [Float] {
      var random = SeededRandom(seed: seed)
      return Augmentation()(lesson, cells: 8, random: &random).input
    }
    #expect(made(seed) == made(seed))
    #expect(made(seed) != made(seed + 100))
    let pixels = made(seed)
    #expect(pixels.allSatisfy { $0.isFinite })
  }

  @Test("the box goes where the lesion goes", arguments: 0..<20 as Range<UInt64>)
  func boxFollows(seed: UInt64) throws {
    var augmentation = Augmentation()
    augmentation.strips = 0
    augmentation.erase = 0
    // A disc brighter than all else, so that the brightest cell is the lesion.
    let image = Pictures.thorax(seed: seed, disc: (34, 50, 9), strength: 170)
    let lesson = try LabelledImage(
      image, isSuspicious: true, boxes: [Manifest.Box(x0: 25, y0: 41, x1: 43, y1: 59)],
      site: "a", patient: "p", preparedBy: Models.preprocessing)
    var random = SeededRandom(seed: seed)
    let (input, coverage) = augmentation(lesson, cells: 8, random: &random)
    var sums = [Float](repeating: 0, count: 64)
    for index in input.indices { sums[index / 64 / 8 * 8 + index % 64 / 8] += input[index] }
    let covered = try #require(coverage)
    let inside = zip(sums, covered).reduce(0) { $0 + $1.0 * $1.1 } / covered.reduce(0, +)
    #expect(inside > sums.reduce(0, +) / 64)
    #expect(covered.allSatisfy { $0 >= 0 && $0 <= 1.0001 })
  }

  @Test("each lesson comes once in every pass, and a step does not need the ones before it")
  func stream() {
    let stream = LessonStream(count: 10, seed: 4)
    let first =
      stream.batch(of: 4, step: 0) + stream.batch(of: 4, step: 1) + stream.batch(of: 4, step: 2)
    #expect(Set(first.prefix(10)).count == 10)
    #expect(stream.batch(of: 4, step: 1) == Array(first[4..<8]))
    #expect(LessonStream(count: 10, seed: 5).batch(of: 10, step: 0) != Array(first.prefix(10)))
    #expect(LessonStream(count: 3, seed: 1).batch(of: 8, step: 2).count == 8)
  }

  @Test("text-mined labels count half")
  func trust() {
    #expect(LabelTrust.weight(ofSource: "nih_report_nlp") == 0.5)
    #expect(LabelTrust.weight(ofSource: "rsna_radiologists") == 1)
    #expect(LabelTrust.weight(ofSource: "") == 1)
  }
}
