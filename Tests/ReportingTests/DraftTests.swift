import Foundation
import Radiology
import TestSupport
import Testing

@testable import Reporting

@Suite("Drafts")
struct DraftTests {
  @Test("before the reader calls the study, a draft concludes nothing, whatever the model says")
  func undecided() throws {
    var sample = Sample(probability: 0.93)
    try sample.open()
    let report = sample.draft(try sample.template())
    #expect(report.state == .draft)
    #expect(report.text(of: "findings") == "")
    #expect(report.text(of: "impression") == "")
    #expect(report.text(of: "technique") == "PA radiograph of the chest, 1 image.")
    #expect(report.text(of: "indication") == "Chest PA.")
    #expect(
      !SigningGuard(
        review: sample.review, report: report, triage: sample.triage, images: whole,
        by: "Reader^Ada"
      ).allows)
  }

  @Test("a call brings the sentences of the template, and the report can be signed")
  func called() throws {
    var sample = Sample()
    try sample.open()
    sample.review?.call = .normal
    let report = sample.draft(try sample.template())
    #expect(report.text(of: "impression") == "No acute cardiopulmonary abnormality.")
    #expect(report.text(of: "findings").hasPrefix("The lungs are clear."))
    #expect(
      SigningGuard(
        review: sample.review, report: report, triage: sample.triage, images: whole,
        by: "Reader^Ada"
      ).allows)
    sample.review?.call = .suspicious
    #expect(
      sample.draft(try sample.template()).text(of: "impression")
        == "Chest radiograph suspicious for abnormality.")
  }

  @Test("each region becomes a sentence with its place, size, origin and note; a rejected one none")
  func regions() throws {
    var sample = Sample(
      probability: 0.9,
      findings: [
        try Sample.finding("R1"), try Sample.finding("R2", x: 400, y: 20),
        try Sample.finding("R3", y: 200), try Sample.finding("R4"),
      ])
    try sample.open()
    sample.review?.call = .suspicious
    _ = sample.review?.mark("R1", .agreed, note: "Nodule?", at: Sample.date(3))
    _ = sample.review?.mark("R2", .rejected, note: "Clavicle", at: Sample.date(3))
    _ = sample.review?.mark("R3", .unsure, at: Sample.date(3))
    let region = try Region(instance: Sample.image, x0: 300, y0: 10, x1: 310, y1: 30)
    sample.review?.add(region, trackingUID: "2.25.7", at: Sample.date(3))
    #expect(
      sample.draft(try sample.template()).text(of: "findings") == """
        R1: abnormal region, lower zone, left in the image, about 26 x 22 mm, marked by the model. \
        Nodule?
        R5: abnormal region, upper zone, right in the image, about 6 x 12 mm, added by the reader.
        R3: region of uncertain significance, middle zone, left in the image, about 26 x 22 mm, \
        marked by the model.
        R4: region marked by the model and not reviewed, lower zone, left in the image, about \
        26 x 22 mm.
        """)
  }

  @Test("a study no model may judge says why")
  func undetermined() throws {
    var sample = Sample()
    sample.triage = Triage(
      study: sample.study.uid, refused: .undetermined("The patient is a child."), model: nil,
      made: Sample.date(1))
    #expect(
      sample.draft(try sample.template()).text(of: "findings")
        == "No model judged this study: The patient is a child.")
  }

  @Test("where no image could be read the report says so", arguments: Call.allCases)
  func failed(call: Call) throws {
    var sample = Sample()
    sample.triage = Triage(
      study: sample.study.uid, refused: .failed("The pixel data ends early."), model: nil,
      made: Sample.date(1))
    try sample.open()
    sample.review?.call = call
    for template in try Sample.templates().templates {
      let report = sample.draft(template)
      #expect(
        report.text(of: "findings") == "No image could be read: The pixel data ends early.")
      #expect(report.text(of: "impression") == "Not diagnostic: no image could be read.")
    }
  }

  @Test("images that could not be read are counted")
  func unreadable() throws {
    var sample = Sample()
    sample.instances.append(
      Instance(
        uid: "2.25.5", series: "2.25.6", study: sample.study.uid, format: .dicom, digest: "",
        bytes: 1, refusal: "The file ends too early."))
    #expect(
      sample.draft(try sample.template()).text(of: "technique") == """
        PA radiograph of the chest, 2 images.
        1 of 2 images could not be read.
        """)
  }
}

@Suite("Drafts made again")
struct RedraftTests {
  /// A report whose only section has these lines.
  private func report(_ lines: String...) -> Report {
    Report(
      study: "1",
      sections: [
        Report.Section(key: "findings", title: "", text: lines.joined(separator: "\n"))
      ],
      author: "", changed: Sample.date(0))
  }

