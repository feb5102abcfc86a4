extension Evaluation {
  /// The figures for other programs: every name is always there, with null where a figure is not.
  ///
  /// A model's own file leaves such names out, and its seal is over exactly those bytes; so this
  /// is another form of the same.
  public struct Complete: Encodable, Sendable {
    let evaluation: Evaluation

    public func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(CompleteScore(score: evaluation.pooled), forKey: .pooled)
      try container.encode(
        evaluation.sites.mapValues(CompleteScore.init(score:)), forKey: .sites)
      try container.encode(evaluation.meanOfSites, forKey: .meanOfSites)
      try container.encode(CompletePointing(pointing: evaluation.pointing), forKey: .pointing)
    }
  }

  public var complete: Complete { Complete(evaluation: self) }
}

private struct CompleteScore: Encodable {
  let score: Evaluation.Score

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Evaluation.Score.CodingKeys.self)
    try container.encode(score.auroc, forKey: .auroc)
    try container.encode(score.interval, forKey: .interval)
    try container.encode(score.sensitivity, forKey: .sensitivity)
    try container.encode(score.images, forKey: .images)
    try container.encode(score.suspicious, forKey: .suspicious)
  }
}

private struct CompletePointing: Encodable {
  let pointing: Evaluation.Pointing

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Evaluation.Pointing.CodingKeys.self)
    try container.encode(pointing.hits, forKey: .hits)
    try container.encode(pointing.of, forKey: .of)
    try container.encode(pointing.random, forKey: .random)
    try container.encode(pointing.interval, forKey: .interval)
  }
}
