import Engine
import Foundation
import Radiology
import Store
import Testing

@testable import Agent
@testable import Triage

@Suite struct ReadStageTests {
  let site: Site
  init() throws { site = try Site() }

  /// Studies with one image each, none of them read.
  private func studies(_ count: Int) async throws {
    let folder = try site.folder()
    for number in 1...count {
      let bytes = try Files.dicom(study: "1.\(number)", object: "1.\(number).1.1")
      try bytes.write(to: folder.appending(path: "\(number)"))
    }
    _ = try await site.ingest.take([folder])
  }

  @Test("two processes that read at once leave one result for each study")
  func twoProcesses() async throws {
    try await studies(12)
    let other = try Store(home: #require(site.store.home))
    let reading = ReadStage(
      store: other, shelf: ModelShelf(store: other, home: site.home), pictures: site.pictures)
    async let ours = site.reading.drain()
    async let theirs = reading.drain()
    #expect(try await ours + theirs == 12)
    #expect(try site.store.audit().count { $0.kind == .triaged } == 12)
  }

  @Test("a model that is promoted while studies are read judges them all in the end")
  func promotion() async throws {
    try await studies(3)
    let (first, second) = (try Self.model(seed: 1), try Self.model(seed: 2))
    try site.shelf.start(with: first, by: "a test", at: Date())
    let shelf = site.shelf
    _ = try await site.reading.drain { read, _ in
      if read == 1 { try? shelf.start(with: second, by: "a test", at: Date()) }
    }
    #expect(
      try site.store.worklist().map { $0.triage?.model } == [second.id, second.id, second.id])
  }

  @Test("progress ends at all there is")
  func progress() async throws {
    try await studies(3)
    let told = Told()
    _ = try await site.reading.drain { told.add("\($0)/\($1)") }
    #expect(told.words == ["1/3", "2/3", "3/3"])
  }

  static func model(seed: UInt64, calibration: Calibration = .none) throws -> Model {
    let network = try Network.chest(side: 64, widths: [16, 16, 32], blocks: [0, 0, 1])
    return try Model(
      network: network, parameters: network.freshParameters(seed: seed),
      preprocessing: Preprocessing(side: 64), readOut: ReadOut(), calibration: calibration,
      card: Card(
        name: "test \(seed)", intendedUse: "Tests.", modalities: ["DX"], bodyParts: ["CHEST"],
        views: ["PA"], ages: Card.Ages(from: 1, to: 100), limits: ["Knows nothing."],
        trainingData: ["none"], isSynthetic: false, terms: "None."),
      lineage: Lineage(sites: ["a"], lessons: 0, recipe: "By hand.", made: Date()))
  }
}
