/// A made-up hospital: what its machines do to every picture.
public struct Hospital: Sendable, Hashable {
  public let name: String
  /// Issuer of its patient identifiers and its short name in a federation.
  public let site: String
  /// Standard deviation of the detector's noise, as a share of full scale.
  public let noise: Double
  /// Exponent of the tone curve; above 1 is darker.
  public let gamma: Double
  /// Radius of the detector's blur in pixels.
  public let blur: Int
  /// Share of the picture's side that is collimated away at each edge.
  public let collimation: Double

  public init(
    name: String, site: String, noise: Double, gamma: Double, blur: Int, collimation: Double
  ) {
    self.name = name
    self.site = site
    self.noise = noise
    self.gamma = gamma
    self.blur = blur
    self.collimation = collimation
  }

  /// The three of the demo: a sharp modern detector, an old noisy one, and a mobile unit.
  public static let examples = [
    Hospital(
      name: "Lakeside General", site: "lakeside", noise: 0.010, gamma: 0.95, blur: 0,
      collimation: 0),
    Hospital(
      name: "North Infirmary", site: "north", noise: 0.028, gamma: 1.2, blur: 1,
      collimation: 0.02),
    Hospital(
      name: "St Mary", site: "st-mary", noise: 0.018, gamma: 0.8, blur: 1, collimation: 0.04),
  ]
}
