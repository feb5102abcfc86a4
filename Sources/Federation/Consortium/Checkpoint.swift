import Engine
import Foundation

/// What a run goes on with after its coordinator was stopped, at any moment.
struct Checkpoint: Sendable, Equatable {
  /// The last round that ended; 0 before the first.
  var round: Int
  var standing: Standing
  /// What sites trained from in that round, where they were asked for few bits.
  var sent: Parameters?
  /// Who said that it keeps that, by its key's fingerprint, in order.
  var holders: [String] = []
  /// Digest of the model that the first round began with.
  let beginning: String
  /// Until which round a site is left out, by its key's fingerprint.
  var leftOut: [String: Int] = [:]
  /// What the ledger says of the round; it may not have it yet.
  var line = ""
  /// Whether the model after the last round was measured.
  var isMeasured = false
}

extension Checkpoint {
  private struct File: Codable {
    let round: Int
    let model: String
    let moments: [String: String]
    /// Both missing in files from before sites were sent changes.
    let sent: String?
    let holders: [String]?
    let beginning: String
    let leftOut: [String: Int]
    let line: String
    let isMeasured: Bool
  }

  /// Keeps it.
  ///
  /// The file that names the weights comes last, so that half of one is never read.
  ///
  /// - Throws: ``ConsortiumError/notKept(place:reason:)``.
  func save(in folder: ConsortiumFolder) throws(ConsortiumError) {
    let model: String
    var moments: [String: String] = [:]
    var sent: String?
    do throws(EngineError) {
      model = try ParameterFile.save(standing.model, in: folder.models)
      for (name, moment) in standing.moments {
        moments[name] = try ParameterFile.save(moment, in: folder.moments)
      }
      if let model = self.sent { sent = try ParameterFile.save(model, in: folder.moments) }
    } catch { throw .notKept(place: folder.models.path, reason: "\(error)") }
    let file = File(
      round: round, model: model, moments: moments, sent: sent, holders: holders,
      beginning: beginning, leftOut: leftOut, line: line, isMeasured: isMeasured)
    try WholeFile.write(Array(CanonicalJSON.text(file).utf8), to: folder.checkpointFile)
    folder.forgetMoments(except: Set(moments.values).union(sent.map { [$0] } ?? []))
  }

  /// The last round that ended, 0 before the first; none if there is no checkpoint.
  ///
  /// - Throws: ``ConsortiumError/damaged(place:reason:)``.
  static func lastRound(in folder: ConsortiumFolder) throws(ConsortiumError) -> Int? {
    try file(in: folder)?.round
  }

  private static func file(in folder: ConsortiumFolder) throws(ConsortiumError) -> File? {
    let place = folder.checkpointFile
    guard FileManager.default.fileExists(atPath: place.path) else { return nil }
    guard let data = try? Data(contentsOf: place),
      let file = try? JSONDecoder().decode(File.self, from: data), file.round >= 0
    else { throw .damaged(place: place.path, reason: "it is no checkpoint") }
    return file
  }

  /// The last one that was kept, if there is one.
  ///
  /// - Throws: ``ConsortiumError/damaged(place:reason:)``.
  init?(from folder: ConsortiumFolder) throws(ConsortiumError) {
    guard let file = try Self.file(in: folder) else { return nil }
    round = file.round
    beginning = file.beginning
    leftOut = file.leftOut
    holders = file.holders ?? []
    line = file.line
    isMeasured = file.isMeasured
    do throws(EngineError) {
      standing = Standing(model: try ParameterFile.load(file.model, from: folder.models))
      for (name, digest) in file.moments {
        standing.moments[name] = try ParameterFile.load(digest, from: folder.moments)
      }
      if let digest = file.sent {
        sent = try ParameterFile.load(digest, from: folder.moments)
      }
    } catch { throw .damaged(place: folder.models.path, reason: "\(error)") }
  }
}
