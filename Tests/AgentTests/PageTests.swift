import Foundation
import Imaging
import Radiology
import Reporting
import TestSupport
import Testing

@testable import Agent

@Suite("Pages to print")
struct PageTests {
  private static let poppler = ["pdftotext", "pdfinfo", "pdftoppm"]
    .map { URL(filePath: "/usr/bin/\($0)") }
  private static let hasPoppler = poppler.allSatisfy {
    FileManager.default.isExecutableFile(atPath: $0.path)
  }

  private static let noon = Date(timeIntervalSince1970: 1_795_440_240)

  private func program() throws -> PageProgram {
    PageProgram(beside: try PixelDecoder().program)
  }

  /// A signed report with one region, under a name, with as many sections as wanted.
  private func dossier(
    _ name: String = "Müller^Zoë", sections: [Report.Section] = [], side: Int = 64
  ) throws -> Dossier {
    let patient = Patient(
      identifier: "PID0001", issuer: "HOSP", name: name, birthDate: "19600101", sex: "F",
      fallback: "")
    let study = Study(
      uid: "1.2.3", patient: patient.id, accession: "ACC0001", date: "20261123", modality: "DX",
      bodyPart: "CHEST", view: "PA", arrived: Self.noon)
    let image = Instance(
      uid: "1.2.3.1.1", series: "1.2.3.1", study: "1.2.3", modality: "DX", rows: side,
      columns: side, format: .dicom, digest: "", bytes: 1)
    var review = Review(
      study: "1.2.3", reader: "Reader^Ada", call: .suspicious, findings: [], model: nil,
      started: Self.noon)
    let region = try Region(instance: image.uid, x0: 16, y0: 32, x1: 48, y1: 56)
    review.add(region, trackingUID: "2.25.7", at: Self.noon)
    let impression = Report.Section(
      key: "impression", title: "Impression", text: "See R1.", isRequired: true)
    let report = Report(
      study: "1.2.3", version: 1, state: .final, sections: sections + [impression],
      author: "Reader^Ada", changed: Self.noon, signed: Self.noon)
    return try Dossier(
      study: study, patient: patient, instances: [image],
      triage: Triage(
        study: "1.2.3", probability: 0.9, threshold: 0.12, findings: [], model: "9f2c0e1d",
        made: Self.noon),
      review: review, report: report, limits: ["Not for children."])
  }

  private func pdf(_ dossier: Dossier, picture: PagePicture? = nil) throws -> Data {
    try program().set(
      dossier.page(
        letterhead: Letterhead(name: "Example Hospital", address: ["1 Example Street"]),
        pictures: [picture], made: Self.noon, timeZone: .gmt))
  }

  /// What one of poppler's programs says of a document.
  private func ask(_ tool: String, _ document: Data, _ arguments: [String]) async throws -> String {
    let file = FileManager.default.temporaryDirectory.appending(path: "page-\(UUID()).pdf")
    try document.write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let outcome = try await Tool(
      executable: URL(filePath: "/usr/bin/\(tool)"),
      arguments: arguments.map { $0 == "FILE" ? file.path : $0 }
    ).outcome()
    #expect(outcome.status == 0, "\(outcome.output)")
    return outcome.output
  }

  private func pages(_ document: Data) async throws -> [String] {
    try await ask("pdftotext", document, ["-layout", "FILE", "-"]).split(separator: "\u{c}")
      .map(String.init)
  }

  @Test(
    "a name in any alphabet is read back from the page, with the report, its signer and its limits",
    .enabled(if: hasPoppler, "poppler-utils is not installed"),
    arguments: [
      ("Doe^Jane", "Doe, Jane"), ("Müller^Zoë", "Müller, Zoë"),
      ("Παπαδόπουλος^Νίκος", "Παπαδόπουλος, Νίκος"), ("王^小东", "王, 小东"),
    ])
  func alphabets(name: String, printed: String) async throws {
    let text = try await pages(try pdf(try dossier(name))).joined()
    let words = [
      printed, "Example Hospital", "Radiology report: FINAL", "Impression", "See R1.",
      "Reader, Ada",
      "2026-11-23 13:24 UTC", "Not for children.", "12.0 %", "9f2c0e1d", "R1: ",
      "SecondLook is research software and no medical device.", "Page 1 of",
    ]
    for word in words { #expect(text.contains(word), "\(word)") }
  }

  @Test("the same report makes the same bytes")
  func deterministic() throws {
    let dossier = try dossier()
    #expect(try pdf(dossier) == pdf(dossier))
  }

  @Test(
    "each page says which of how many it is, and no heading is cut from its text",
    .enabled(if: hasPoppler, "poppler-utils is not installed"))
  func pageBreaks() async throws {
    let line = "The lungs are clear and nothing else is to be said of them here. "
    for count in 20..<26 {
      let sections = (1...count).map { number in
        Report.Section(
          key: "s\(number)", title: "Heading \(number)",
          text: String(repeating: line, count: 1 + number % 5))
      }
      let document = try pdf(try dossier(sections: sections))
      let pages = try await pages(document)
      #expect(pages.count > 1)
      let info = try await ask("pdfinfo", document, ["FILE"]).split(separator: "\n")
      let count = info.first { $0.hasPrefix("Pages:") }?.split(separator: " ").last
      #expect(count == "\(pages.count)")
      for (index, page) in pages.enumerated() {
        let lines = page.split(separator: "\n").filter { !$0.allSatisfy(\.isWhitespace) }
        let foot = try #require(
          lines.firstIndex { $0.contains("Page \(index + 1) of \(pages.count)") })
        let last = try #require(lines[..<foot].last)
        #expect(!last.hasPrefix("Heading"), "\(last)")
      }
    }
  }

