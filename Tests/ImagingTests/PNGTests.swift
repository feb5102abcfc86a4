import TestSupport
import Testing

@testable import Imaging

@Suite struct PNGTests {
  @Test("grey, colour and palette PNGs of all depths give the values of the file")
  func values() throws {
    let grey = try GreyImage.read(
      png: PNGBytes.make(2, 2, depth: 8, colour: 0, [[1, 2], [3, 255]]))
    #expect(grey.values == [1, 2, 3, 255])
    #expect(grey.bits == 8)
    let deep = try GreyImage.read(
      png: PNGBytes.make(2, 1, depth: 16, colour: 0, [[0x12, 0x34, 0xff, 0xff]]))
    #expect(deep.values == [0x1234, 0xffff])
    #expect(deep.bits == 16)
    let colour = try GreyImage.read(
      png: PNGBytes.make(1, 1, depth: 8, colour: 2, [[100, 200, 50]]))
    #expect(colour.values == [153])
    let one = try GreyImage.read(png: PNGBytes.make(8, 1, depth: 1, colour: 0, [[0b1010_0000]]))
    #expect(one.values == [255, 0, 255, 0, 0, 0, 0, 0])
    let palette = try GreyImage.read(
      png: PNGBytes.make(1, 1, depth: 8, colour: 3, [[1]], palette: [0, 0, 0, 10, 10, 10]))
    #expect(palette.values == [10])
    let transparent = try GreyImage.read(png: PNGBytes.make(1, 1, depth: 8, colour: 4, [[9, 0]]))
    #expect(transparent.values == [9])
  }

  @Test("a header that lies about the size is refused before anything is reserved")
  func lyingHeader() {
    let bytes = PNGBytes.make(1, 1, depth: 8, colour: 0, [[1]], statedSize: (60_000, 60_000))
    #expect(throws: ImagingError.imageTooLarge(pixels: 1 << 28)) {
      try GreyImage.read(png: bytes)
    }
    let fewer = PNGBytes.make(1, 1, depth: 8, colour: 0, [[1]], statedSize: (100, 100))
    #expect(throws: ImagingError.damagedPNG) { try GreyImage.read(png: fewer) }
  }

  @Test("a PNG cut off anywhere is refused")
  func truncated() {
    let bytes = PNGBytes.make(2, 2, depth: 8, colour: 0, [[1, 2], [3, 4]])
    for count in 0..<bytes.count {
      #expect(throws: ImagingError.damagedPNG) { try GreyImage.read(png: Array(bytes[..<count])) }
    }
  }

  @Test("a wrong checksum is refused")
  func checksum() throws {
    var bytes = PNGBytes.make(2, 2, depth: 8, colour: 0, [[1, 2], [3, 4]])
    // The last byte of the pixel chunk's checksum, just before the end chunk.
    bytes[bytes.count - 13] ^= 1
    #expect(throws: ImagingError.damagedPNG) { try GreyImage.read(png: bytes) }
  }

  @Test("mutants of a PNG give an image or a reason", arguments: 0..<5)
  func mutants(seed: UInt64) {
    var random = Seeded(seed)
    let original = PNGBytes.make(
      3, 2, depth: 8, colour: 3, [[0, 1, 2], [2, 1, 0]], palette: [1, 2, 3, 4, 5, 6, 7, 8, 9])
    for _ in 0..<400 {
      var bytes = original
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        bytes[bytes.indices.randomElement(using: &random) ?? 0] = .random(
          in: 0...255, using: &random)
      }
      guard let image = try? GreyImage.read(png: bytes) else { continue }
      #expect(image.values.count == image.columns * image.rows)
    }
  }
}
