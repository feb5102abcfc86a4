import TestSupport
import Testing

@testable import Terminal

@Suite struct KittyTests {
  private let cell = Capabilities.CellPixels(width: 9, height: 17)
  private let glass = Glass(
    columns: 60, rows: 30, cell: Capabilities.CellPixels(width: 9, height: 17))
  private let rect = Rect(x: 3, y: 2, width: 40, height: 20)

  /// A ramp with noise, as large as so many cells.
  private func picture(_ rect: Rect, seed: UInt64) -> GreyRaster {
    var random = Seeded(seed)
    let (width, height) = (rect.width * cell.width, rect.height * cell.height)
    let pixels = (0..<width * height).map { index in
      UInt8(index % width * 200 / width) + UInt8.random(in: 0...40, using: &random)
    }
    return GreyRaster(width: width, height: height, pixels: pixels)
  }

  /// What lies in some cells of the glass.
  private func part(_ glass: Glass, _ rect: Rect) -> [UInt8] {
    let pixels = glass.pixels
    return (rect.y * cell.height..<rect.endY * cell.height).flatMap { y in
      (rect.x * cell.width..<rect.endX * cell.width).map { x in pixels[x, y] }
    }
  }

  @Test("every pixel arrives in its place, none outside, whatever the size", arguments: 0..<12)
  func everyPixel(seed: UInt64) {
    var random = Seeded(seed)
    var (glass, pictures) = (glass, KittyPictures(seed: 7))
    let rect = Rect(
      x: Int.random(in: 0..<20, using: &random), y: Int.random(in: 0..<10, using: &random),
      width: Int.random(in: 1...40, using: &random), height: Int.random(in: 1...20, using: &random))
    let raster = picture(rect, seed: seed)
    let (upload, swap) = pictures.show(raster, in: rect)
    glass.take(upload)
    #expect(glass.pixels.pixels.allSatisfy { $0 == Glass.blank }, "unseen until it is placed")
    glass.take(swap)
    #expect(part(glass, rect) == raster.pixels)
    #expect(
      glass.pixels.pixels.filter { $0 != Glass.blank }.count
        == raster.pixels.filter { $0 != Glass.blank }.count)
    #expect(glass.flaws == [])
  }

  @Test("a picture is replaced without a moment without one, and the old one is given back")
  func replaced() {
    var (glass, pictures) = (glass, KittyPictures(seed: .max))
    for seed in 0..<4 as Range<UInt64> {
      let (before, raster) = (part(glass, rect), picture(rect, seed: seed))
      let (upload, swap) = pictures.show(raster, in: rect)
      glass.take(upload)
      #expect(part(glass, rect) == before)
      glass.take(swap)
      #expect(part(glass, rect) == raster.pixels)
      #expect(glass.held.count == 1)
    }
    #expect(glass.flaws == [])
  }

  @Test("pictures side by side go one at a time, or all at once, and leave nothing behind")
  func removed() {
    var (glass, pictures) = (glass, KittyPictures(seed: 1))
    let other = Rect(x: 45, y: 2, width: 10, height: 20)
    for rect in [rect, other] {
      let (upload, swap) = pictures.show(picture(rect, seed: 3), in: rect)
      glass.take(upload + swap)
    }
    glass.take(pictures.remove([rect, rect, Rect(x: 0, y: 0, width: 1, height: 1)]))
    #expect(part(glass, rect).allSatisfy { $0 == Glass.blank })
    #expect(part(glass, other) == picture(other, seed: 3).pixels)
    glass.take(pictures.removeAll())
    #expect(pictures.removeAll().isEmpty)
    #expect(glass.held.isEmpty)
    #expect(glass.flaws == [])
  }

  @Test("a smooth picture is packed to less than a byte for each pixel, and no piece is too long")
  func size() {
    let size = (width: 912, height: 690)
    let pixels = (0..<size.width * size.height).map { UInt8($0 % size.width * 255 / size.width) }
    let raster = GreyRaster(width: size.width, height: size.height, pixels: pixels)
    let upload = KittyCommand.upload(raster, id: 1)
    #expect(upload.count * 20 < pixels.count)
    #expect(upload.split(separator: 0x1b).allSatisfy { $0.count < 4096 + 64 })
  }

  @Test("the same picture in sixel lies in the same place, within two greys")
  func sixelBeside() {
    var glass = glass
    let height = PixelProtocol.sixel.height(rows: rect.height, of: cell)
    let whole = picture(rect, seed: 5)
    let raster = whole.cropped(width: whole.width, height: height)
    glass.take(sixel(from: raster, at: rect.origin))
    let shown = part(glass, rect)
    for (before, after) in zip(raster.pixels, shown) {
      #expect(abs(Int(before & 0xfc | before >> 6) - Int(after)) <= 2)
    }
    #expect(shown.dropFirst(raster.pixels.count).allSatisfy { $0 == Glass.blank })
    #expect(glass.flaws == [])
  }
}
