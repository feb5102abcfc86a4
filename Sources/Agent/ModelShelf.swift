public import Foundation
public import Radiology
public import Store
public import Triage

/// The models of one site: the files under `models/<id>/` and what the store says of them.
public struct ModelShelf: Sendable {
  private let store: Store
  private let folder: URL

  /// The shelf of a store that lies in a folder.
  public init(store: Store, home: URL) {
    self.store = store
    folder = home.appending(path: "models", directoryHint: .isDirectory)
  }

  /// The model that sorts the worklist; none if there is none yet.
  ///
  /// - Throws: ``AgentError/modelNotUsable(_:)`` if its files are missing or changed.
  public func active() throws -> Model? {
    guard let version = try store.activeModel() else { return nil }
    return try model(version.id)
  }

  /// One model of the shelf, verified byte by byte.
  ///
  /// - Throws: ``AgentError/modelNotUsable(_:)``.
  public func model(_ id: ModelVersion.ID) throws -> Model {
    do {
      let model = try Model(folder: place(of: id))
      guard model.id == id else { throw AgentError.modelNotUsable("its content is another's.") }
      return model
    } catch let error as TriageError {
      throw AgentError.modelNotUsable("\(error)")
    }
  }

  /// What is wrong with a model's files that no waiting mends: they are gone, or changed; none if they
  /// are sound, or cannot be read for another reason.
  func damage(of id: ModelVersion.ID) -> String? {
    let place = place(of: id)
    do throws(TriageError) {
      return try Model(folder: place).id == id ? nil : "Its content is another model's."
    } catch {
      switch error {
      case .modelFileChanged, .modelIsInconsistent: return "\(error)"
      case .modelFileUnreadable(let file):
        return Self.isGone(place.appending(path: file)) ? "\(error)" : nil
      default: return nil
      }
    }
  }

  /// Whether there is no such file: not where nobody may look.
  private static func isGone(_ file: URL) -> Bool {
    do {
      _ = try FileManager.default.attributesOfItem(atPath: file.path)
      return false
    } catch {
      return [.fileNoSuchFile, .fileReadNoSuchFile].contains((error as? CocoaError)?.code)
    }
  }

  /// Who reads with one model of the shelf, as fast as this machine can.
  ///
  /// - Throws: ``AgentError/modelNotUsable(_:)``.
  func reader(_ id: ModelVersion.ID) throws -> Reader {
    let model = try model(id)
    do { return Reader(model: model, tuning: try model.tuning(keptIn: place(of: id))) } catch {
      throw AgentError.modelNotUsable("\(error)")
    }
  }

  /// Puts a model on the shelf as a candidate.
  ///
  /// One that is known stays what it is; if its files were damaged meanwhile, they are replaced.
  ///
  /// - Throws: `StoreError.diskFull`, or `TriageError.modelNotSaved` with another reason.
  @discardableResult
  public func add(_ model: Model) throws -> ModelVersion {
    let known = try store.model(model.id)
    if let known, damage(of: known.id) == nil { return known }
    let place = place(of: model.id)
    try PrivateFolder.make(folder)
    try PrivateFolder.make(place)
    do { try model.save(to: place) } catch TriageError.diskFull { throw StoreError.diskFull }
    try PrivateFolder.seal(place)
    if let known { return known }
    let version = model.version()
    try store.save(version)
    return version
  }

  /// Puts a model on the shelf and lets it sort the worklist from now on.
  public func start(with model: Model, by actor: String, at date: Date) throws {
    try store.promote(add(model).id, by: actor, at: date)
  }

  /// Gives a store without any model the one that comes with the program.
  ///
  /// Without a `models/chest` in the folder of assets nothing happens.
  /// - Returns: whether there is an active model now.
  /// - Throws: ``AgentError/modelNotUsable(_:)`` if the shipped model was changed.
  @discardableResult
  public func startWithShipped(from assets: URL, at date: Date) throws -> Bool {
    if try store.activeModel() != nil { return true }
    let shipped = assets.appending(path: "models/chest", directoryHint: .isDirectory)
    guard try store.models().isEmpty, FileManager.default.fileExists(atPath: shipped.path) else {
      return false
    }
    do {
      try start(with: Model(folder: shipped), by: "shipped with SecondLook", at: date)
    } catch let error as TriageError {
      throw AgentError.modelNotUsable("\(error)")
    }
    return true
  }

  private func place(of id: ModelVersion.ID) -> URL {
    folder.appending(path: id, directoryHint: .isDirectory)
  }
}
