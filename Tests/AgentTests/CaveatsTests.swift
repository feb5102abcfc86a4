import DICOM
import Foundation
import Imaging
import Radiology
import TestSupport
import Testing
import Triage

@testable import Agent

@Suite struct CaveatsTests {
  private func caveats(_ change: (inout DataSet) throws -> Void) throws -> [Caveat] {
    var header = try Radiographs.header()
    try change(&header)
    let picture = GreyImage(
      columns: Radiographs.side, rows: Radiographs.side, values: Radiographs.chest.map(Float.init))
    return Caveats(of: DICOMFile(header), picture, bodyPart: "CHEST", view: "PA").list
  }

  @Test("an overlay that is not shown is told of, and keeps nothing from being normal")
  func overlay() throws {
    let one = try caveats { try $0.set(Tag(0x6000, 0x0010), .US, integers: [16]) }
    #expect(one.map(\.kind) == [.overlay] && !one[0].preventsNormal)
    let two = try caveats {
      try $0.set(Tag(0x6000, 0x0010), .US, integers: [16])
      try $0.set(Tag(0x6002, 0x0010), .US, integers: [16])
      try $0.set(Tag(0x6001, 0x0010), .LO, "a private group")
    }
    #expect(two.map(\.text) == ["The file draws 2 overlays over the image; they are not shown."])
  }

  @Test("there is one caveat of a kind, the header's before the pixels'")
  func once() throws {
    let found = try caveats {
      try $0.set(.sopClassUID, "1.2.840.10008.5.1.4.1.1.7")
      try $0.set(.conversionType, "WSD")
      try $0.set(.patientOrientation, ["R", "H"])
    }
    #expect(found.map(\.kind) == [.secondaryCapture, .orientation])
    #expect(found[0].text == "A secondary capture is a picture of a picture.")
  }

  @Test("what a header says never gets into a sentence as it is")
  func hostile() throws {
    let found = try caveats {
      try $0.set(.conversionType, .LO, "DOE JANE")
      try $0.set(.patientOrientation, .LO, ["DOE", "JANE"])
      try $0.set(.lossyImageCompression, "01")
    }
    #expect(found.map(\.kind) == [.secondaryCapture, .lossy, .orientation])
    #expect(found.allSatisfy { !$0.text.contains("DOE") })
  }

  @Test("a frontal chest alone has a way to lie; a hand has none that is known")
  func otherParts() throws {
    var header = try Radiographs.header()
    try header.set(.patientOrientation, ["R", "F"])
    let picture = GreyImage(
      columns: 96, rows: 96, values: Radiographs.chest.quarterTurned(side: 96).map(Float.init))
    let file = DICOMFile(header)
    #expect(Caveats(of: file, picture, bodyPart: "HAND", view: "PA").list.isEmpty)
    #expect(Caveats(of: file, picture, bodyPart: "CHEST", view: "LL").list.isEmpty)
  }

  @Test("a negative is looked at as it is meant to be seen, and padding counts as black")
  func negative() {
    let values = Radiographs.chest.map { 4_095 - Float($0) }
    var padded = values
    for index in 0..<96 * 4 { padded[index] = -2_000 }
    for (values, padding) in [(values, Float?.none), (padded, -2_000)] {
      let picture = GreyImage(
        columns: 96, rows: 96, values: values, isInverted: true, padding: padding)
      #expect(Caveats(of: picture, bodyPart: "CHEST", view: "PA").list.isEmpty)
    }
  }

  @Test("a picture like no chest is said to lie in no way", .enabled(if: SharedFiles.hasImage))
  func unlike() throws {
    let file = SharedFiles.image
    let picture = try GreyImage.read(dicom: file, decoder: PixelDecoder())
    #expect(Caveats(of: picture, bodyPart: "CHEST", view: "PA").list.isEmpty)
  }

  @Test("pictures of any shape and value are looked at without a trap", arguments: 0..<40)
  func anyPicture(seed: Int) {
    var random = TestSupport.Seeded(UInt64(seed))
    let columns = Int.random(in: 1...700, using: &random)
    let rows = Int.random(in: 1...(seed % 2 == 0 ? 3 : 300), using: &random)
    let strange: [Float] = [.nan, .infinity, -.infinity, .greatestFiniteMagnitude, 0]
    let values = (0..<columns * rows).map { _ in
      seed % 3 == 0 && Int.random(in: 0..<50, using: &random) == 0
        ? strange[Int.random(in: 0..<5, using: &random)] : Float.random(in: -9...9, using: &random)
    }
    let picture = GreyImage(
      columns: columns, rows: rows, values: values, isInverted: seed % 5 == 0, padding: 0)
    let kinds = Caveats(of: picture, bodyPart: "CHEST", view: "AP").list.map(\.kind)
    #expect(Set(kinds).count == kinds.count)
    #expect(kinds.contains(.tiny) == (min(columns, rows) < Caveats.leastSide))
  }

  @Test(
    "letters are suspected in under 2 of 100 chests and mammograms, and in a fifth of ultrasound",
    .enabled(if: SharedFiles.hasChest && SharedFiles.hasUltrasound))
  func realLetters() throws {
    let chest = try share(of: .burnedInText, in: SharedFiles.chest)
    let ultrasound = try share(of: .burnedInText, in: SharedFiles.ultrasound)
    #expect(chest < 0.02)
    #expect(ultrasound > 0.2)
  }

  @Test(
    "hardly a real chest is taken for turned, none for tiny or blank",
    .enabled(if: SharedFiles.hasChest))
  func realChests() throws {
    #expect(try share(of: .orientation, in: SharedFiles.chest) < 0.02)
    #expect(try share(of: .tiny, in: SharedFiles.chest) == 0)
    #expect(try share(of: .blank, in: SharedFiles.chest) == 0)
  }

  /// Of the pictures of a labelled folder.
  private func share(of kind: Caveat.Kind, in folder: URL) throws -> Double {
    let rows = try LabelledFolder(folder: folder).manifest.rows
    let isChest = folder == SharedFiles.chest
    let found = try rows.count { row in
      let picture = try GreyImage.read(
        png: [UInt8](Data(contentsOf: folder.appending(path: row.file))))
      let caveats = Caveats(
        of: picture, bodyPart: isChest ? "CHEST" : "BREAST", view: isChest ? "PA" : "")
      return caveats.list.contains { $0.kind == kind }
    }
    return Double(found) / Double(rows.count)
  }
}
