import Federation
public import Gateway
public import Radiology
public import Store

extension FederationStatus {
  /// What a store knows, held against what the site demands.
  public init(
    of store: Store, demands: Configuration.Federation
  ) throws(StoreError) {
    let released = try store.releasedNoise()
    var spent = PrivacySpent()
    for noise in released { if let noise { spent.add(noise: noise) } }
    let noisy = released.count { $0 != nil }
    self.init(
      seat: try store.seat(), names: try store.siteNames(), pause: try store.pause(),
      progress: try store.federationProgress(), tasks: try store.tasks(),
      releases: try store.releases(),
      privacy: Privacy(
        epsilon: noisy == released.count ? spent.epsilon(delta: demands.delta) : nil,
        delta: demands.delta, budget: demands.mostEpsilon, noisy: noisy,
        plain: released.count - noisy),
      lessons: try store.lessons(part: .train).count,
      validation: try store.lessons(part: .validation).count)
  }
}
