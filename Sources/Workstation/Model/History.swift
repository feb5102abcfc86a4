/// What was before and what was taken back: undo and redo over whole values.
struct History<Value: Sendable & Equatable>: Sendable {
  private var past: [Value] = []
  private var future: [Value] = []

  /// More steps than anybody takes in one study; older ones are forgotten.
  static var limit: Int { 1000 }

  var canUndo: Bool { !past.isEmpty }
  var canRedo: Bool { !future.isEmpty }

  /// Remembers the value that is about to change.
  mutating func record(_ value: Value) {
    past.append(value)
    if past.count > Self.limit { past.removeFirst() }
    future = []
  }

  /// The value before the last change, in exchange for the present one.
  mutating func undo(_ present: Value) -> Value? {
    guard let value = past.popLast() else { return nil }
    future.append(present)
    return value
  }

  /// The value that was undone last, in exchange for the present one.
  mutating func redo(_ present: Value) -> Value? {
    guard let value = future.popLast() else { return nil }
    past.append(present)
    return value
  }
}
