import Engine
import Federation
import Foundation
import Triage

/// The model that a consortium learns, as a folder that SecondLook takes.
///
/// A model that it began with lends its network and card; nobody has calibrated what a round makes,
/// so a site that takes it calibrates it on its own images. Of new weights there is no such folder.
struct LedModel: Sendable {
  private let folder: ConsortiumFolder
  private let first: Model?
  private let isGiven: Bool

  /// Where the model is.
  var place: URL { first == nil ? folder.models : Self.place(in: folder) }

  private static func place(in folder: ConsortiumFolder) -> URL {
    folder.place.appending(path: "model", directoryHint: .isDirectory)
  }

  /// - Throws: `TriageError` for a folder that holds no sound model.
  init(in folder: ConsortiumFolder, beginningWith given: String?) throws {
    self.folder = folder
    isGiven = given != nil
    let place = Self.place(in: folder)
    if let given {
      first = try Model(folder: URL(filePath: given, directoryHint: .isDirectory))
    } else {
      first =
        FileManager.default.fileExists(atPath: place.path) ? try Model(folder: place) : nil
    }
  }

  /// What the first round begins with; none where rounds go on, unless a model was given: then it
  /// has to be the same.
  func begin(seed: UInt64) throws -> Parameters? {
    guard isGiven || !folder.hasBegun else { return nil }
    // So that whoever goes on later need not give it again.
    if !folder.hasBegun { try first?.save(to: Self.place(in: folder)) }
    return try first?.parameters ?? Network.chest().freshParameters(seed: seed)
  }

  /// Writes what a round made; if that fails, its weights are kept all the same.
  func note(_ round: ConsortiumRound, by watch: RoundWatch) {
    guard let digest = round.model, let first else { return }
    do {
      let parameters = try ParameterFile.load(digest, from: folder.models)
      var card = first.card
      card.metrics = nil
      card.metricsNote = "not measured since the consortium changed it"
      let model = try Model(
        network: first.network, parameters: parameters, preprocessing: first.preprocessing,
        readOut: first.readOut, calibration: .none, card: card,
        lineage: Lineage(
          parents: [first.id], round: round.round, sites: round.contributions.map(\.site),
          lessons: round.contributions.reduce(0) { $0 + $1.examples },
          recipe: "a consortium's round \(round.round) of \(round.rounds)", made: round.ended))
      try model.save(to: Self.place(in: folder))
    } catch {
      watch.say(
        "The model folder was not written: \(error) Its weights are in \(folder.models.path).")
    }
  }
}
