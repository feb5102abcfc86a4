import CPNG
import Foundation

@testable import Terminal

/// A model of a terminal's screen in pixels: rebuilds from the bytes what a reader would see of
/// pictures, sent with sixel or with the kitty graphics protocol.
///
/// It is strict: whatever a real terminal would refuse, or show where it should not, is a flaw.
struct Glass {
  static let blank: UInt8 = 1
  let columns: Int
  let rows: Int
  let cell: Capabilities.CellPixels
  private(set) var flaws: [String] = []
  /// Pictures handed over, by number.
  private(set) var held: [UInt32: GreyRaster] = [:]
  private var placed: [UInt32: Rect] = [:]
  private var painted: [(x: Int, y: Int, raster: GreyRaster)] = []
  private var cursor = Position(0, 0)
  private var saved = Position(0, 0)
  private var upload: (keys: [String: String], data: [UInt8])?

  init(columns: Int, rows: Int, cell: Capabilities.CellPixels) {
    (self.columns, self.rows, self.cell) = (columns, rows, cell)
  }

  /// The greys on screen, ``blank`` where there is no picture.
  var pixels: GreyRaster {
    let width = columns * cell.width
    var pixels = [UInt8](repeating: Self.blank, count: width * rows * cell.height)
    func paint(_ raster: GreyRaster, x: Int, y: Int) {
      for row in 0..<raster.height {
        for column in 0..<raster.width {
          pixels[(y + row) * width + x + column] = raster[column, row]
        }
      }
    }
    for picture in painted { paint(picture.raster, x: picture.x, y: picture.y) }
    for (id, rect) in placed.sorted(by: { $0.key < $1.key }) {
      guard let raster = held[id] else { continue }
      paint(raster, x: rect.x * cell.width, y: rect.y * cell.height)
    }
    return GreyRaster(width: width, height: rows * cell.height, pixels: pixels)
  }

  mutating func take(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while let byte = rest.popFirst() {
      guard byte == 0x1b, let kind = rest.popFirst() else {
        flaws.append("text: \(byte)")
        continue
      }
      switch kind {
      case UInt8(ascii: "7"): saved = cursor
      case UInt8(ascii: "8"): cursor = saved
      case UInt8(ascii: "["):
        let body = rest.prefix { !(0x40..<0x7f).contains($0) }
        rest = rest.dropFirst(body.count)
        let final = rest.popFirst()
        let numbers = String(decoding: body, as: UTF8.self).split(separator: ";").compactMap {
          Int($0)
        }
        guard final == UInt8(ascii: "H"), numbers.count == 2 else {
          flaws.append("not a place")
          continue
        }
        cursor = Position(numbers[1] - 1, numbers[0] - 1)
      case UInt8(ascii: "P"), UInt8(ascii: "_"):
        var body: [UInt8] = []
        while let byte = rest.popFirst(), byte != 0x1b { body.append(byte) }
        if rest.popFirst() != UInt8(ascii: "\\") { flaws.append("a string without an end") }
        kind == UInt8(ascii: "P") ? takeSixel(body) : takeCommand(body)
      default: flaws.append("ESC \(kind)")
      }
    }
  }

  private mutating func takeSixel(_ body: [UInt8]) {
    guard let raster = SixelDecoder.decode([0x1b, UInt8(ascii: "P")] + body + [0x1b, 0x5c]) else {
      return flaws.append("not sixel")
    }
    let (x, y) = (cursor.x * cell.width, cursor.y * cell.height)
    if x + raster.width > columns * cell.width || y + raster.height > rows * cell.height {
      return flaws.append("the screen would scroll")
    }
    painted.append((x, y, raster))
  }

  private mutating func takeCommand(_ body: [UInt8]) {
    guard body.first == UInt8(ascii: "G") else { return flaws.append("another APC") }
    let parts = body.dropFirst().split(separator: UInt8(ascii: ";"), maxSplits: 1)
    let pairs = String(decoding: parts.first ?? [], as: UTF8.self).split(separator: ",").map {
      $0.split(separator: "=").map(String.init)
    }
    let keys = Dictionary(uniqueKeysWithValues: pairs.map { ($0[0], $0[1]) })
    if keys["q"] != "2" { flaws.append("an answer is wanted") }
    let data = parts.count > 1 ? Array(parts[1]) : []
    if upload != nil || keys["a"] == "t" {
      takePiece(keys, data)
    } else if let id = keys["i"].flatMap({ UInt32($0) }), id > 0 {
      takeCommand(keys, id: id)
    } else {
      flaws.append("no number")
    }
  }

  private mutating func takePiece(_ keys: [String: String], _ data: [UInt8]) {
    if upload != nil, Set(keys.keys) != ["m", "q"] { flaws.append("a command amid an upload") }
    let isLast = keys["m"] == "0"
    if data.count > 4096 || !isLast && data.count % 4 != 0 { flaws.append("a bad piece") }
    var whole = upload ?? (keys, [])
    whole.data += data
    upload = isLast ? nil : whole
    guard isLast else { return }
    guard let id = whole.keys["i"].flatMap({ UInt32($0) }), whole.keys["f"] == "100",
      whole.keys["t"] == "d", let png = Data(base64Encoded: Data(whole.data)),
      let raster = Self.decode(Array(png))
    else { return flaws.append("not a picture") }
    if held[id] != nil { flaws.append("the number is taken: a flicker") }
    held[id] = raster
  }

  private mutating func takeCommand(_ keys: [String: String], id: UInt32) {
    switch keys["a"] {
    case "p":
      guard let raster = held[id], let width = keys["c"].flatMap({ Int($0) }),
        let height = keys["r"].flatMap({ Int($0) }), keys["C"] == "1"
      else { return flaws.append("a place without a picture, or a cursor that moves") }
      let rect = Rect(x: cursor.x, y: cursor.y, width: width, height: height)
      if rect.endX > columns || rect.endY > rows { flaws.append("outside the screen") }
      if raster.width != width * cell.width || raster.height != height * cell.height {
        flaws.append("stretched")
      }
      placed[id] = rect
    case "d" where keys["d"] == "I":
      if held.removeValue(forKey: id) == nil { flaws.append("nothing to delete") }
      placed[id] = nil
    default: flaws.append("an unknown command")
    }
  }

  private static func decode(_ png: [UInt8]) -> GreyRaster? {
    var image = cpng_image()
    guard cpng_read(png, png.count, 1 << 24, &image) == CPNG_OK, image.channels == 1,
      image.bytesPerSample == 1, let samples = image.samples
    else { return nil }
    defer { free(samples) }
    let count = Int(image.width) * Int(image.height)
    return GreyRaster(
      width: Int(image.width), height: Int(image.height),
      pixels: Array(UnsafeBufferPointer(start: samples, count: count)))
  }
}