  private func merge(_ own: Report, _ base: Report, _ fresh: Report) -> [String] {
    drafted(own, base).redrafted(to: fresh).text(of: "findings")
      .split(separator: "\n").map(String.init)
  }

  /// A report where the template wrote one thing and the reader made another of it.
  private func drafted(_ own: Report, _ base: Report) -> Report {
    var report = own
    report.sections[0].drafted = base.sections[0].text
    return report
  }

  @Test("what nobody edited follows the decisions")
  func unedited() {
    let base = report("Clear.", "R1: not reviewed.")
    #expect(merge(base, base, report("R1: abnormal.")) == ["R1: abnormal."])
  }

  @Test("a line written by hand stays where it is, and the others follow the decisions")
  func edited() {
    let base = report("Clear.", "R1: not reviewed.", "R2: not reviewed.")
    let own = report("Clear.", "Old fracture of rib 5.", "R1: not reviewed.", "R2: not reviewed.")
    let fresh = report("R1: abnormal.", "R2: not reviewed.")
    #expect(
      merge(own, base, fresh) == ["Old fracture of rib 5.", "R1: abnormal.", "R2: not reviewed."])
  }

  @Test("a region's sentence edited by hand is kept and not said twice")
  func editedRegion() {
    let base = report("R1: not reviewed.", "R2: not reviewed.")
    let own = report("R1: a nodule of 8 mm.", "R2: not reviewed.")
    #expect(
      merge(own, base, report("R1: abnormal.", "R2: abnormal."))
        == ["R1: a nodule of 8 mm.", "R2: abnormal."])
  }

  @Test("a rejected region leaves, and R1 is not taken for R12")
  func rejected() {
    let base = report("R1: open.", "R12: open.")
    let own = report("R1: open.", "R12: open.", "Mine.")
    #expect(merge(own, base, report("R12: abnormal.")) == ["R12: abnormal.", "Mine."])
  }

  @Test("a new sentence comes after the one it follows, and a deleted one stays deleted")
  func newLines() {
    let base = report("A.", "B.")
    #expect(
      merge(report("A.", "Mine."), base, report("A.", "B.", "R1: abnormal."))
        == ["A.", "R1: abnormal.", "Mine."])
    #expect(merge(report("Mine."), base, report("A.", "B.")) == ["Mine."])
  }

  @Test("a section nobody touched follows the call; one written by hand keeps what it was for")
  func calls() throws {
    var sample = Sample()
    try sample.open()
    sample.review?.call = .suspicious
    let draft = sample.draft(try sample.template())
    var written = draft
    let impression = try #require(draft.sections.firstIndex { $0.key == "impression" })
    written.sections[impression].write("A nodule.", under: try #require(sample.review))
    sample.review?.call = .normal
    let fresh = sample.draft(try sample.template())
    #expect(draft.redrafted(to: fresh).sections == fresh.sections)
    let redrafted = written.redrafted(to: fresh)
    #expect(redrafted.sections[impression].text.hasPrefix("A nodule."))
    #expect(redrafted.sections[impression].call == .suspicious)
    #expect(redrafted.text(of: "findings") == fresh.text(of: "findings"))
    #expect(
      !SigningGuard(
        review: sample.review, report: redrafted, triage: nil, images: whole, by: "Reader^Ada"
      ).allows)
  }

  @Test("blank lines written by hand survive what does not concern them")
  func blankLines() {
    let base = report("Clear.")
    let own = report("Clear.\n\nMine.")
    #expect(
      drafted(own, base).redrafted(to: base).text(of: "findings") == "Clear.\n\nMine.")
  }

  @Test("making the same draft again changes nothing", arguments: 0..<50)
  func idempotent(seed: UInt64) {
    var random = Seeded(seed)
    let pool = ["A.", "B.", "R1: x.", "R1: y.", "R2: x.", "Mine.", "R3: z."]
    func some() -> Report {
      let lines = pool.shuffled(using: &random).prefix(Int.random(in: 0...5, using: &random))
      return report(lines.joined(separator: "\n"))
    }
    let (own, base) = (some(), some())
    #expect(
      merge(own, base, base) == own.text(of: "findings").split(separator: "\n").map { "\($0)" })
    let once = drafted(own, base).redrafted(to: some())
    for line in own.text(of: "findings").split(separator: "\n")
    where !base.text(of: "findings").contains(line) {
      #expect(once.text(of: "findings").contains(line))
    }
  }
}
