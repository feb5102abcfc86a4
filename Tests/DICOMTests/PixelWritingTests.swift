import Testing

@testable import DICOM

@Suite("A file with pixels is written again")
struct PixelWritingTests {
  /// A file in any transfer syntax: an image of two pixels, the value of each 0x0102.
  private func file(_ syntax: TransferSyntax, pixels: [UInt8], bits: Int = 16) -> [UInt8] {
    let isBig = syntax.isBigEndian
    func number(_ value: Int, _ size: Int) -> [UInt8] {
      let bytes = (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
      return isBig ? bytes.reversed() : bytes
    }
    func element(_ group: Int, _ place: Int, _ vr: String, _ value: [UInt8]) -> [UInt8] {
      let tag = number(group, 2) + number(place, 2)
      guard syntax.hasExplicitVR else { return tag + number(value.count, 4) + value }
      return tag + Array(vr.utf8) + number(value.count, 2) + value
    }
    var head = [UInt8](repeating: 0, count: 128) + Array("DICM".utf8)
    var uid = Array(syntax.uid.utf8)
    if uid.count % 2 == 1 { uid.append(0) }
    head += [2, 0, 0x10, 0, 0x55, 0x49, UInt8(uid.count), 0] + uid
    var body = element(8, 0x16, "UI", Array("1.2.840.10008.5.1.4.1.1.1\0".utf8))
    body += element(8, 0x18, "UI", Array("1.2.3\0".utf8))
    body += element(0x28, 0x100, "US", number(bits, 2))
    body += element(0x28, 0x103, "US", number(1, 2))
    body += element(0x28, 0x120, "SS", number(-2000, 2))
    let pixelTag = number(0x7fe0, 2) + number(0x10, 2)
    let length: [UInt8] = syntax.isEncapsulated ? [255, 255, 255, 255] : number(pixels.count, 4)
    let long: [UInt8] = syntax.hasExplicitVR ? [0x4f, 0x57, 0, 0] : []
    return head + body + pixelTag + long + length + pixels
  }

  private func rewritten(_ bytes: [UInt8]) throws -> (file: DICOMFile, pixels: [UInt8]) {
    let file = try DICOMFile.read(bytes)
    let output = try file.write(pixelsFrom: bytes)
    let read = try DICOMFile.read(output)
    let pixels = try #require(read.pixels)
    return (read, Array(output[pixels.offset..<pixels.offset + pixels.length]))
  }

  static let words: [(TransferSyntax, Int, [UInt8])] = [
    (.explicitLittleEndian, 16, [2, 1, 2, 1]), (.implicitLittleEndian, 16, [2, 1, 2, 1]),
    (.explicitBigEndian, 16, [1, 2, 1, 2]), (.explicitBigEndian, 32, [0, 0, 1, 2]),
  ]

  @Test("plain pixels in explicit little endian, with their values", arguments: words.indices)
  func plain(index: Int) throws {
    let (syntax, bits, bytes) = Self.words[index]
    let (file, pixels) = try rewritten(file(syntax, pixels: bytes, bits: bits))
    #expect(file.transferSyntax == .explicitLittleEndian)
    #expect(pixels == (bits == 32 ? [2, 1, 0, 0] : [2, 1, 2, 1]))
    #expect(file.dataSet.integer(DICOM.Tag(0x0028, 0x0120)) == -2000)
  }

  private static let fragments: [UInt8] =
    [0xfe, 0xff, 0, 0xe0, 0, 0, 0, 0]
    + [0xfe, 0xff, 0, 0xe0, 2, 0, 0, 0, 0xff, 0xd8]
    + [0xfe, 0xff, 0, 0xe0, 4, 0, 0, 0, 1, 2, 3, 4]
    + [0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0]

  @Test("fragments in their own transfer syntax, untouched")
  func encapsulated() throws {
    let (file, pixels) = try rewritten(file(.jpegLosslessSV1, pixels: Self.fragments))
    #expect(file.transferSyntax == .jpegLosslessSV1)
    #expect(pixels == Self.fragments)
    #expect(file.pixels?.fragments?.count == 2)
  }

  @Test("but not where pixels are missing, or packed in a way the transfer syntax forbids")
  func refused() throws {
    let cut = file(.jpegLosslessSV1, pixels: Self.fragments.dropLast(8))
    let file = try DICOMFile.read(cut)
    #expect(throws: DICOMError.truncated(at: cut.count)) { try file.write(pixelsFrom: cut) }
    let whole = self.file(.explicitLittleEndian, pixels: [1, 2, 3, 4])
    let plain = try DICOMFile.read(whole)
    #expect(throws: DICOMError.self) { try plain.write(pixelsFrom: whole.dropLast(1)) }
    #expect(throws: DICOMError.unsupportedTransferSyntax) { try plain.write() }
    let mixed = DICOMFile(plain.dataSet, in: .jpegBaseline)
    #expect(throws: DICOMError.badLength(.pixelData)) { try mixed.write(pixelsFrom: whole) }
  }
}
