import Radiology
import Testing

@testable import Reporting

@Suite("Where a region lies")
struct RegionPlaceTests {
  private func place(
    x: Double, y: Double, orientation: [String]? = nil, spacing: Double? = nil
  ) throws -> RegionPlace? {
    let instance = Instance(
      uid: "1.2", series: "1", study: "1", rows: 300, columns: 200, rowSpacing: spacing,
      columnSpacing: spacing.map { $0 / 2 }, format: .dicom, digest: "", bytes: 0)
    let region = try Region(instance: "1.2", x0: x - 10, y0: y - 10, x1: x + 10, y1: y + 10)
    return RegionPlace(
      of: region, in: [instance], orientations: orientation.map { ["1.2": $0] } ?? [:])
  }

  @Test(
    "zones are thirds of the height and sides are those of the image",
    arguments: [
      (40.0, 50.0, "upper zone, left in the image"), (160, 50, "upper zone, right in the image"),
      (40, 150, "middle zone, left in the image"), (160, 250, "lower zone, right in the image"),
      (100, 150, "middle zone, near the middle of the image"),
      (109, 150, "middle zone, near the middle of the image"),
      (111, 150, "middle zone, right in the image"),
    ])
  func words(x: Double, y: Double, words: String) throws {
    #expect(try place(x: x, y: y)?.words == words)
  }

  @Test("the patient's side is said only where the image states its orientation")
  func sides() throws {
    #expect(
      try place(x: 40, y: 50, orientation: ["L", "F"])?.words
        == "upper zone, left in the image (patient's right)")
    #expect(
      try place(x: 160, y: 50, orientation: ["L", "F"])?.words
        == "upper zone, right in the image (patient's left)")
    #expect(
      try place(x: 40, y: 50, orientation: ["R", "F"])?.words
        == "upper zone, left in the image (patient's left)")
    #expect(try place(x: 40, y: 50, orientation: ["A", "F"])?.patientSide == nil)
    #expect(try place(x: 100, y: 50, orientation: ["L", "F"])?.patientSide == nil)
    #expect(try place(x: 40, y: 50, orientation: [])?.patientSide == nil)
    #expect(try place(x: 40, y: 50)?.patientSide == nil)
  }

  @Test("millimetres use the spacing of columns across and of rows down, where both are known")
  func size() throws {
    #expect(try place(x: 40, y: 50, spacing: 1)?.sizeWords == "10 x 20 mm")
    #expect(try place(x: 40, y: 50)?.sizeWords == nil)
  }

  @Test("a region in an image that is not there has no place")
  func elsewhere() throws {
    let region = try Region(instance: "9", x0: 0, y0: 0, x1: 1, y1: 1)
    #expect(RegionPlace(of: region, in: []) == nil)
    let sizeless = Instance(
      uid: "9", series: "1", study: "1", format: .unknown, digest: "", bytes: 0)
    #expect(RegionPlace(of: region, in: [sizeless]) == nil)
  }
}
