import Crypto
import DICOM
import Foundation
import Imaging

/// What an object is, however it was sent: a SHA-256 that is the same from every sender.
///
/// Meta information differs from one sender to the next (PS3.10 7.1), and so may the transfer
/// syntax; neither makes it another object. One image is told by its attributes and the picture they
/// make of its pixels, a document by its attributes. Of several frames and of what cannot be decoded
/// it is transfer syntax and bytes: there the same object in another encoding counts as another.
struct ContentDigest {
  private var hash = SHA256()

  /// Hexadecimal; empty for what has no attributes that could be read and no data set that begins.
  static func of(_ header: DICOMFile, showing picture: GreyImage?, in file: URL) -> String {
    var digest = ContentDigest()
    if let picture, header.dataSet.integer(.numberOfFrames) ?? 1 == 1 {
      digest.add("image")
      digest.add(header.dataSet)
      digest.add(picture)
    } else if header.pixels == nil {
      digest.add("document")
      digest.add(header.dataSet)
    } else {
      guard digest.add(bytesOf: file) else { return "" }
    }
    return digest.hash.finalize().hexadecimal
  }

  private mutating func add(_ text: String) { hash.update(data: Data("\(text)\n".utf8)) }

  private mutating func add(_ number: Int) {
    withUnsafeBytes(of: UInt64(number).littleEndian) { hash.update(bufferPointer: $0) }
  }

  /// Every attribute with its value, but for those that tell how pixels are written.
  private mutating func add(_ dataSet: DataSet) {
    for element in dataSet.elements where !Self.isOfEncoding(element.tag) {
      add(Int(element.tag.group) << 16 | Int(element.tag.element))
      switch element.value {
      case .bytes(let bytes):
        add(bytes.count)
        hash.update(data: bytes)
      case .sequence(let items):
        add(items.count)
        for item in items { add(item) }
      case .pixels: continue
      }
    }
    add("end")
  }

  /// Group lengths, padding, photometric interpretation, planar configuration, what is said of lossy
  /// compression, and the pixels themselves.
  private static func isOfEncoding(_ tag: Tag) -> Bool {
    switch (tag.group, tag.element) {
    case (_, 0), (0x7fe0, _), (0xfffc, 0xfffc), (0x0028, 0x0004), (0x0028, 0x0006),
      (0x0028, 0x2110), (0x0028, 0x2112), (0x0028, 0x2114):
      true
    default: false
    }
  }

  private mutating func add(_ picture: GreyImage) {
    add(picture.columns)
    add(picture.rows)
    add(picture.isInverted ? 1 : 0)
    picture.values.withUnsafeBytes { hash.update(bufferPointer: $0) }
  }

  /// Enough for any meta information.
  private static let prefix = 1 << 16
  private static let piece = 1 << 20

  /// Transfer syntax and data set as they lie in the file; false for what is no Part 10 file.
  private mutating func add(bytesOf file: URL) -> Bool {
    guard let handle = try? FileHandle(forReadingFrom: file) else { return false }
    defer { try? handle.close() }
    guard let start = try? handle.read(upToCount: Self.prefix),
      let body = DICOMFile.body(ofFileBeginning: [UInt8](start)),
      (try? handle.seek(toOffset: UInt64(body.offset))) != nil
    else { return false }
    add(body.transferSyntax.uid)
    do {
      while let bytes = try handle.read(upToCount: Self.piece), !bytes.isEmpty {
        hash.update(data: bytes)
      }
    } catch {
      return false
    }
    return true
  }
}
