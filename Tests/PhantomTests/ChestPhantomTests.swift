import Phantom
import Testing

@Suite struct ChestPhantomTests {
  let hospital = Hospital.examples[0]

  @Test("the same seed gives the same pixels, another seed gives others")
  func seeded() {
    let one = ChestPhantom(seed: 7, hospital: hospital, isAbnormal: true, side: 64)
    let again = ChestPhantom(seed: 7, hospital: hospital, isAbnormal: true, side: 64)
    let other = ChestPhantom(seed: 8, hospital: hospital, isAbnormal: true, side: 64)
    #expect(one.pixels == again.pixels)
    #expect(one.lesions == again.lesions)
    #expect(one.pixels != other.pixels)
  }

  @Test(
    "a normal chest has no lesion, an abnormal one has, and inside the picture", arguments: 0..<40)
  func lesions(seed: UInt64) {
    #expect(
      ChestPhantom(seed: seed, hospital: hospital, isAbnormal: false, side: 64).lesions.isEmpty)
    let abnormal = ChestPhantom(seed: seed, hospital: hospital, isAbnormal: true, side: 128)
    #expect(!abnormal.lesions.isEmpty)
    for lesion in abnormal.lesions {
      #expect(lesion.x0 >= 0 && lesion.x0 < lesion.x1 && lesion.x1 <= 128)
      #expect(lesion.y0 >= 0 && lesion.y0 < lesion.y1 && lesion.y1 <= 128)
    }
  }

  @Test("a lesion is denser than the same chest without it", arguments: 0..<20)
  func visible(seed: UInt64) throws {
    let quiet = Hospital(name: "", site: "", noise: 0, gamma: 1, blur: 0, collimation: 0)
    let normal = ChestPhantom(seed: seed, hospital: quiet, isAbnormal: false, side: 128)
    let abnormal = ChestPhantom(seed: seed, hospital: quiet, isAbnormal: true, side: 128)
    let lesion = try #require(abnormal.lesions.first)
    #expect(mean(abnormal, lesion) / exposure(abnormal) > mean(normal, lesion) / exposure(normal))
  }

  @Test("hospitals differ: the noisy one's picture is further from the noiseless one")
  func hospitals() {
    func picture(noise: Double) -> [UInt16] {
      let hospital = Hospital(
        name: "", site: "", noise: noise, gamma: 1, blur: 0, collimation: 0)
      return ChestPhantom(seed: 3, hospital: hospital, isAbnormal: false, side: 64).pixels
    }
    func distance(noise: Double) -> Int {
      zip(picture(noise: 0), picture(noise: noise)).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
    }
    #expect(distance(noise: 0.03) > 2 * distance(noise: 0.01))
  }

  /// The brightest pixels are the same tissue with and without a lesion in the lung.
  private func exposure(_ phantom: ChestPhantom) -> Double {
    let sorted = phantom.pixels.sorted()
    return Double(sorted[sorted.count * 98 / 100])
  }

  private func mean(_ phantom: ChestPhantom, _ lesion: Lesion) -> Double {
    var sum = 0.0
    for y in lesion.y0..<lesion.y1 {
      for x in lesion.x0..<lesion.x1 { sum += Double(phantom.pixels[y * phantom.side + x]) }
    }
    return sum / Double((lesion.x1 - lesion.x0) * (lesion.y1 - lesion.y0))
  }
}
