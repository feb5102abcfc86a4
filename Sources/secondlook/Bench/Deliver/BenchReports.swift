import Agent
import Foundation
import Radiology
import Store

/// Generated studies with a region each, to be signed one after the other.
struct BenchReports {
  let site: LocalSite
  let studies: [Study.ID]

  /// Takes in the objects, one to a study.
  init(_ objects: BenchObjects, in home: URL) async throws {
    site = try LocalSite(home: home)
    let summary = try await site.ingest(source: "bench").take([objects.folder])
    guard summary.added == objects.count else {
      throw BenchError.failed(process: "secondlook", saying: "a generated file was refused")
    }
    _ = try await site.reading.drain()
    studies = try site.store.worklist().map(\.id)
  }

  /// Signs a study as suspicious, with one region of the reader's.
  func sign(_ study: Study.ID) throws -> Report {
    let image = try site.store.instances(of: study)[0]
    let date = Date()
    let (width, height) = (Double(image.columns), Double(image.rows))
    let finding = Finding(
      trackingUID: UID.make(), name: "R1",
      region: try Region(
        instance: image.uid, x0: width * 0.2, y0: height * 0.5, x1: width * 0.4, y1: height * 0.7),
      probability: nil, origin: .reader, state: .agreed,
      note: "Opacity in the lower lobe.")
    let review = Review(
      study: study, reader: "Reader^Bench", call: .suspicious, findings: [finding],
      model: try site.store.triage(of: study)?.model, started: date)
    let words = ["findings": "R1: opacity in the lower lobe.", "impression": "Suspicious."]
    let sections = words.sorted { $0.key < $1.key }.map {
      Report.Section(key: $0.key, title: $0.key.capitalized, text: $0.value)
    }
    let report = Report(study: study, sections: sections, author: "Reader^Bench", changed: date)
    return try site.store.sign(
      report, review: review, over: site.store.review(of: study), by: "Reader^Bench", at: date)
  }
}
