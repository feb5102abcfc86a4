import Engine
public import Foundation
import Imaging
import Phantom
public import Radiology
import Store
import Triage

/// The demo: hospitals learn together, then new studies are triaged at the first of them.
public struct DemoRun: Sendable {
  /// How far it has come.
  public enum Event: Sendable {
    case drawing(SyntheticFolder.Drawn, done: Int, of: Int)
    case federating(Simulation.Event)
    case triaging(done: Int, of: Int)
  }

  /// What came out.
  public struct Outcome: Sendable {
    /// The store to open.
    public let home: URL
    public let site: String
    public let isSynthetic: Bool
    public let report: SimulationReport
    /// What is known of each study, by its identifier.
    public let truth: [Study.ID: SyntheticStudy.Truth]
  }

  private let folder: DemoFolder
  private let images: URL?
  private let seed: UInt64
  private let rounds: Int
  private let studies: Int

  private var home: URL { folder.url }

  /// A demo in a folder; what an earlier demo left there is removed.
  ///
  /// `images` are labelled pictures to use in place of generated ones.
  public init(folder: DemoFolder, images: URL? = nil, seed: UInt64, rounds: Int, studies: Int) {
    self.folder = folder
    self.images = images
    self.seed = seed
    self.rounds = rounds
    self.studies = studies
  }

  /// Runs it to the end, or until the task is cancelled; then nothing of it is kept.
  public func run(_ tell: @escaping @Sendable (Event) -> Void) async throws -> Outcome {
    folder.clear(isSynthetic: images == nil)
    do { return try await make(tell) } catch {
      folder.clear(isSynthetic: images == nil)
      throw error
    }
  }

  private func make(_ tell: @escaping @Sendable (Event) -> Void) async throws -> Outcome {
    let data: LabelledFolder
    if let images {
      data = try LabelledFolder(folder: images)
    } else {
      let folder = SyntheticFolder(folder: home.appending(path: "pictures"), seed: seed)
      try await folder.write { tell(.drawing($0, done: $1, of: $2)) }
      data = try LabelledFolder(folder: folder.folder)
    }
    var plan = try Simulation.Plan(rounds: rounds)
    plan.seed = seed
    plan.steps = 8
    plan.compares = false
    let sites = home.appending(path: "hospitals", directoryHint: .isDirectory)
    let simulation = Simulation(
      data: data, home: sites, plan: plan, network: try Network.chest(),
      preprocessing: Preprocessing(), card: Card.chest(data))
    let outcome = try await simulation.run { tell(.federating($0)) }
    guard let first = outcome.sites.first else {
      throw AgentError.dataNotUsable("no hospital is left.")
    }
    // The day's studies have a store of their own: a worklist shows what is new, not the lessons.
    let folder = home.appending(path: "worklist", directoryHint: .isDirectory)
    let store = try Store(home: folder)
    if images == nil { try store.declareSynthetic() }
    let pictures = try PictureShelf(store: store)
    let shelf = ModelShelf(store: store, home: folder)
    try shelf.start(with: try Self.model(of: first, in: sites), by: "federation", at: Date())
    for round in outcome.rounds { try store.save(round) }
    let truth =
      images == nil
      ? try await takeGenerated(into: store, pictures)
      : try await takeUnseen(data, site: first, into: store, pictures)
    let reading = ReadStage(store: store, shelf: shelf, pictures: pictures)
    _ = try await reading.drain { tell(.triaging(done: $0, of: $1)) }
    return Outcome(
      home: folder, site: first, isSynthetic: images == nil, report: outcome.report,
      truth: truth)
  }

  /// The model that sorts a hospital's worklist: the common one, calibrated on its own images.
  private static func model(of site: String, in sites: URL) throws -> Model {
    let home = sites.appending(path: site, directoryHint: .isDirectory)
    guard let model = try ModelShelf(store: Store(home: home), home: home).active() else {
      throw AgentError.noModel
    }
    return model
  }

  /// New studies come in as DICOM files, through the same door as a hospital's.
  private func takeGenerated(
    into store: Store, _ pictures: PictureShelf
  ) async throws -> [Study.ID: SyntheticStudy.Truth] {
    let inbox = home.appending(path: "new", directoryHint: .isDirectory)
    try FileManager.default.createDirectory(at: inbox, withIntermediateDirectories: true)
    var known: [String: SyntheticStudy.Truth] = [:]
    for number in 0..<studies {
      let study = try SyntheticStudy(
        number: number, seed: seed, hospital: Hospital.examples[0], at: Date())
      known[study.truth.accession] = study.truth
      try study.bytes.write(to: inbox.appending(path: "\(study.truth.accession).dcm"))
    }
    let ingest = Ingest(store: store, pictures: pictures, source: "synthetic")
    _ = try await ingest.take([inbox])
    return try store.studies().reduce(into: [:]) { $0[$1.uid] = known[$1.accession] }
  }

  /// Test pictures of the site, which no model has seen.
  private func takeUnseen(
    _ data: LabelledFolder, site: String, into store: Store, _ pictures: PictureShelf
  ) async throws -> [Study.ID: SyntheticStudy.Truth] {
    let ingest = Ingest(store: store, pictures: pictures, source: site)
    let rows = data.manifest.rows.filter { $0.site == site && $0.split == .test }
    let taken = try await ingest.takeLabelled(data, rows: Array(rows.prefix(studies))) { _, _ in }
    return taken.reduce(into: [:]) { truth, pair in
      truth[Radiology.UID.make(digest: pair.digest, role: .study)] = SyntheticStudy.Truth(
        accession: "", isAbnormal: pair.row.label == .suspicious, boxes: pair.row.boxes)
    }
  }
}
