import Imaging
import Testing

@Suite struct PNGFileTests {
  @Test("what is encoded is read back grey by grey")
  func roundTrip() throws {
    let greys = (0..<35).map { UInt8($0 * 7) }
    let image = try GreyImage.read(png: PNGFile.encode(greys, columns: 5, rows: 7))
    #expect(image.columns == 5)
    #expect(image.values == greys.map(Float.init))
  }

  @Test("a comment is written as the standard asks, and changes no grey")
  func comment() throws {
    let greys = [UInt8](repeating: 7, count: 6)
    let bytes = try PNGFile.encode(greys, columns: 3, rows: 2, comment: "SYNTHETIC")
    #expect(try GreyImage.read(png: bytes).values == greys.map(Float.init))
    let chunk = Array("tEXtComment\0SYNTHETIC".utf8)
    #expect(Array(bytes[37..<(37 + chunk.count)]) == chunk)
    // CRC-32 of the chunk, from Python's zlib.crc32.
    let check: [UInt8] = [0xB3, 0x42, 0xA1, 0x79]
    #expect(Array(bytes[(37 + chunk.count)..<(41 + chunk.count)]) == check)
  }
}
