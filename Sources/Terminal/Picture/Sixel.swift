/// The raster as a DEC sixel picture in 64 greys, drawn from the cursor to the right and down.
///
/// Cut the height to a multiple of 6 and to the rows left on screen, or the screen may scroll.
/// Every pixel is set: nothing below shines through. An empty raster gives no bytes.
///
/// Source: DEC VT330/VT340 Programmer Reference Manual, volume 2, chapter 14.
public func sixel(from raster: GreyRaster) -> [UInt8] {
  guard raster.width > 0, raster.height > 0 else { return [] }
  var encoder = SixelEncoder(width: raster.width)
  encoder.header(height: raster.height)
  for top in stride(from: 0, to: raster.height, by: 6) {
    if top > 0 { encoder.bytes.append(UInt8(ascii: "-")) }
    encoder.band(of: raster, top: top)
  }
  encoder.bytes += [0x1b, UInt8(ascii: "\\")]
  return encoder.bytes
}

private struct SixelEncoder {
  static let levels = 64
  let width: Int
  var bytes: [UInt8] = []
  /// One six-pixel column per level and x, bit 0 at the top.
  private var masks: [UInt8]
  /// The columns of the present band that a level appears in.
  private var first: [Int]
  private var last: [Int]

  init(width: Int) {
    self.width = width
    masks = Array(repeating: 0, count: Self.levels * width)
    first = Array(repeating: width, count: Self.levels)
    last = Array(repeating: -1, count: Self.levels)
  }

  mutating func header(height: Int) {
    bytes += Array("\u{1b}P0;1;0q\"1;1;\(width);\(height)".utf8)
    for level in 0..<Self.levels {
      // Sixel colours are percentages: 64 levels land on 64 different ones.
      let percent = (level * 100 + 31) / 63
      bytes += Array("#\(level);2;\(percent);\(percent);\(percent)".utf8)
    }
  }

  mutating func band(of raster: GreyRaster, top: Int) {
    raster.pixels.withUnsafeBufferPointer { pixels in
      masks.withUnsafeMutableBufferPointer { masks in
        for y in top..<min(top + 6, raster.height) {
          let bit = UInt8(1) << UInt8(y - top)
          for x in 0..<width {
            let level = Int(pixels[y * width + x] >> 2)
            masks[level * width + x] |= bit
            if x < first[level] { first[level] = x }
            if x > last[level] { last[level] = x }
          }
        }
      }
    }
    var isFirst = true
    for level in 0..<Self.levels where last[level] >= 0 {
      if !isFirst { bytes.append(UInt8(ascii: "$")) }
      isFirst = false
      bytes.append(UInt8(ascii: "#"))
      number(level)
      line(of: level)
    }
  }

  private mutating func line(of level: Int) {
    let row = level * width
    var x = first[level]
    run(of: 0, length: x)
    while x <= last[level] {
      let mask = masks[row + x]
      let start = x
      while x <= last[level], masks[row + x] == mask {
        masks[row + x] = 0
        x += 1
      }
      run(of: mask, length: x - start)
    }
    first[level] = width
    last[level] = -1
  }

  private mutating func run(of mask: UInt8, length: Int) {
    let byte = 63 + mask
    guard length > 3 else {
      for _ in 0..<length { bytes.append(byte) }
      return
    }
    bytes.append(UInt8(ascii: "!"))
    number(length)
    bytes.append(byte)
  }

  private mutating func number(_ value: Int) {
    if value >= 10 { number(value / 10) }
    bytes.append(UInt8(ascii: "0") + UInt8(value % 10))
  }
}
