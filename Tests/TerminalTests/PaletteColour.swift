import Foundation

/// A colour of the 256-colour palette as eyes see it: linear red, green and blue, each 0 to 1.
struct PaletteColour {
  let red: Double
  let green: Double
  let blue: Double

  /// Entries 16 to 255, which are the same everywhere.
  ///
  /// Source: xterm's 256colres.h; sRGB's transfer function, IEC 61966-2-1.
  init(_ index: Int16) {
    precondition((16...255).contains(index), "the first 16 colours are the user's own")
    func linear(_ value: Int) -> Double {
      let channel = Double(value) / 255
      return channel <= 0.04045 ? channel / 12.92 : pow((channel + 0.055) / 1.055, 2.4)
    }
    let steps = [0, 95, 135, 175, 215, 255]
    let (cube, grey) = (Int(index) - 16, 8 + 10 * (Int(index) - 232))
    let channels =
      index >= 232
      ? [grey, grey, grey] : [steps[cube / 36], steps[cube / 6 % 6], steps[cube % 6]]
    (red, green, blue) = (linear(channels[0]), linear(channels[1]), linear(channels[2]))
  }

  init(red: Double, green: Double, blue: Double) {
    (self.red, self.green, self.blue) = (red, green, blue)
  }

  static let black = PaletteColour(red: 0, green: 0, blue: 0)
  static let white = PaletteColour(red: 1, green: 1, blue: 1)

  /// Source: WCAG 2.2, relative luminance.
  var luminance: Double { 0.2126 * red + 0.7152 * green + 0.0722 * blue }

  /// 1 (the same) to 21 (black on white).
  ///
  /// Source: WCAG 2.2, contrast ratio.
  func contrast(with other: PaletteColour) -> Double {
    let (a, b) = (luminance, other.luminance)
    return (max(a, b) + 0.05) / (min(a, b) + 0.05)
  }

  /// How somebody sees it who has only two kinds of cones.
  func seen(with vision: Vision) -> PaletteColour {
    let rows = vision.matrix.map { row in
      min(1, max(0, row[0] * red + row[1] * green + row[2] * blue))
    }
    return PaletteColour(red: rows[0], green: rows[1], blue: rows[2])
  }

  /// How different two colours look: CIE 1976 ΔE*ab, about 2 where a difference is just seen.
  func distance(to other: PaletteColour) -> Double {
    zip(lab, other.lab).map { ($0 - $1) * ($0 - $1) }.reduce(0, +).squareRoot()
  }

  /// Lightness, green to red, blue to yellow; white is that of D65.
  private var lab: [Double] {
    func curve(_ value: Double) -> Double {
      value > 0.008856 ? pow(value, 1.0 / 3) : 7.787 * value + 16.0 / 116
    }
    let x = curve((0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505)
    let y = curve(luminance)
    let z = curve((0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089)
    return [116 * y - 16, 500 * (x - y), 200 * (y - z)]
  }
}

/// Ways of seeing colours.
///
/// Source: Machado, Oliveira and Fernandes, *A physiologically-based model for simulation of color
/// vision deficiency*, 2009, severity 1.
enum Vision: CaseIterable {
  case usual, protanopia, deuteranopia, tritanopia

  fileprivate var matrix: [[Double]] {
    switch self {
    case .usual: [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    case .protanopia:
      [
        [0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
      ]
    case .deuteranopia:
      [
        [0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
      ]
    case .tritanopia:
      [
        [1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
      ]
    }
  }
}
