import Foundation

/// What it costs a model to work on bytes: how well it ranks images that it was not trained on, on
/// floats and on bytes.
public struct QuantizationTrial: Codable, Sendable, Hashable {
  /// AUROC of the model on floats.
  public let floats: Double
  /// AUROC of the same on bytes.
  public let bytes: Double
  /// Images read by both; none of them was looked at to find the spans of the maps.
  public let images: Int
  public let suspicious: Int

  /// By how much the AUROC falls; below 0 where it rises.
  public var fall: Double { floats - bytes }

  /// A model may work on bytes only if its AUROC falls by less.
  public static let mostFall = 0.002
  /// With no more pairs of a suspicious and a normal image one of them would already be too much to
  /// lose, and what is measured says nothing.
  public static let fewPairs = Int(1 / mostFall)
  /// Images of each class that it takes besides: of one alone every pair is the same image.
  public static let leastOfEach = 5

  /// The figures in words, without a full stop.
  public var statement: String {
    "AUROC \(Self.words(floats)) on floats, \(Self.words(bytes)) on bytes "
      + "(\(images) images, \(suspicious) suspicious)"
  }

  var isAccepted: Bool { fall < Self.mostFall }

  /// An AUROC or a difference of two, fine enough to be held against ``mostFall``.
  static func words(_ value: Double) -> String { String(format: "%.4f", value) }

  enum CodingKeys: String, CodingKey {
    case images, suspicious
    case floats = "auroc_float"
    case bytes = "auroc_int8"
  }
}
