import Engine
import Foundation

/// What rounding took of the changes that left in few bits: it goes with the next round's change.
///
/// For one coordinator and no other, and of one run at a time. Each is kept under the instruction
/// that it was sealed for, before its answer can leave, and counts only once that answer did: a
/// round that begins again after a kill begins with the same, and one whose answer was lost leaves
/// nothing behind.
struct OwedChange {
  private let folder: URL

  /// `coordinator` is anything that names it and can name a folder.
  init(in folder: URL, of coordinator: String) {
    self.folder = folder.appending(path: "owed").appending(path: coordinator)
  }

  /// One that is kept, as its file says.
  private struct Kept {
    let name: String
    let run: UInt64
    let round: Int
    let instruction: String

    init(run: UInt64, round: Int, instruction: String) {
      name = "\(run)-\(round)-\(instruction)"
      self.run = run
      self.round = round
      self.instruction = instruction
    }

    init?(_ name: String) {
      let parts = name.split(separator: "-")
      guard parts.count == 3, let run = UInt64(parts[0]), let round = Int(parts[1]) else {
        return nil
      }
      self.init(run: run, round: round, instruction: String(parts[2]))
      guard self.name == name else { return nil }
    }
  }

  /// The kept ones of a run before a round whose answers left, by when they did.
  ///
  /// A coordinator that does not count its rounds has each begin after all that left.
  private func kept(
    before round: Int?, of run: UInt64, left: (String) throws -> Date?
  ) throws -> [(kept: Kept, left: Date)] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return try names.compactMap { Kept($0) }
      .filter { kept in kept.run == run && round.map { kept.round < $0 } ?? true }
      .compactMap { kept in try left(kept.instruction).map { (kept, $0) } }
      .sorted { $0.left < $1.left }
  }

  /// What is owed when a round begins; none if nothing is, or it cannot be read any more.
  ///
  /// `left` says when the answer to an instruction began to leave; none if it did not, or if what it
  /// owes must not go with this round's.
  func change(
    before round: Int?, of run: UInt64, left: (String) throws -> Date?
  ) throws -> Parameters? {
    try kept(before: round, of: run, left: left).last.flatMap { last in
      try? ParameterFile.load(from: folder.appending(path: last.kept.name))
    }
  }

  /// Keeps what rounding took of an answer, and forgets what no round will ask for.
  func keep(
    _ change: Parameters, of instruction: String, after round: Int?, of run: UInt64,
    left: (String) throws -> Date?
  ) throws {
    try FileManager.default.createDirectory(
      at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    let new = Kept(run: run, round: round ?? 0, instruction: instruction)
    try ParameterFile.save(change, as: folder.appending(path: new.name))
    let last = try kept(before: round, of: run, left: left).last?.kept.name
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path)
    where name != new.name && name != last {
      // An attempt at this round that left may be the one that counted.
      if let kept = Kept(name), round != nil, kept.run == run, kept.round == new.round { continue }
      try? FileManager.default.removeItem(at: folder.appending(path: name))
    }
  }
}
