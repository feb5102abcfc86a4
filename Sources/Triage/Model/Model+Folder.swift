import Engine
public import Foundation

extension Model {
  /// Reads a model from a folder with `model.json` and `weights`, believing nothing.
  ///
  /// - Throws: ``TriageError/modelFileUnreadable(file:)``,
  ///   ``TriageError/modelFileChanged(file:)`` for any changed byte of either file,
  ///   ``TriageError/modelFormatUnknown(found:known:)``,
  ///   ``TriageError/modelIsInconsistent(_:)`` if the parts do not fit each other.
  public init(folder: URL) throws(TriageError) {
    let file = try ModelFile(verifying: Self.read(ModelFile.name, in: folder))
    let weights = try Self.read(ModelFile.weightsName, in: folder)
    guard let parameters = try? Parameters(decoding: [UInt8](weights)),
      parameters.digest == file.content.weights
    else { throw .modelFileChanged(file: ModelFile.weightsName) }
    let model = try Model(
      network: file.content.network, parameters: parameters,
      preprocessing: file.content.preprocessing, readOut: file.content.readOut,
      calibration: file.content.calibration, familiarity: file.content.familiarity,
      quantization: file.content.quantization,
      card: file.card, lineage: file.lineage)
    guard model.id == file.id else { throw .modelFileChanged(file: ModelFile.name) }
    self = model
  }

  /// Writes both files into a folder, which is made if need be; each appears whole or not at all.
  ///
  /// - Throws: ``TriageError/diskFull``, or ``TriageError/modelNotSaved(_:)`` with another reason.
  public func save(to folder: URL) throws(TriageError) {
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      // Weights first: a description without its weights would be a broken model.
      try Data(parameters.encoded()).write(
        to: folder.appending(path: ModelFile.weightsName), options: .atomic)
      try ModelFile(self).bytes.write(
        to: folder.appending(path: ModelFile.name), options: .atomic)
    } catch {
      throw TriageError(saving: error)
    }
  }

  private static func read(_ name: String, in folder: URL) throws(TriageError) -> Data {
    do { return try Data(contentsOf: folder.appending(path: name)) } catch {
      throw .modelFileUnreadable(file: name)
    }
  }
}
