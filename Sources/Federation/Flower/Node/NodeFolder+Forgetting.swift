extension NodeFolder {
  /// Forgets the coordinator, and all that was of it, but not the key: what one was to have never
  /// goes to another.
  ///
  /// - Throws: ``FleetError/folderInUse`` while the node takes part.
  public func forgetCoordinator() async throws {
    try await alone {
      let notes: [Note] = [
        .answer, .announced, .pushing, .instruction, .answered, .node, .coordinator,
      ]
      for note in notes { remove(note) }
      answers.clear()
      objects.clear()
    }
  }
}
