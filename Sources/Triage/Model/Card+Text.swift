import Foundation

extension Card {
  /// What it may judge, as short as a border has room for: `CR/DX CHEST PA/AP 18–99 y`.
  public var scope: String {
    let span = ages.map { "\($0.from)–\($0.to) y" }
    return [
      modalities.joined(separator: "/"), bodyParts.first ?? "", views.joined(separator: "/"),
      span ?? "",
    ].filter { !$0.isEmpty }.joined(separator: " ")
  }

  /// The card for people, ending in a newline; `model show` prints it.
  public func text(calibration: Calibration) -> String {
    var lines = [
      name, Self.disclaimer, "", "Intended use: \(intendedUse)",
      "Modality: \(modalities.joined(separator: ", "))",
      "Body part: \(bodyParts.joined(separator: ", "))",
      "View: \(views.joined(separator: ", "))",
    ]
    if let ages { lines.append("Ages: \(ages.from) to \(ages.to) years") }
    lines.append("Tells apart: \(labels.joined(separator: ", "))")
    lines.append(
      "Threshold: \(String(format: "%.3f", calibration.threshold)), chosen at "
        + "\(calibration.operatingPoint) on \(calibration.images) images "
        + "(\(calibration.suspicious) suspicious)")
    lines += ["", "Trained on:"] + trainingData.map { "- \($0)" }
    lines += ["", "Known limits:"] + limits.map { "- \($0)" }
    if let metrics {
      lines += ["", metricsNote.isEmpty ? "Figures:" : "Figures (\(metricsNote)):"]
      lines.append(String(metrics.table.dropLast()))
    }
    lines += ["", "Terms: \(terms)"]
    return lines.joined(separator: "\n") + "\n"
  }
}
