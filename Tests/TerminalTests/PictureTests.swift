import TestSupport
import Testing

@testable import Terminal

@Suite struct CellArtTests {
  /// One cell of 8 × 8 samples.
  private func cell(_ grey: (Int, Int) -> UInt8) -> Cell {
    let pixels = (0..<64).map { grey($0 % 8, $0 / 8) }
    let raster = GreyRaster(width: 8, height: 8, pixels: pixels)
    return CellArt.blocks256.cells(from: raster, columns: 1, rows: 1)[0][0]
  }

  @Test("a lower part in eighths is its own glyph", arguments: 1...7)
  func lower(eighths: Int) {
    let cell = cell { _, y in y >= 8 - eighths ? 255 : 0 }
    #expect(cell.character == Array(" ▁▂▃▄▅▆▇")[eighths])
    #expect(cell.style == Style(foregroundGrey: 255, backgroundGrey: 0))
  }

  @Test("a left part in eighths is its own glyph", arguments: 1...7)
  func left(eighths: Int) {
    let cell = cell { x, _ in x < eighths ? 0 : 255 }
    #expect(cell.character == Array(" ▏▎▍▌▋▊▉")[eighths])
    #expect(cell.style == Style(foregroundGrey: 0, backgroundGrey: 255))
  }

  @Test("quadrants are found, alone and in a diagonal")
  func quadrants() {
    #expect(cell { x, y in x < 4 && y < 4 ? 215 : 95 }.character == "▘")
    #expect(cell { x, y in x >= 4 && y < 4 ? 215 : 95 }.character == "▝")
    #expect(cell { x, y in x < 4 && y >= 4 ? 215 : 95 }.character == "▖")
    #expect(cell { x, y in x >= 4 && y >= 4 ? 215 : 95 }.character == "▗")
    #expect(cell { x, y in (x < 4) == (y < 4) ? 215 : 95 }.character == "▚")
    let diagonal = cell { x, y in (x < 4) != (y < 4) ? 215 : 95 }
    #expect(diagonal.character == "▚")
    #expect(diagonal.style == Style(foregroundGrey: 95, backgroundGrey: 215))
  }

  @Test("what is flat to the eye is a blank in one grey")
  func flat() {
    let cell = cell { x, _ in 100 + UInt8(x % 2) }
    #expect(cell.character == " ")
    #expect(cell.style.backgroundGrey == 98)
  }

  @Test("a gradient comes back within 8 greys on average and 26 at worst")
  func gradient() {
    let (columns, rows) = (24, 10)
    let size = CellArt.blocks256.rasterSize(columns: columns, rows: rows)
    let pixels = (0..<size.width * size.height).map { index in
      UInt8((index % size.width + index / size.width) * 255 / (size.width + size.height - 2))
    }
    let raster = GreyRaster(width: size.width, height: size.height, pixels: pixels)
    let cells = CellArt.blocks256.cells(from: raster, columns: columns, rows: rows)
    var worst = 0
    var sum = 0
    for y in 0..<size.height {
      for x in 0..<size.width {
        let drawn = Self.grey(of: cells[y / 8][x / 8], x: x % 8, y: y % 8)
        let error = abs(Int(drawn) - Int(raster[x, y]))
        worst = max(worst, error)
        sum += error
      }
    }
    // The coarsest step of the 30 greys is 10, and a cell spans about 14 greys of the slope.
    #expect(worst <= 26)
    #expect(sum / (size.width * size.height) <= 8)
  }

  @Test("braille puts more dots where it is lighter, and none where it is black")
  func braille() {
    var dots: [Int] = []
    for grey in stride(from: 0, through: 255, by: 51) {
      let raster = GreyRaster(
        width: 8, height: 8, pixels: Array(repeating: UInt8(grey), count: 64))
      let cells = CellArt.braille.cells(from: raster, columns: 4, rows: 2).joined()
      dots.append(
        cells.reduce(0) { sum, cell in
          let value = cell.character.unicodeScalars.first?.value ?? 0
          return sum + (value >= 0x2800 ? (value - 0x2800).nonzeroBitCount : 0)
        })
    }
    #expect(dots == dots.sorted())
    #expect(dots.first == 0)
    #expect(dots.last == 64)
    #expect(abs(dots[3] - 64 * 3 / 5) <= 4)
  }

  @Test("ASCII gets denser as it gets lighter")
  func ascii() {
    let raster = GreyRaster(width: 10, height: 1, pixels: (0..<10).map { UInt8($0 * 28) })
    let row = CellArt.ascii.cells(from: raster, columns: 10, rows: 1)[0]
    #expect(String(row.map(\.character)) == " .:-=+*#%@")
  }

