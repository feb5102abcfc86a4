import Foundation

/// A generated frontal chest radiograph: nobody's, plausible, and known to the pixel.
///
/// For the demo and the tests. The same seed, hospital and finding give the same pixels.
public struct ChestPhantom: Sendable {
  /// Columns and rows.
  public let side: Int
  /// Row-major greys, 0 to 4095 (12 bits), bright where the body is dense (MONOCHROME2).
  public let pixels: [UInt16]
  /// What is abnormal in it; empty for a normal chest.
  public let lesions: [Lesion]

  /// Makes one chest.
  ///
  /// - Parameters:
  ///   - seed: decides anatomy, lesions and noise.
  ///   - hospital: decides exposure, blur and noise.
  ///   - isAbnormal: whether there are one or two lesions.
  ///   - side: columns and rows, at least 64.
  public init(seed: UInt64, hospital: Hospital, isAbnormal: Bool, side: Int = 256) {
    precondition(side >= 64, "a chest needs at least 64 pixels")
    var random = Seeded(seed)
    let anatomy = Anatomy(using: &random)
    var density = Density(anatomy: anatomy, side: side, using: &random)
    var lesions: [Lesion] = []
    if isAbnormal {
      let count = random.between(0, 1) < 0.25 ? 2 : 1
      for _ in 0..<count {
        if let lesion = density.addLesion(using: &random) { lesions.append(lesion) }
      }
    }
    self.side = side
    self.lesions = lesions
    pixels = Self.expose(density.values, side: side, hospital: hospital, using: &random)
  }

  /// What the hospital's machine makes of the densities: blur, tone curve, noise, collimation.
  private static func expose(
    _ density: [Double], side: Int, hospital: Hospital, using random: inout Seeded
  ) -> [UInt16] {
    let blurred = blur(density, side: side, radius: hospital.blur)
    let exposure = random.between(0.92, 1.08)
    let edge = Int(hospital.collimation * Double(side))
    var pixels = [UInt16](repeating: 0, count: side * side)
    for y in 0..<side {
      for x in 0..<side {
        let tone = pow(min(max(blurred[y * side + x] * exposure, 0), 1), hospital.gamma)
        // Quantum noise is stronger where fewer photons arrive: in the dense parts.
        var grey = tone + hospital.noise * (0.5 + tone) * random.normal()
        if min(x, y, side - 1 - x, side - 1 - y) < edge { grey = 0.02 }
        pixels[y * side + x] = UInt16(min(max(grey, 0), 1) * 4095)
      }
    }
    return pixels
  }

  /// Box blur; radius 0 changes nothing.
  private static func blur(_ values: [Double], side: Int, radius: Int) -> [Double] {
    guard radius > 0 else { return values }
    var result = values
    for y in 0..<side {
      for x in 0..<side {
        var sum = 0.0
        var count = 0.0
        for v in max(0, y - radius)...min(side - 1, y + radius) {
          for u in max(0, x - radius)...min(side - 1, x + radius) {
            sum += values[v * side + u]
            count += 1
          }
        }
        result[y * side + x] = sum / count
      }
    }
    return result
  }
}
