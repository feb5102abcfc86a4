@testable import Terminal

/// Reads back what a sixel terminal would show; `nil` if it is not sixel.
enum SixelDecoder {
  static func decode(_ bytes: [UInt8]) -> GreyRaster? {
    guard bytes.starts(with: Array("\u{1b}P0;1;0q".utf8)), bytes.suffix(2) == [0x1b, 0x5c] else {
      return nil
    }
    var reader = Reader(bytes: bytes.dropFirst(8).dropLast(2))
    var size = (width: 0, height: 0)
    var palette: [Int: UInt8] = [:]
    var colour = 0
    var place = (x: 0, band: 0)
    var pixels: [UInt8] = []
    while let byte = reader.next() {
      switch byte {
      case UInt8(ascii: "\""):
        let numbers = reader.numbers()
        guard numbers.count == 4 else { return nil }
        size = (numbers[2], numbers[3])
        pixels = Array(repeating: 0, count: size.width * size.height)
      case UInt8(ascii: "#"):
        let numbers = reader.numbers()
        colour = numbers[0]
        if numbers.count == 5 { palette[colour] = UInt8((numbers[2] * 255 + 50) / 100) }
      case UInt8(ascii: "$"): place.x = 0
      case UInt8(ascii: "-"): place = (0, place.band + 1)
      case UInt8(ascii: "!"):
        let count = reader.numbers()[0]
        guard let repeated = reader.next() else { return nil }
        for _ in 0..<count { draw(repeated) }
      case 63...126: draw(byte)
      default: return nil
      }
    }
    func draw(_ byte: UInt8) {
      for bit in 0..<6 where (byte - 63) >> UInt8(bit) & 1 == 1 {
        pixels[(place.band * 6 + bit) * size.width + place.x] = palette[colour] ?? 0
      }
      place.x += 1
    }
    return GreyRaster(width: size.width, height: size.height, pixels: pixels)
  }

  private struct Reader {
    var bytes: ArraySlice<UInt8>

    mutating func next() -> UInt8? { bytes.popFirst() }

    mutating func numbers() -> [Int] {
      let digits = bytes.prefix { (0x30...0x3b).contains($0) }
      bytes = bytes.dropFirst(digits.count)
      return digits.split(separator: UInt8(ascii: ";")).map { digits in
        digits.reduce(0) { $0 * 10 + Int($1) - 0x30 }
      }
    }
  }
}
