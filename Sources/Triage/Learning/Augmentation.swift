import Foundation
import Radiology

/// Chance changes to a lesson, so that the network learns the lung and not the picture of it.
///
/// Geometry first (rotation, scale, aspect, shift, mirror), then exposure (window, gamma, ramps),
/// blur and noise, then strips of padding and an erased rectangle. Every draw comes from the
/// random stream handed in, so the same seed gives the same pixels.
public struct Augmentation: Codable, Sendable, Hashable {
  /// Largest turn in degrees.
  public var rotation: Float = 10
  /// Smallest and largest scale.
  public var smallestScale: Float = 0.9
  public var largestScale: Float = 1.1
  /// Largest shift, as a share of the side.
  public var shift: Float = 0.08
  /// Largest change of the aspect, as a logarithm.
  public var aspect: Float = 0.08
  /// How often the image is mirrored.
  public var mirror: Float = 0.5
  /// Largest shift of black and of white, as a share of the range of greys.
  public var window: Float = 0.04
  /// Largest logarithm of the gamma.
  public var gamma: Float = 0.25
  /// Largest difference of brightness between opposite edges.
  public var ramp: Float = 0.1
  /// How often the image is blurred.
  public var blur: Float = 0.15
  /// Largest deviation of the noise.
  public var noise: Float = 0.03
  /// How often strips at opposite edges become padding.
  public var strips: Float = 0.15
  /// How often a rectangle is erased.
  public var erase: Float = 0.1

  public init() {}

  /// No changes at all: what a reader sees.
  public static var none: Augmentation {
    var none = Augmentation()
    none.rotation = 0
    none.smallestScale = 1
    none.largestScale = 1
    none.shift = 0
    none.aspect = 0
    none.mirror = 0
    none.window = 0
    none.gamma = 0
    none.ramp = 0
    none.blur = 0
    none.noise = 0
    none.strips = 0
    none.erase = 0
    return none
  }

  /// Changes an image and the boxes on it alike.
  ///
  /// - Returns: the network's input, and for an image with boxes the share of each cell of the
  ///   map, `cells × cells`, that boxes cover.
  func callAsFunction(
    _ image: LabelledImage, cells: Int, random: inout SeededRandom
  ) -> (input: [Float], coverage: [Float]?) {
    let warp = Warp(self, side: image.prepared.side, random: &random)
    var (pixels, shows) = warp.pixels(of: image.prepared)
    changeExposure(&pixels, side: image.prepared.side, random: &random)
    if random.chance(blur) { pixels = Self.blurred(pixels, side: image.prepared.side) }
    let deviation = random.uniform(0, noise)
    if deviation > 0 {
      for index in pixels.indices { pixels[index] += deviation * random.noise() }
    }
    if random.chance(strips) { hideStrips(&shows, side: image.prepared.side, random: &random) }
    Prepared.standardise(&pixels, where: shows)
    if random.chance(erase) { eraseRectangle(&pixels, side: image.prepared.side, random: &random) }
    let boxes = image.squareBoxes
    return (pixels, boxes.isEmpty ? nil : warp.coverage(of: boxes, cells: cells))
  }

  /// Window and gamma through one table, ramps on top.
  private func changeExposure(_ pixels: inout [Float], side: Int, random: inout SeededRandom) {
    let black = random.uniform(-window, window)
    let white = 1 + random.uniform(-window, window)
    let power = exp(random.uniform(-gamma, gamma))
    let across = random.uniform(-ramp, ramp) / 2
    let down = random.uniform(-ramp, ramp) / 2
    let steps: Float = 1024
    let table = (0...Int(steps) + 1).map { step in
      let value = min(max((Float(step) / steps - black) / (white - black), 1e-4), 1)
      return pow(value, power)
    }
    let scale = 2 / Float(side - 1)
    for row in 0..<side {
      let base = down * (Float(row) * scale - 1)
      for column in 0..<side {
        let index = row * side + column
        let place = min(max(pixels[index], 0), 1) * steps
        let step = Int(place)
        let value = table[step] + (table[step + 1] - table[step]) * (place - Float(step))
        pixels[index] = value + base + across * (Float(column) * scale - 1)
      }
    }
  }

  /// Binomial blur over five pixels in both directions; edges repeat.
  private static func blurred(_ pixels: [Float], side: Int) -> [Float] {
    let weights: [Float] = [1 / 16, 4 / 16, 6 / 16, 4 / 16, 1 / 16]
    func blurred(_ source: [Float], step: Int, line: Int) -> [Float] {
      var result = source
      for outer in 0..<side {
        for inner in 0..<side {
          var sum: Float = 0
          for tap in 0..<5 {
            let place = min(max(inner + tap - 2, 0), side - 1)
            sum += weights[tap] * source[outer * line + place * step]
          }
          result[outer * line + inner * step] = sum
        }
      }
      return result
    }
    return blurred(blurred(pixels, step: 1, line: side), step: side, line: 1)
  }

  /// Makes the padding itself say nothing: any image may have some on either pair of edges.
  private func hideStrips(_ shows: inout [Bool], side: Int, random: inout SeededRandom) {
    let areRows = random.chance(0.7)
    let both = 2 * random.uniform(0, 0.18) * Float(side)
    let share = random.uniform(0.3, 0.7)
    let first = both * share
    let last = Float(side) - both * (1 - share)
    for row in 0..<side {
      for column in 0..<side {
        let place = Float(areRows ? row : column)
        if place < first || place >= last { shows[row * side + column] = false }
      }
    }
  }

  private func eraseRectangle(_ pixels: inout [Float], side: Int, random: inout SeededRandom) {
    let width = Int(random.uniform(0.08, 0.3) * Float(side))
    let height = Int(random.uniform(0.08, 0.3) * Float(side))
    let left = Int(random.uniform() * Float(side - width))
    let top = Int(random.uniform() * Float(side - height))
    for row in top..<top + height {
      for column in left..<left + width { pixels[row * side + column] = 0 }
    }
  }
}
