import Foundation
import Testing

@testable import Engine

@Suite("Losses of boxes, and the focal loss")
struct BoxLossTests {
  /// What `Golden/losses.py` wrote down.
  struct Golden: Decodable {
    struct Loss: Decodable {
      let x: [Float]
      let targets: [Float]?
      let weights: [Float]?
      let coverage: [Float]?
      let alpha: [Float]?
      let gamma: [Float]?
      let beta: [Float]?
      let value: Double
      let gradient: [Double]
    }

    let focal: [Loss]
    let boxes: [Loss]
    let generalizedIoU: [Loss]
    let smoothL1: [Loss]

    static func read() throws -> Golden {
      let place = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Golden/losses.json")
      return try JSONDecoder().decode(Golden.self, from: Data(contentsOf: place))
    }
  }

  /// Double precision inside, single precision out.
  private func expect(
    _ result: (value: Float, gradient: [Float]), _ golden: Golden.Loss,
    _ location: SourceLocation = #_sourceLocation
  ) {
    let difference = abs(Double(result.value) - golden.value)
    #expect(difference < 2e-7 * max(golden.value, 1), sourceLocation: location)
    #expect(error(result.gradient, from: golden.gradient) < 1e-6, sourceLocation: location)
  }

  @Test("the focal loss is PyTorch's")
  func focal() throws {
    for golden in try Golden.read().focal {
      let loss = FocalLoss(
        alpha: try #require(golden.alpha?.first), gamma: try #require(golden.gamma?.first))
      expect(
        try loss(
          logits: golden.x, targets: try #require(golden.targets), weights: golden.weights), golden)
    }
  }

  @Test("the loss of a map under boxes is PyTorch's")
  func boxes() throws {
    let golden = try #require(try Golden.read().boxes.first)
    let coverage = try #require(golden.coverage)
    let masks = (0..<3).map { BoxMask(coverage: Array(coverage[$0 * 20..<($0 + 1) * 20])) }
    expect(try BoxLoss()(maps: golden.x, masks: masks), golden)
  }

  @Test("the loss of regressed boxes is PyTorch's")
  func generalizedIoU() throws {
    let golden = try #require(try Golden.read().generalizedIoU.first)
    expect(
      try GeneralizedIoU()(
        golden.x, targets: boxes(try #require(golden.targets)), weights: golden.weights), golden)
  }

  @Test("the rounded distance is PyTorch's")
  func smoothL1() throws {
    for golden in try Golden.read().smoothL1 {
      let loss = SmoothL1(beta: try #require(golden.beta?.first))
      expect(
        try loss(golden.x, targets: try #require(golden.targets), weights: golden.weights), golden)
    }
  }

  private func boxes(_ corners: [Float]) -> [Box] {
    stride(from: 0, to: corners.count, by: 4).map {
      Box(
        left: corners[$0], top: corners[$0 + 1], right: corners[$0 + 2], bottom: corners[$0 + 3])
    }
  }

  // MARK: Slopes

  /// Every loss of this file, as a function of its first input.
  private typealias Loss = @Sendable ([Float]) throws -> (value: Float, gradient: [Float])
  private static let losses: [(name: String, point: [Float], loss: Loss)] = {
    let mask = BoxMask(coverage: [0, 0.5, 1, 0.25, 0, 0, 0, 0.75])
    let wanted = Box(left: 1, top: 2, right: 4, bottom: 5)
    return [
      (
        "focal", noise(8, seed: 1).map { $0 * 4 },
        { logits in
          try FocalLoss(gamma: 1.5)(
            logits: logits, targets: [0, 1, 0.3, 1, 0, 1, 0.5, 0],
            weights: [1, 2, 1, 0, 3, 1, 1, 1], total: 5)
        }
      ),
      (
        "maps", noise(16, seed: 2).map { $0 * 2 },
        { maps in try BoxLoss(gamma: 1)(maps: maps, masks: [mask, nil]) }
      ),
      (
        "boxes that overlap, cross, contain, are inside, miss, and have their corners swapped",
        [2, 3, 5, 6] + [0, 3, 6, 4] + [0, 0, 7, 7] + [2, 3, 3, 4] + [8, 9, 10, 11] + [5, 6, 2, 3],
        { boxes in
          try GeneralizedIoU()(
            boxes, targets: [Box](repeating: wanted, count: 6), weights: [1, 2, 1, 1, 3, 1])
        }
      ),
      (
        "distances", [0.2, -0.3, 2, -3, 0.6, 0],
        { try SmoothL1(beta: 0.5)($0, targets: [0, 0, 1, -1, 0, 0.2]) }
      ),
    ]
  }()

  @Test("every gradient is the slope of its value", arguments: losses.indices)
  func slopes(index: Int) throws {
    let (name, point, loss) = Self.losses[index]
    let gradient = try loss(point).gradient
    let step: Float = 1e-2
    for place in point.indices {
      var (above, below) = (point, point)
      above[place] += step
      below[place] -= step
      let slope = try (loss(above).value - loss(below).value) / (above[place] - below[place])
      // The bend over a step of 1e-2 is about 1e-4 of these curves, the rounding 1e-5.
      #expect(abs(gradient[place] - slope) < 5e-4, "\(name) at \(place)")
    }
  }

  // MARK: What they mean

  @Test("without discount and with even shares the focal loss is half the cross entropy")
  func half() throws {
    let (logits, targets): ([Float], [Float]) = ([-2, 0, 0.7, 90], [1, 0, 1, 0])
    let entropy = BinaryCrossEntropy()(
      logits: logits, targets: targets, weights: [1, 1, 1, 1])
    let focal = try FocalLoss(alpha: 0.5, gamma: 0)(logits: logits, targets: targets)
    #expect(focal.value == entropy.value / 2)
    #expect(focal.gradient == entropy.gradient.map { $0 / 2 })
    #expect(try FocalLoss()(logits: [1e30, -1e30], targets: [0, 1]).value.isFinite)
  }

  @Test("equal boxes lose nothing, far ones nearly 2, and the unit does not matter")
  func meaning() throws {
    func loss(_ box: [Float], _ wanted: Box) throws -> Float {
      try GeneralizedIoU()(box, targets: [wanted]).value
    }
    let wanted = Box(left: 1, top: 2, right: 3, bottom: 6)
    #expect(try loss([1, 2, 3, 6], wanted) == 0)
    #expect(try loss([1e4, 1e4, 1e4 + 1, 1e4 + 1], wanted) > 1.999)
    let small = Box(left: 0.25, top: 0.5, right: 0.75, bottom: 1.5)
    #expect(try loss([0, 1, 2, 4], wanted) == loss([0, 0.25, 0.5, 1], small))
    #expect(try loss([2, 4, 2, 4], wanted).isFinite)
  }

  @Test("boxes become the share of each cell that they cover together")
  func coverage() throws {
    let image = Network.Shape(channels: 1, height: 4, width: 6)
    let map = Network.Shape(channels: 1, height: 2, width: 3)
    let boxes = [
      Box(left: 1, top: 0, right: 3, bottom: 2), Box(left: 1, top: 1, right: 4, bottom: 3),
      // Past the edges of the image, and without area.
      Box(left: 5, top: 3, right: 90, bottom: 90), Box(left: 4, top: 0, right: 3, bottom: 2),
    ]
    let mask = try #require(try BoxMask(boxes: boxes, image: image, map: map))
    #expect(mask == BoxMask(coverage: [0.5, 0.75, 0, 0.25, 0.5, 0.25]))
    #expect(abs(mask.weights.reduce(0, +) - 2) < 1e-6)
    #expect(try BoxMask(boxes: [], image: image, map: map) == nil)
    let everywhere = Box(left: -1, top: -1, right: 9, bottom: 9)
    #expect(try BoxMask(boxes: [everywhere], image: image, map: map) == nil)
  }

  @Test("a network learns where the boxes are")
  func learns() throws {
    let scene = try Scene(.evidence, batch: 2)
    let map = scene.network.outputShape
    let box = Box(left: 4, top: 4, right: 12, bottom: 12)
    let mask = try BoxMask(boxes: [box], image: scene.network.input, map: map)
    let training = try scene.training(.sgd())
    let losses = try (0..<10).map { _ in
      try training.step(
        scene.images, { try BoxLoss()(maps: $0, masks: [mask, nil]) }, learningRate: 0.02)
    }
    #expect(try #require(losses.last) < 0.8 * losses[0])
  }

  // MARK: Refusals

  @Test("too few numbers are refused, and numbers that are none")
  func refusals() {
    let box = Box(left: 0, top: 0, right: 1, bottom: 1)
    let mask = BoxMask(coverage: [0, 1])
    let shape = Network.Shape(channels: 1, height: 1, width: 2)
    #expect(throws: EngineError.wrongCount(of: "targets", expected: 2, got: 1)) {
      try FocalLoss()(logits: [1, 2], targets: [1])
    }
    #expect(throws: EngineError.wrongCount(of: "weights", expected: 1, got: 2)) {
      try SmoothL1()([1], targets: [1], weights: [1, 1])
    }
    #expect(throws: EngineError.wrongCount(of: "boxes", expected: 4, got: 3)) {
      try GeneralizedIoU()([0, 0, 1], targets: [box])
    }
    #expect(throws: EngineError.wrongCount(of: "mask", expected: 3, got: 2)) {
      try BoxLoss()(maps: [0, 0, 0], masks: [mask])
    }
    #expect(throws: EngineError.wrongCount(of: "maps", expected: 4, got: 5)) {
      try BoxLoss()(maps: [0, 0, 0, 0, 0], masks: [mask, nil])
    }
    #expect(throws: EngineError.notFinite(what: "logits")) {
      try FocalLoss()(logits: [.nan], targets: [1])
    }
    #expect(throws: EngineError.notFinite(what: "boxes")) {
      try GeneralizedIoU()([0, 0, 1, .infinity], targets: [box])
    }
    #expect(throws: EngineError.notFinite(what: "boxes")) {
      try BoxMask(
        boxes: [Box(left: .nan, top: 0, right: 1, bottom: 1)], image: shape, map: shape)
    }
    #expect(throws: EngineError.notFinite(what: "maps")) {
      try BoxLoss()(maps: [0, .nan], masks: [mask])
    }
    #expect(throws: EngineError.notFinite(what: "targets")) {
      try SmoothL1()([1], targets: [.infinity])
    }
    #expect(throws: EngineError.invalidOption(name: "targets", problem: "every box has an area")) {
      try GeneralizedIoU()(
        [0, 0, 1, 1], targets: [Box(left: 1, top: 0, right: 1, bottom: 1)])
    }
    #expect(
      throws: EngineError.invalidOption(name: "weights", problem: "they are from 0.0 upwards")
    ) {
      try FocalLoss()(logits: [1], targets: [1], weights: [-1])
    }
    #expect(
      throws: EngineError.invalidOption(name: "targets", problem: "they are from 0.0 to 1.0")
    ) {
      try FocalLoss()(logits: [1], targets: [2])
    }
  }
}