  /// The grey a terminal shows at one of 8 × 8 places of a cell.
  static func grey(of cell: Cell, x: Int, y: Int) -> UInt8 {
    let isFront: Bool =
      switch cell.character {
      case " ": false
      case "▘": x < 4 && y < 4
      case "▝": x >= 4 && y < 4
      case "▖": x < 4 && y >= 4
      case "▗": x >= 4 && y >= 4
      case "▚": (x < 4) == (y < 4)
      default:
        if let eighths = Canvas.lowerEighths.firstIndex(of: cell.character) {
          y >= 8 - eighths
        } else {
          x < Canvas.leftEighths.firstIndex(of: cell.character) ?? 0
        }
      }
    return (isFront ? cell.style.foregroundGrey : cell.style.backgroundGrey) ?? 0
  }
}

@Suite struct SixelTests {
  @Test("a picture comes back from its sixels within two greys", arguments: 0..<20)
  func roundTrip(seed: UInt64) throws {
    var random = Seeded(seed)
    let width = Int.random(in: 1...90, using: &random)
    let height = Int.random(in: 1...8, using: &random) * 6
    let isNoisy = seed % 2 == 0
    let pixels = (0..<width * height).map { index in
      isNoisy ? UInt8.random(in: 0...255, using: &random) : UInt8(index * 255 / (width * height))
    }
    let decoded = try #require(
      SixelDecoder.decode(sixel(from: GreyRaster(width: width, height: height, pixels: pixels))))
    #expect(decoded.width == width)
    #expect(decoded.height == height)
    for (before, after) in zip(pixels, decoded.pixels) {
      // 64 levels are 4 greys apart, and the palette counts in percent.
      #expect(abs(Int(before & 0xfc | before >> 6) - Int(after)) <= 2)
    }
  }

  @Test("runs are shortened")
  func runs() {
    let flat = GreyRaster(width: 1000, height: 6, pixels: Array(repeating: 128, count: 6000))
    let empty = GreyRaster(width: 1, height: 6, pixels: Array(repeating: 128, count: 6))
    #expect(sixel(from: flat).count < sixel(from: empty).count + 10)
  }

  @Test("an empty raster gives no bytes")
  func empty() {
    #expect(sixel(from: GreyRaster(width: 0, height: 6, pixels: [])).isEmpty)
  }

  @Test(
    "no sixel reaches the last line of the screen, wherever its cells are, so that none scrolls it",
    arguments: [(8, 16), (7, 13), (10, 21), (9, 6), (2, 2)])
  func lastLine(cell: (width: Int, height: Int)) throws {
    let (columns, rows) = (12, 9)
    for y in -1..<rows {
      for height in 0...(rows - y + 1) {
        let rect = Rect(x: 1, y: y, width: 5, height: height)
        let room = PixelProtocol.sixel.room(for: rect, columns: columns, rows: rows)
        let isInside = y >= 0 && rect.endY <= rows && height > 0
        #expect((room != nil) == (isInside && y < rows - 1), "\(rect)")
        guard let room else { continue }
        #expect(room.origin == rect.origin && room.height >= height - 1)
        let pixels = PixelProtocol.sixel.height(
          rows: room.height, of: .init(width: cell.width, height: cell.height))
        let width = 5 * cell.width
        let full = GreyRaster(
          width: width, height: height * cell.height,
          pixels: Array(repeating: 128, count: width * height * cell.height))
        let bytes = sixel(from: full.cropped(width: width, height: pixels))
        let drawn = bytes.isEmpty ? 0 : try #require(SixelDecoder.decode(bytes)).height
        #expect(drawn <= pixels && y * cell.height + drawn <= (rows - 1) * cell.height)
      }
    }
    #expect(
      PixelProtocol.kitty.room(
        for: Rect(x: 0, y: 0, width: 12, height: 9), columns: columns, rows: rows)?.height == 9)
  }

  @Test("half a raster is the mean of each four pixels, and an odd edge is left out")
  func halved() {
    let raster = GreyRaster(width: 3, height: 2, pixels: [1, 2, 200, 4, 6, 200])
    #expect(raster.halved() == GreyRaster(width: 1, height: 1, pixels: [3]))
    let line = GreyRaster(width: 3, height: 1, pixels: [1, 2, 3])
    #expect(line.halved() == line)
  }

  @Test("a raster is cropped from the top left")
  func cropped() {
    let raster = GreyRaster(width: 3, height: 2, pixels: [1, 2, 3, 4, 5, 6])
    #expect(raster.cropped(width: 2, height: 9).pixels == [1, 2, 4, 5])
    #expect(raster.cropped(width: 9, height: 1).pixels == [1, 2, 3])
    #expect(raster.cropped(width: 9, height: 9) == raster)
  }
}
