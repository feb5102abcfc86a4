public import Engine

/// How the network's map becomes evidence for the whole image.
public struct ReadOut: Codable, Sendable, Hashable {
  /// From all cells to one number.
  public var pooling: MapPooling
  /// The image is also read mirrored, and the two maps are averaged.
  public var readsMirrored: Bool

  public init(pooling: MapPooling = .logSumExp(sharpness: 3), readsMirrored: Bool = true) {
    self.pooling = pooling
    self.readsMirrored = readsMirrored
  }

  /// Numbers that the pooling can work with; a model with others is refused.
  var isSound: Bool {
    switch pooling {
    case .logSumExp(let sharpness): sharpness > 0 && sharpness.isFinite
    case .topMean(let count): count > 0
    }
  }
}
