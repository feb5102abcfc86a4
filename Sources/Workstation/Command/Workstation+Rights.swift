import Radiology

extension Workstation {
  /// Whether the reader's role or the session rules a command out, so that no list offers it.
  ///
  /// Pressed all the same, its key says the same sentence.
  func isRuledOut(_ command: Command) -> Bool {
    guard let obstacle = command.obstacle(self) else { return false }
    return Act.allCases.contains { options.obstacle($0) == obstacle }
  }
}
