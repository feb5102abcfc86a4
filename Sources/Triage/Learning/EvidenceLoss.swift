public import Engine

/// What a map of evidence should have said, and how it has to change.
///
/// Three parts, each averaged over the images of the batch:
/// the pooled evidence against the label of the image; where people drew boxes, evidence inside
/// up and outside down, as ``/Engine/BoxLoss`` has it; on normal images every cell down.
public struct EvidenceLoss: Codable, Sendable, Hashable {
  public var pooling: MapPooling = .logSumExp(sharpness: 3)
  /// Weight of the boxes beside the labels.
  public var boxes: Float = 1
  /// Weight of the cells of normal images.
  public var normalCells: Float = 0.1

  public init() {}

  /// The truth about one image of a batch.
  struct Target: Sendable {
    let isSuspicious: Bool
    let weight: Float
    /// Share of each cell that boxes cover; none where nobody drew boxes.
    let coverage: [Float]?
  }

  /// Value and gradient with respect to each cell.
  ///
  /// The maps come one after another, `[images, cells]`.
  func callAsFunction(
    _ maps: [Float], _ targets: [Target]
  ) -> (value: Float, gradient: [Float]) {
    precondition(maps.count % targets.count == 0, "whole maps")
    let images = targets.count
    let cells = maps.count / images
    let entropy = BinaryCrossEntropy()
    let pooled = pooling(maps, images: images)
    let study = entropy(
      logits: pooled, targets: targets.map { $0.isSuspicious ? 1 : 0 },
      weights: targets.map(\.weight), total: Float(images))
    var gradient = pooling.gradient(maps, images: images, pooled: study.gradient)
    // Boxes and normal cells are one weighted cross entropy over cells.
    var cellTargets = [Float](repeating: 0, count: maps.count)
    var cellWeights = [Float](repeating: 0, count: maps.count)
    for (image, target) in targets.enumerated() {
      let range = image * cells..<(image + 1) * cells
      if !target.isSuspicious {
        for cell in range { cellWeights[cell] = normalCells * target.weight / Float(cells) }
      } else if let mask = target.coverage.flatMap({ BoxMask(coverage: $0) }) {
        for (place, cell) in range.enumerated() {
          cellWeights[cell] = boxes * mask.weights[place]
          cellTargets[cell] = mask.targets[place]
        }
      }
    }
    let places = entropy(
      logits: maps, targets: cellTargets, weights: cellWeights, total: Float(images))
    for index in gradient.indices { gradient[index] += places.gradient[index] }
    return (study.value + places.value, gradient)
  }
}
