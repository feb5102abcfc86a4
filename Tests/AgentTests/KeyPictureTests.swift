import Foundation
import Imaging
import Radiology
import Reporting
import Testing

@testable import Agent

@Suite("A key image with its regions burned in")
struct KeyPictureTests {
  private let foot = ["SECONDLOOK, FINAL", "RESEARCH SOFTWARE, NOT A MEDICAL DEVICE"]

  @Test(
    "what it is and what it is not stands whole in it, however small the image",
    arguments: [(8, 24), (16, 16), (64, 400), (239, 300), (300, 40), (512, 512), (1400, 1000)])
  func whole(columns: Int, rows: Int) throws {
    let picture = try picture(columns: columns, rows: rows)
    for words in foot + ["R1 70% AI"] {
      #expect((1...3).contains { picture.shows(words, scale: $0) }, "\(words)")
    }
    #expect(picture.width >= columns && picture.height >= rows)
  }

  @Test("a picture grows to the right and down alone, so that places in it stay where they are")
  func grown() throws {
    let (columns, rows) = (64, 400)
    let picture = try picture(columns: columns, rows: rows)
    #expect(picture.width > columns && picture.height > rows)
    // The image is grey; what comes to it is black but for words.
    let corner = picture.pixels[(rows - 1) * picture.width]
    #expect(corner > 0 && corner < 255)
    #expect(picture.pixels[200 * picture.width + columns - 1] == corner)
    #expect(picture.pixels[200 * picture.width + picture.width - 1] == 0)
  }

  @Test("a picture with room for the words keeps the size of its image")
  func kept() throws {
    let picture = try picture(columns: 512, rows: 600)
    #expect((picture.width, picture.height) == (512, 600))
  }

  private func picture(columns: Int, rows: Int) throws -> GreyPainting {
    let patient = Patient(identifier: "4711", name: "DOE^JANE", fallback: "")
    let study = Study(uid: "1.2.3", patient: patient.id, arrived: Date())
    let instance = Instance(
      uid: "1.2.3.1.1", series: "1.2.3.1", study: "1.2.3", rows: rows, columns: columns,
      format: .dicom, digest: "", bytes: 1)
    let region = try Region(
      instance: instance.uid, x0: 0, y0: 0, x1: Double(columns) / 2, y1: Double(rows) / 2)
    let finding = Finding(
      trackingUID: "1.2.3.9", name: "R1", region: region, probability: 0.7, origin: .model)
    let triage = Triage(
      study: "1.2.3", probability: 0.7, threshold: 0.5, findings: [finding], model: "m",
      made: Date())
    let dossier = try Dossier(
      study: study, patient: patient, instances: [instance], triage: triage)
    let image = GreyImage(
      columns: columns, rows: rows, values: [Float](repeating: 128, count: columns * rows),
      windows: [try Window(center: 128, width: 256)])
    return KeyPicture(of: try dossier.firstKeyImage(), in: image, foot: foot).painting
  }
}

extension GreyPainting {
  /// Whether words stand somewhere in it, every pixel of them.
  fileprivate func shows(_ words: String, scale: Int) -> Bool {
    let (columns, rows) = (
      Self.width(of: words, scale: scale), Self.lineHeight(scale: scale)
    )
    guard columns <= width, rows <= height else { return false }
    var stamp = GreyPainting(
      width: columns, height: rows, pixels: [UInt8](repeating: 0, count: columns * rows))
    stamp.write(words, x: 0, y: 0, scale: scale)
    return (0...height - rows).contains { top in
      (0...width - columns).contains { left in
        (0..<rows).allSatisfy { row in
          let start = (top + row) * width + left
          return pixels[start..<start + columns]
            .elementsEqual(stamp.pixels[row * columns..<(row + 1) * columns])
        }
      }
    }
  }
}
