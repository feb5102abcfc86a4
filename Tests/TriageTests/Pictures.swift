import Foundation
import Imaging
import Radiology

@testable import Triage

/// Pictures made for the tests: a soft “thorax” with noise, with or without a bright disc.
enum Pictures {
  /// Two dark lungs on a brighter body; greys from about 20 to 220.
  static func thorax(
    columns: Int = 96, rows: Int = 96, seed: UInt64,
    disc: (x: Double, y: Double, radius: Double)? = nil, strength: Double = 70
  ) -> GreyImage {
    var random = SeededRandom(seed: seed)
    let shift = Double(random.uniform(-0.03, 0.03))
    var values = [Float](repeating: 0, count: columns * rows)
    for row in 0..<rows {
      for column in 0..<columns {
        let x = (Double(column) + 0.5) / Double(columns) + shift
        let y = (Double(row) + 0.5) / Double(rows)
        let left = hypot((x - 0.32) / 0.16, (y - 0.5) / 0.34)
        let right = hypot((x - 0.68) / 0.16, (y - 0.5) / 0.34)
        var value = 160.0 - 100 / (1 + exp(12 * (min(left, right) - 1)))
        if let disc {
          let distance = hypot(Double(column) + 0.5 - disc.x, Double(row) + 0.5 - disc.y)
          value += strength / (1 + exp(2 * (distance - disc.radius)))
        }
        values[row * columns + column] = Float(value) + 6 * random.noise()
      }
    }
    return GreyImage(columns: columns, rows: rows, values: values)
  }

  /// Random greys without any shape.
  static func noise(columns: Int = 96, rows: Int = 96, seed: UInt64) -> GreyImage {
    var random = SeededRandom(seed: seed)
    return GreyImage(
      columns: columns, rows: rows,
      values: (0..<columns * rows).map { _ in random.uniform(0, 255) })
  }

  /// Half of the pictures with a disc at a random place inside a lung and its box.
  static func lessons(
    _ range: Range<UInt64>, preparedBy preprocessing: Preprocessing, site: String = "a"
  ) throws -> [LabelledImage] {
    try range.map { seed in
      var random = SeededRandom(seed: seed, stream: 7)
      let isSuspicious = seed % 2 == 1
      let x = Double(random.chance(0.5) ? random.uniform(26, 36) : random.uniform(60, 70))
      let y = Double(random.uniform(34, 62))
      let image = thorax(seed: seed, disc: isSuspicious ? (x, y, 6) : nil)
      return try LabelledImage(
        image, isSuspicious: isSuspicious,
        boxes: isSuspicious ? [Manifest.Box(x0: x - 7, y0: y - 7, x1: x + 7, y1: y + 7)] : [],
        site: site, patient: "p\(seed)", preparedBy: preprocessing)
    }
  }

  /// A study the card of ``Models`` covers.
  static func study(age: Int? = 50, isSynthetic: Bool = false) -> Study {
    Study(
      uid: "1.2.3", patient: "p", modality: "DX", bodyPart: "CHEST", view: "PA", age: age,
      arrived: Date(timeIntervalSince1970: 0), isSynthetic: isSynthetic)
  }

  /// An image the card of ``Models`` covers.
  static func instance(
    _ uid: String = "1.2.3.4", modality: String = "DX", bodyPart: String = "CHEST",
    view: String = "PA", frames: Int = 1, refusal: String? = nil, caveats: [Caveat] = []
  ) -> Instance {
    Instance(
      uid: uid, series: "1.2.3.0", study: "1.2.3", sopClass: "1.2.840.10008.5.1.4.1.1.1.1",
      modality: modality, bodyPart: bodyPart, view: view, rows: 96, columns: 96, frames: frames,
      format: .dicom, digest: String(repeating: "ab", count: 32), bytes: 1, refusal: refusal,
      caveats: caveats)
  }
}
