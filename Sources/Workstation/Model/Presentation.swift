public import Foundation
public import Radiology
public import Terminal

/// What a session shows: it hears what happened, says what should be done, and draws itself.
public protocol Presentation: Sendable {
  /// What to do first.
  func start() -> [Effect]
  /// Takes what happened and answers what should be done about it.
  mutating func update(_ message: Message) -> [Effect]
  func render(on canvas: inout Canvas)
  /// When ``Message/tick(_:)`` is wanted next; none while nothing depends on time.
  var nextTick: Date? { get }
  /// What ``Effect/loadWorklist`` asks for at this moment.
  var worklistRequest: WorklistRequest { get }
  /// Whether nothing would be lost by leaving now; if something would, the reader is asked.
  ///
  /// Called once all that was to be saved is saved, or refused and ``update(_:)`` has heard of it.
  mutating func mayLeave() -> Bool
}

extension Presentation {
  public mutating func mayLeave() -> Bool { true }
}

extension Workstation: Presentation {}
