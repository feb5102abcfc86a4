/// The raster as a DEC sixel picture in 64 greys, drawn from the cursor to the right and down.
///
/// Cut the height to a multiple of 6 and to the rows left on screen, or the screen may scroll.
/// Every pixel is set: nothing below shines through. An empty raster gives no bytes.
///
/// Source: DEC VT330/VT340 Programmer Reference Manual, volume 2, chapter 14.
public func sixel(from raster: GreyRaster) -> [UInt8] {
  guard raster.width > 0, raster.height > 0 else { return [] }
  var bytes = SixelEncoder.header(width: raster.width, height: raster.height)
  // One six-pixel column per level and x, bit 0 at the top. Always all zero between bands.
  withUnsafeTemporaryAllocation(of: UInt8.self, capacity: SixelEncoder.levels * raster.width) {
    masks in
    masks.initialize(repeating: 0)
    raster.pixels.withUnsafeBufferPointer { pixels in
      var encoder = SixelEncoder(width: raster.width, masks: masks)
      for top in stride(from: 0, to: raster.height, by: 6) {
        if top > 0 { bytes.append(UInt8(ascii: "-")) }
        let end = min(top + 6, raster.height)
        encoder.band(
          pixels.extracting(top * raster.width..<end * raster.width), onto: &bytes)
      }
    }
  }
  bytes += [0x1b, UInt8(ascii: "\\")]
  return bytes
}

/// The same with its top left corner in a cell; the cursor stays where it was.
func sixel(from raster: GreyRaster, at place: Position) -> [UInt8] {
  Array("\u{1b}7\u{1b}[\(place.y + 1);\(place.x + 1)H".utf8) + sixel(from: raster)
    + Array("\u{1b}8".utf8)
}

private struct SixelEncoder {
  static let levels = 64
  let width: Int
  let masks: UnsafeMutableBufferPointer<UInt8>

  static func header(width: Int, height: Int) -> [UInt8] {
    var bytes = Array("\u{1b}P0;1;0q\"1;1;\(width);\(height)".utf8)
    for level in 0..<levels {
      // Sixel colours are percentages: 64 levels land on 64 different ones.
      let percent = (level * 100 + 31) / 63
      bytes += Array("#\(level);2;\(percent);\(percent);\(percent)".utf8)
    }
    return bytes
  }

  /// Appends up to six rows of pixels, level by level.
  mutating func band(_ pixels: UnsafeBufferPointer<UInt8>, onto bytes: inout [UInt8]) {
    var used: UInt64 = 0
    for (y, row) in stride(from: 0, to: pixels.count, by: width).enumerated() {
      let bit = UInt8(1) << UInt8(y)
      for x in 0..<width {
        let level = Int(pixels[row + x] >> 2)
        masks[level * width + x] |= bit
        used |= 1 << UInt64(level)
      }
    }
    var isFirst = true
    while used != 0 {
      let level = used.trailingZeroBitCount
      used &= used - 1
      if !isFirst { bytes.append(UInt8(ascii: "$")) }
      isFirst = false
      bytes.append(UInt8(ascii: "#"))
      Self.number(level, onto: &bytes)
      line(
        UnsafeMutableBufferPointer(rebasing: masks[level * width..<(level + 1) * width]),
        onto: &bytes)
    }
  }

  /// Appends the six-pixel columns of one level and clears them.
  private func line(_ masks: UnsafeMutableBufferPointer<UInt8>, onto bytes: inout [UInt8]) {
    var x = 0
    while x < width {
      let mask = masks[x]
      let start = x
      repeat { x += 1 } while x < width && masks[x] == mask
      // What is empty up to the edge need not be sent.
      if mask != 0 || x < width { Self.run(of: mask, length: x - start, onto: &bytes) }
    }
    masks.update(repeating: 0)
  }

  private static func run(of mask: UInt8, length: Int, onto bytes: inout [UInt8]) {
    let byte = 63 + mask
    guard length > 3 else {
      for _ in 0..<length { bytes.append(byte) }
      return
    }
    bytes.append(UInt8(ascii: "!"))
    number(length, onto: &bytes)
    bytes.append(byte)
  }

  private static func number(_ value: Int, onto bytes: inout [UInt8]) {
    if value >= 10 { number(value / 10, onto: &bytes) }
    bytes.append(UInt8(ascii: "0") + UInt8(value % 10))
  }
}
