import Engine
import Foundation
import OnnxImport

/// An inspection in words, or as JSON.
struct InspectionReport {
  private let inspection: OnnxInspection
  /// How fast it runs; nil where it was not run.
  var pace: Pace?

  init(_ inspection: OnnxInspection) { self.inspection = inspection }

  var runs: Bool { inspection.model != nil }

  private var parameters: Int? { inspection.model?.parameters.count }

  /// Of all convolutions and matrices, for one image.
  private var multiplications: Int? {
    inspection.model.map { $0.network.floatingPointOperations / 2 }
  }

  // MARK: Words

  var text: String {
    var rows = [
      ["made by", inspection.producer.isEmpty ? "(does not say)" : inspection.producer],
      ["format", "\(inspection.format)"],
      ["operators", inspection.operatorVersion.map { "version \($0)" } ?? "of no one version"],
    ]
    rows += inspection.inputs.map { ["input", Self.words($0)] }
    rows += inspection.results.map { ["result", Self.words($0)] }
    rows.append(operatorRow)
    if let parameters { rows.append(["parameters", parameters.formatted(Self.style)]) }
    if let multiplications {
      rows.append(["multiplications", multiplications.formatted(Self.style) + " for one image"])
    }
    if let pace {
      rows.append([
        "one image",
        String(
          format: "%.3g ms with 1 thread, %.3g ms with %d", pace.alone, pace.together,
          pace.threads),
      ])
    }
    return Self.lines(rows) + "\n\n" + verdict
  }

  private static let style = IntegerFormatStyle<Int>(locale: Locale(identifier: "en_US"))

  /// The most used first.
  private var operatorRow: [String] {
    let sorted = inspection.operators.sorted { (-$0.value, $0.key) < (-$1.value, $1.key) }
    return [
      counted(inspection.operators.values.reduce(0, +), "node", "nodes"),
      sorted.map { "\($0.value) \($0.key)" }.joined(separator: ", "),
    ]
  }

  private var verdict: String {
    guard !runs else {
      return pace == nil
        ? "The engine runs it; it was not run here, since one image takes minutes."
        : "The engine runs it."
    }
    return (["The engine does not run it:"] + inspection.obstacles.map { "  \(Self.words($0))" })
      .joined(separator: "\n")
  }

  private static func words(_ value: OnnxInspection.Value) -> String {
    let extents = value.extents.map { $0.map(String.init) ?? "?" }.joined(separator: " x ")
    return "\(value.name), \(value.kind) \(extents.isEmpty ? "without extents" : extents)"
  }

  /// Without what to do about it, which is the same for all.
  private static func words(_ obstacle: OnnxError) -> String {
    switch obstacle {
    case .unsupportedOperator(let type, let node): "\(type) of node \(node): not supported"
    case .unsupportedUse(let type, let node, let problem): "\(type) of node \(node): \(problem)"
    case .unsupportedFeature(let feature): "it uses \(feature)"
    case .unsupportedSignature(let problem): problem
    default: obstacle.description
    }
  }

  /// Two columns, without a heading.
  private static func lines(_ rows: [[String]]) -> String {
    let width = rows.map { $0[0].count }.max() ?? 0
    return rows.map { $0[0].padding(toLength: width + 2, withPad: " ", startingAt: 0) + $0[1] }
      .joined(separator: "\n")
  }
}

extension InspectionReport: Encodable {
  private enum Key: String, CodingKey {
    case producer, format, inputs, results, operators, runs, obstacles, parameters, multiplications
    case operatorVersion = "operator_version"
    case pace = "one_image"
  }

  private struct Value: Encodable {
    let name: String
    let kind: String
    /// Null where the file leaves one open.
    let extents: [Int?]
  }

  private struct Obstacle: Encodable {
    var `operator`: String?
    var node: String?
    let problem: String

    init(_ error: OnnxError) {
      switch error {
      case .unsupportedOperator(let type, let node): (self.operator, self.node) = (type, node)
      case .unsupportedUse(let type, let node, _): (self.operator, self.node) = (type, node)
      default: break
      }
      problem = error.description
    }
  }

  func encode(to encoder: any Encoder) throws {
    func value(_ value: OnnxInspection.Value) -> Value {
      Value(name: value.name, kind: value.kind, extents: value.extents)
    }
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(inspection.producer, forKey: .producer)
    try container.encode(inspection.format, forKey: .format)
    try container.encode(inspection.operatorVersion, forKey: .operatorVersion)
    try container.encode(inspection.inputs.map(value), forKey: .inputs)
    try container.encode(inspection.results.map(value), forKey: .results)
    try container.encode(inspection.operators, forKey: .operators)
    try container.encode(runs, forKey: .runs)
    try container.encode(inspection.obstacles.map(Obstacle.init), forKey: .obstacles)
    try container.encodeIfPresent(parameters, forKey: .parameters)
    try container.encodeIfPresent(multiplications, forKey: .multiplications)
    try container.encodeIfPresent(pace, forKey: .pace)
  }
}
