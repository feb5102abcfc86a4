import Foundation
import Radiology
import Testing

@testable import Reporting

@Suite("Descriptions of pages")
struct PageTests {
  private func lines(_ sample: Sample, pictures: [PagePicture?]? = nil) throws -> [String] {
    let dossier = try sample.dossier()
    let pictures = try pictures ?? dossier.keyImages().map { _ in nil }
    let page = try dossier.page(
      letterhead: Resources.letterhead, pictures: pictures, made: Sample.date(5), timeZone: .gmt)
    return String(decoding: page, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  @Test("a page of any kind of report says what it is, whose it is and what it is not")
  func everyKind() throws {
    for kind in Kind.allCases {
      let sample = try kind.sample()
      let lines = try lines(sample)
      #expect(lines.first == "secondlook-page 1" && lines.last == "end")
      #expect(lines.contains("letterhead Example Hospital"))
      #expect(lines.contains("field Patient\tMüller, Zoë"))
      let footer = try #require(lines.first { $0.hasPrefix("footer ") })
      #expect(footer.contains(Dossier.researchCaution) && footer.contains("PID0001"))
      let isSigned = sample.report?.isSigned ?? false
      #expect(lines.contains { $0.hasPrefix("caution Not signed") } == !isSigned, "\(kind)")
      #expect(lines.contains("field Signed by\tReader, Ada") == isSigned)
    }
  }

  @Test("words cannot become commands of the page")
  func commands() throws {
    var sample = try Kind.signed.sample()
    sample.patient = Patient(
      identifier: "PID0001", issuer: "HOSP", name: "Doe\nend\nimage 9 9 0^J", fallback: "")
    sample.report?.sections[0].text = "One.\r\nend\nbox 1 1 2 2 x"
    let lines = try lines(sample)
    #expect(lines.filter { $0 == "end" }.count == 1)
    #expect(lines.contains("text end") && lines.contains("text box 1 1 2 2 x"))
    #expect(!lines.contains { $0.hasPrefix("image") || $0.hasPrefix("box") })
  }

  @Test("pictures with regions are shown with their regions, and one that is missing is told")
  func keyImages() throws {
    let sample = try Kind.signed.sample()
    let dossier = try sample.dossier()
    let keys = try dossier.keyImages()
    #expect(keys.count == 1)
    #expect(keys.first?.regions.map(\.name) == ["R1", "R2", "R3"])
    let caption = "Image 1: R1, R2, R3"
    #expect(try lines(sample).contains { $0.hasPrefix("text \(caption). The picture could not") })
    let picture = PagePicture(
      columns: 1, rows: 1, greys: [0x41],
      boxes: [PagePicture.Box(name: "R1", left: 0, top: 0.5, right: 1, bottom: 1)])
    let shown = try lines(sample, pictures: [picture])
    let index = try #require(shown.firstIndex(of: "image 1 1 1 \(caption)"))
    #expect(Array(shown[(index + 1)...].prefix(2)) == ["A", "box 0.0 0.5 1.0 1.0 R1"])
  }

  @Test("a study without a region shows its first picture; a region in no picture makes no page")
  func otherImages() throws {
    #expect(try Sample().dossier().keyImages().map(\.instance.uid) == [Sample.image])
    let elsewhere = Finding(
      trackingUID: "2.25.1", name: "R1",
      region: try Region(instance: "2.25.404", x0: 0, y0: 0, x1: 1, y1: 1), origin: .model)
    let dossier = try Sample(findings: [elsewhere]).dossier()
    #expect(throws: ReportingError.imageMissing(finding: "R1")) { try dossier.keyImages() }
  }

  @Test("the letterhead is at the head of the page of text as well")
  func text() throws {
    let text = TextReport.render(
      try Kind.signed.sample().dossier(), letterhead: Resources.letterhead, timeZone: .gmt)
    #expect(text.hasPrefix("Example Hospital\nRadiology\n1 Example Street\nExampleton\nTelephone"))
  }
}
