import Radiology

/// One frame of one image: what a picture is of.
struct ShownFrame: Sendable, Hashable {
  let instance: Instance.ID
  /// Counted from 0.
  let frame: Int
}
