extension Instance {
  /// Whether a model may learn from it: what it must not judge would teach it nonsense.
  public var canTeach: Bool {
    isReadable && frames == 1 && !caveats.contains(where: \.preventsJudging)
  }
}