  @Test(
    "the region is drawn where it is",
    .enabled(if: hasPoppler, "poppler-utils is not installed"))
  func region() async throws {
    let side = 64
    let picture = PagePicture(
      columns: side, rows: side, greys: Array(repeating: 128, count: side * side),
      boxes: [PagePicture.Box(name: "R1", left: 16, top: 32, right: 48, bottom: 56)])
    let folder = FileManager.default.temporaryDirectory.appending(path: "page-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let document = try pdf(try dossier(), picture: picture)
    _ = try await ask(
      "pdftoppm", document,
      ["-gray", "-r", "144", "-singlefile", "FILE", folder.appending(path: "page").path])
    let page = try Raster(Data(contentsOf: folder.appending(path: "page.pgm")))

    // The edges of letters have every grey, but never so many next to each other.
    let run = 20
    let grey = page.runs(of: 128, length: run)
    let left = try #require(grey.map(\.x).min())
    let right = try #require(grey.map(\.x).max()) + run - 1
    let (top, bottom) = (try #require(grey.map(\.y).min()), try #require(grey.map(\.y).max()))
    let scale = Double(right - left + 1) / Double(side)
    #expect(abs(Double(bottom - top + 1) / Double(side) - scale) < 0.05)
    func value(_ x: Double, _ y: Double) -> UInt8 {
      page.value(x: left + Int(x * scale), y: top + Int(y * scale))
    }
    // The middle of each side is white, what is well inside and well outside is the picture.
    for (x, y) in [(16.0, 44.0), (48, 44), (32, 32), (32, 56)] {
      #expect(value(x, y) > 240, "\(x) \(y)")
    }
    for (x, y) in [(32.0, 44.0), (8, 44), (56, 44), (32, 16), (32, 62)] {
      #expect((120...136).contains(value(x, y)), "\(x) \(y)")
    }
  }

  @Test("a sign that no font has is refused, and the refusal names its script and no name")
  func missingFont() throws {
    let dossier = try dossier("Doe\u{13000}^Jane")
    #expect {
      try pdf(dossier)
    } throws: { error in
      let words = "\(error)"
      return words.contains("script Egyp") && words.contains("Install one")
        && !words.contains("Doe")
    }
  }

  @Test("a description that ends early, or that is none, makes no page")
  func incomplete() throws {
    let whole = try dossier().page(pictures: [nil], made: Self.noon)
    for bytes in [whole.dropLast(4), Data("hello\n".utf8), Data()] {
      #expect(throws: AgentError.self) { try program().set(Data(bytes)) }
    }
  }
}

/// A picture of poppler's, PGM with one byte a pixel.
private struct Raster {
  let columns: Int
  let rows: Int
  let bytes: ArraySlice<UInt8>

  init(_ data: Data) throws {
    let all = [UInt8](data)
    var numbers: [Int] = []
    var place = 2
    while numbers.count < 3 {
      let word = all[place...].drop { $0 <= 0x20 }.prefix { $0 > 0x20 }
      numbers.append(try #require(Int(String(decoding: word, as: UTF8.self))))
      place = word.endIndex
    }
    (columns, rows) = (numbers[0], numbers[1])
    bytes = all[(place + 1)...]
  }

  func value(x: Int, y: Int) -> UInt8 { bytes[bytes.startIndex + y * columns + x] }

  /// Where as many pixels of one grey begin, in one row.
  func runs(of grey: UInt8, length: Int) -> [(x: Int, y: Int)] {
    (0..<rows).flatMap { y in
      var count = 0
      return (0..<columns).compactMap { x in
        count = value(x: x, y: y) == grey ? count + 1 : 0
        return count >= length ? (x - length + 1, y) : nil
      }
    }
  }
}
