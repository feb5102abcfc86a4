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
}
