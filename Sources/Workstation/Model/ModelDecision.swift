public import Radiology

/// What somebody decides about the models of a site.
public enum ModelDecision: Sendable, Hashable {
  /// Lets a candidate that has passed its trial sort the worklist.
  case promote(ModelVersion.ID)
  /// Keeps a candidate from ever sorting it.
  case reject(ModelVersion.ID)
  /// Brings back the model that sorted it before.
  case rollBack
}
