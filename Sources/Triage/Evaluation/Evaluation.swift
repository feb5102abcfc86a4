/// How well a model reads images whose truth is known: over all, site by site, and whether it
/// points at the lesion.
///
/// Pooled figures flatter (an easy site lifts them), so the mean of the sites stands beside
/// them; a site with fewer than ``leastForMean`` images is left out of that mean. Every AUROC
/// carries a bootstrap interval by patient.
public struct Evaluation: Codable, Sendable, Hashable {
  /// One image a model has scored.
  public struct Read: Sendable, Hashable {
    public let patient: String
    public let site: String
    public let isSuspicious: Bool
    /// Calibrated probability, 0 to 1.
    public let probability: Double
    /// None for an image without boxes.
    public let pointing: PointingTrial?

    public init(
      patient: String, site: String, isSuspicious: Bool, probability: Double,
      pointing: PointingTrial? = nil
    ) {
      self.patient = patient
      self.site = site
      self.isSuspicious = isSuspicious
      self.probability = probability
      self.pointing = pointing
    }
  }

  /// Figures of one site, or of all together.
  public struct Score: Codable, Sendable, Hashable {
    /// None where there is only one class.
    public let auroc: Double?
    /// 95 % bootstrap interval of the AUROC.
    public let interval: Interval?
    /// The share of suspicious images caught while nine of ten normal ones are left alone.
    ///
    /// Where a site has no normal images, at the threshold that does so over all sites together.
    public let sensitivity: Double?
    public let images: Int
    public let suspicious: Int

    enum CodingKeys: String, CodingKey {
      case auroc
      case interval = "ci"
      case sensitivity = "sensitivity_at_specificity_90"
      case images = "n"
      case suspicious
    }
  }

  /// The pointing game over all images with boxes.
  public struct Pointing: Codable, Sendable, Hashable {
    public let hits: Int
    public let of: Int
    /// What a blindly chosen point would hit, 0 to 1.
    public let random: Double
    /// 95 % bootstrap interval of `hits / of`.
    public let interval: Interval?

    enum CodingKeys: String, CodingKey {
      case hits, of, random
      case interval = "ci"
    }
  }

  public let pooled: Score
  public let sites: [String: Score]
  /// Mean AUROC of the sites that have both classes and at least ``leastForMean`` images.
  public let meanOfSites: Double?
  public let pointing: Pointing

  /// A site with fewer images says too little to stand in a mean.
  public static let leastForMean = 20

  enum CodingKeys: String, CodingKey {
    case pooled, sites, pointing
    case meanOfSites = "mean_of_sites"
  }

  /// Scores what a model read.
  ///
  /// At or above `threshold` the model calls an image suspicious; it is used for the sensitivity
  /// where there is no normal image at all.
  public init(
    of reads: [Read], threshold: Double? = nil, resamples: Int = 1000, seed: UInt64 = 1
  ) {
    let common = RankedScores(reads).point(atSpecificity: 0.9)?.threshold ?? threshold
    func score(_ reads: [Read]) -> Score {
      let ranked = RankedScores(reads)
      let bootstrap = PatientBootstrap(
        patients: reads.map(\.patient), resamples: resamples, seed: seed)
      let auroc = ranked.auroc()
      return Score(
        auroc: auroc,
        interval: auroc == nil ? nil : bootstrap.interval { ranked.auroc(counts: $0) },
        sensitivity: ranked.point(atSpecificity: 0.9)?.sensitivity
          ?? common.flatMap { ranked.sensitivity(atThreshold: $0) },
        images: reads.count, suspicious: reads.count(where: \.isSuspicious))
    }
    pooled = score(reads)
    sites = Dictionary(grouping: reads, by: \.site).mapValues(score)
    let eligible = sites.values.filter { $0.images >= Self.leastForMean }.compactMap(\.auroc)
    // Summed in order, so that the last digit does not depend on the dictionary's.
    meanOfSites =
      eligible.isEmpty ? nil : eligible.sorted().reduce(0, +) / Double(eligible.count)
    pointing = Pointing(reads, resamples: resamples, seed: seed)
  }
}

extension RankedScores {
  init(_ reads: [Evaluation.Read]) {
    self.init(scores: reads.map(\.probability), isSuspicious: reads.map(\.isSuspicious))
  }
}

extension Evaluation.Pointing {
  fileprivate init(_ reads: [Evaluation.Read], resamples: Int, seed: UInt64) {
    let pointed = reads.filter { $0.pointing != nil }
    let trials = pointed.compactMap(\.pointing)
    hits = trials.count(where: \.isHit)
    of = trials.count
    random = trials.isEmpty ? 0 : trials.map(\.chance).reduce(0, +) / Double(trials.count)
    interval = PatientBootstrap(
      patients: pointed.map(\.patient), resamples: trials.isEmpty ? 0 : resamples, seed: seed
    ).interval { counts in
      let drawn = counts.reduce(0, +)
      let caught = zip(trials, counts).reduce(0.0) { $0 + ($1.0.isHit ? $1.1 : 0) }
      return drawn > 0 ? caught / drawn : nil
    }
  }
}
