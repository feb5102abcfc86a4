import Agent
import Foundation
import Radiology
import Store

/// A store with many studies of nobody, and one with a large image at the top of its list.
struct BenchWorklist {
  let home: URL
  let count: Int

  /// The first row's accession number, by which a screen is known to show the list.
  static let top = "SYN0"
  private static let batch = 5000
  /// Pixels of the large image, across and down.
  static let side = 3000

  /// Fills a store; `progress` hears how many studies there are.
  init(_ count: Int, in home: URL, progress: (Int) -> Void) async throws {
    self.home = home
    self.count = count
    let site = try LocalSite(home: home)
    let objects = try BenchObjects(
      1, side: Self.side, toAStudy: 1, in: home.deletingLastPathComponent().appending(path: "large")
    )
    _ = try await site.ingest().take([objects.folder])
    guard let large = try site.store.studies().first else {
      throw BenchError.failed(process: "bench", saying: "the large image was not taken in")
    }
    // The most urgent and suspicious, so that it is the first of the list.
    let order = Order(
      accession: large.accession, patientIdentifier: large.accession, procedure: "Chest PA",
      priority: .stat, source: "bench")
    try site.store.save([order], at: Date())
    try site.store.save([Self.triage(of: large.uid, 0.99, at: Date())])
    for start in stride(from: 1, to: count, by: Self.batch) {
      progress(start)
      let numbers = start..<min(count, start + Self.batch)
      try site.store.save(numbers.map { Self.intake($0) }, at: Date())
      try site.store.save(
        numbers.compactMap { number in
          number % 10 == 0
            ? nil
            : Self.triage(of: Self.uid(number), Double(number * 7919 % 1000) / 1000, at: Date())
        })
    }
  }

  private static func uid(_ number: Int) -> Study.ID { "2.25.77.\(number)" }

  private static func intake(_ number: Int) -> Store.Intake {
    let uid = uid(number)
    let family = ["AALTO", "BERG", "CHEN", "DIALLO", "EVANS", "FISCHER", "GARCIA"][number % 7]
    let patient = Patient(
      identifier: "P\(number / 3)", name: "\(family)^\(number / 3)", birthDate: "19600101",
      sex: number % 2 == 0 ? "F" : "M", fallback: uid)
    let study = Study(
      uid: uid, patient: patient.id, accession: "B\(number)", date: "20261127", time: "0800",
      description: "SYNTHETIC", modality: number % 4 == 0 ? "CR" : "DX", bodyPart: "CHEST",
      view: "PA", age: 20 + number % 70, arrived: Date() - Double(number % 40_000),
      isSynthetic: true)
    let series = Series(uid: uid + ".1", study: uid, number: 1, modality: "DX")
    let image = Instance(
      uid: uid + ".1.1", series: series.uid, study: uid, number: 1, rows: 2000, columns: 2000,
      format: .dicom, digest: "\(number)", bytes: 8_000_000)
    return Store.Intake(patient: patient, study: study, series: [series], instances: [image])
  }

  private static func triage(of study: Study.ID, _ probability: Double, at date: Date) -> Triage {
    Triage(
      study: study, probability: probability, threshold: 0.9, findings: [], model: "bench",
      made: date)
  }
}
