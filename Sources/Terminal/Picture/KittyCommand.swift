import Foundation

/// What is said to a terminal with the kitty graphics protocol.
///
/// Answers are refused throughout (`q=2`): they would arrive among the keys.
///
/// Source: "Terminal graphics protocol" in the manual of kitty.
enum KittyCommand {
  /// The longest piece of data that one command may carry, in characters of base 64.
  static let longestPiece = 4096

  /// Hands over a picture, which stays unseen until it is placed.
  static func upload(_ raster: GreyRaster, id: UInt32) -> [UInt8] {
    let data = Data(PNGPicture.encode(raster)).base64EncodedData()
    var bytes: [UInt8] = []
    bytes.reserveCapacity(data.count + data.count / 256 + 64)
    var keys = "a=t,t=d,f=100,i=\(id),q=2"
    for start in stride(from: 0, to: data.count, by: longestPiece) {
      let end = min(start + longestPiece, data.count)
      bytes += "\u{1b}_G\(keys),m=\(end < data.count ? 1 : 0);".utf8
      bytes += data[start..<end]
      bytes += "\u{1b}\\".utf8
      keys = "q=2"
    }
    return bytes
  }

  /// Shows a picture over the text of exactly these cells; the cursor stays where it was.
  static func place(id: UInt32, in rect: Rect) -> [UInt8] {
    Array(
      ("\u{1b}7\u{1b}[\(rect.y + 1);\(rect.x + 1)H"
        + "\u{1b}_Ga=p,i=\(id),p=1,c=\(rect.width),r=\(rect.height),z=0,C=1,q=2\u{1b}\\\u{1b}8")
        .utf8)
  }

  /// Takes a picture off the screen and out of the terminal's memory.
  static func delete(id: UInt32) -> [UInt8] { Array("\u{1b}_Ga=d,d=I,i=\(id),q=2\u{1b}\\".utf8) }
}
