import Radiology
import Synchronization
import Triage

/// What models must not be used for, by their cards; each model is verified when it is first asked
/// for, which takes longer than to write a document.
///
/// A model is named by its content, so that what its card says stays as it is.
final class ModelLimits: Sendable {
  private let shelf: ModelShelf
  private let known = Mutex<[ModelVersion.ID: [String]]>([:])

  init(_ shelf: ModelShelf) { self.shelf = shelf }

  /// - Throws: ``AgentError/modelNotUsable(_:)``.
  subscript(id: ModelVersion.ID) -> [String] {
    get throws {
      if let limits = known.withLock({ $0[id] }) { return limits }
      let limits = try shelf.model(id).card.limits
      known.withLock { $0[id] = limits }
      return limits
    }
  }
}
