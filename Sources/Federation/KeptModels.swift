import Engine
public import Foundation

/// The models of a coordinator's that a site keeps, so that the next may come as a change of one.
///
/// For one coordinator and no other. The last one is kept, and the one that it came as a change of:
/// a round that begins again after a kill, on either side, begins with the same.
public struct KeptModels: Sendable {
  private let folder: URL

  /// `coordinator` is anything that names it and can name a folder.
  public init(in folder: URL, of coordinator: String) {
    self.folder = folder.appending(path: "received").appending(path: coordinator)
  }

  /// The model of that name, as it was kept; none if it was not, or has changed since.
  func model(_ digest: String) -> Parameters? {
    try? ParameterFile.load(digest, from: folder)
  }

  /// Keeps an instruction's model where its coordinator wants that, and forgets what no change will
  /// be of.
  ///
  /// - Throws: ``FleetError/notKept(reason:)``.
  public func keep(_ instruction: LearningInstruction) throws(FleetError) {
    guard let name = instruction.named else { return }
    do {
      try FileManager.default.createDirectory(
        at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      try ParameterFile.save(instruction.model.inWireOrder, in: folder)
    } catch { throw .notKept(reason: "\(error)") }
    let wanted = [name.digest, name.base ?? ""].map {
      ParameterFile.url(of: $0, in: folder).lastPathComponent
    }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    for name in names where !wanted.contains(name) {
      try? FileManager.default.removeItem(at: folder.appending(path: name))
    }
  }
}
