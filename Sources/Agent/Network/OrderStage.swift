public import Foundation
public import Gateway
public import Store

/// Asks the modality worklist what was ordered, and lets studies follow their orders.
public actor OrderStage: Stage {
  public nonisolated let name = "orders"
  private let worklist: ModalityWorklist
  private let store: Store
  private let now: @Sendable () -> Date
  private var turn: Turn

  public init(
    _ worklist: ModalityWorklist, every interval: Duration, store: Store,
    now: @escaping @Sendable () -> Date = { Date() }
  ) {
    self.worklist = worklist
    self.store = store
    self.now = now
    turn = Turn(every: interval)
  }

  /// Takes what was planned for the last week, and is for today and tomorrow.
  ///
  /// - Returns: how many studies follow an order that did not before.
  /// - Throws: `GatewayError` if the worklist cannot be asked.
  public func drain() async throws -> Int {
    guard turn.isDue() else { return 0 }
    let day: TimeInterval = 86_400
    let dates = [now() - 7 * day, now() + day].map(Self.date).joined(separator: "-")
    do {
      let orders = try await worklist.orders(dates: dates).orders
      try store.note(answerFrom: name, at: now())
      return try store.save(orders, at: now())
    } catch {
      turn.repeat()
      throw error
    }
  }

  private static func date(_ date: Date) -> String {
    // DICOM counts days as Pope Gregory did, whatever calendar the user likes (PS3.5 6.2, DA).
    let parts = Calendar(identifier: .gregorian).dateComponents(in: .current, from: date)
    return String(format: "%04d%02d%02d", parts.year ?? 0, parts.month ?? 0, parts.day ?? 0)
  }
}
