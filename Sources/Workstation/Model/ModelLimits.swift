public import Radiology
import Terminal

/// What the model that judged a study may judge, which one it was and from where on it calls a
/// study suspicious: on screen wherever its answer may be.
public struct ModelLimits: Sendable, Hashable {
  /// For example `CR/DX CHEST PA/AP`; without patient data.
  public let scope: String
  /// For example `chest r24`; may be empty.
  public let name: String
  public let id: ModelVersion.ID
  public let threshold: Double?
  /// What the model's card says it must not be used for, one sentence each.
  public let cautions: [String]

  public init(
    scope: String, name: String = "", id: ModelVersion.ID, threshold: Double?,
    cautions: [String] = []
  ) {
    self.scope = scope
    self.name = name
    self.id = id
    self.threshold = threshold
    self.cautions = cautions
  }

  /// The longest way to say it in so many cells that leaves out nothing.
  ///
  /// Where even the shortest is too long the scope is cut, as the model's card has it in full; and
  /// beside an earlier image, where that is not enough, the other border says ``rest(_:width:)``.
  static func line(_ limits: ModelLimits?, width: Int) -> String {
    let (long, short) = ("Review aid – not for primary diagnosis", "Not for diagnosis")
    guard let limits else {
      let none = "no model has judged this study"
      let ways = ["\(long) · \(none)", "\(short) · no model"]
      return ways.first { cellWidth(of: $0) <= width } ?? short
    }
    let threshold = limits.threshold.map(ShareText.decimals) ?? "–"
    let scope = sanitized(limits.scope)
    let id = sanitized(limits.id)
    let name = limits.name.isEmpty ? "" : sanitized(limits.name) + " "
    func joined(_ parts: String...) -> String {
      parts.filter { !$0.isEmpty }.joined(separator: " · ")
    }
    let version = id.prefix(12)
    let ways = [
      joined(long, scope, "model \(name)\(version)", "threshold \(threshold)"),
      joined(long, scope, "model \(version)", "threshold \(threshold)"),
      joined(short, scope, "model \(version)", "threshold \(threshold)"),
      joined(short, scope, "\(version)", "≥\(threshold)"),
      joined(short, scope, "\(id.prefix(8))", "≥\(threshold)"),
    ]
    if let fitting = ways.first(where: { cellWidth(of: $0) <= width }) { return fitting }
    let rest = joined("", "\(id.prefix(8))", "≥\(threshold)")
    if cellWidth(of: "\(short) · \(rest)") > width { return short }
    let room = width - cellWidth(of: short) - cellWidth(of: rest) - 6
    return joined(short, room > 2 ? truncated(scope, toCells: room) : "", rest)
  }

  /// What a narrow border leaves out: the version, the threshold and as much of the scope as fits.
  static func rest(_ limits: ModelLimits?, width: Int) -> String {
    guard let limits else { return "no model" }
    let threshold = limits.threshold.map(ShareText.decimals) ?? "–"
    return truncated(
      "\(sanitized(limits.id).prefix(8)) · ≥\(threshold) · \(sanitized(limits.scope))",
      toCells: width)
  }
}
