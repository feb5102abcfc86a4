import Foundation
import Testing

@testable import Engine

@Suite("Losses and pooling give the gradient of their value")
struct LossTests {
  /// Compares a gradient with finite differences of a function that is precise to 1e-7.
  private func expectGradient(
    _ gradient: [Float], at point: [Float], of function: ([Float]) -> Float,
    _ location: SourceLocation = #_sourceLocation
  ) {
    let step: Float = 1e-2
    for index in point.indices {
      var above = point
      var below = point
      above[index] += step
      below[index] -= step
      let slope = (function(above) - function(below)) / (above[index] - below[index])
      // The bend over a step of 1e-2 is about 1e-4 of these curves, the rounding 1e-5.
      #expect(abs(gradient[index] - slope) < 5e-4, "at \(index)", sourceLocation: location)
    }
  }

  @Test("cross entropy's gradient", arguments: [0, 1, 2] as [Float], [1, 3] as [Float])
  func crossEntropy(focus: Float, positiveWeight: Float) {
    let loss = BinaryCrossEntropy(focus: focus, positiveWeight: positiveWeight)
    let logits = noise(12, seed: 1).map { $0 * 4 }
    let targets: [Float] = (0..<12).map { [0, 1, 0.3][$0 % 3] }
    let weights: [Float] = (0..<12).map { [1, 0.5, 2, 0][$0 % 4] }
    let result = loss(logits: logits, targets: targets, weights: weights)
    expectGradient(result.gradient, at: logits) {
      loss(logits: $0, targets: targets, weights: weights).value
    }
  }

  @Test("cross entropy of even odds is log 2, of a sure hit 0, of a sure miss the logit")
  func crossEntropyValues() {
    let loss = BinaryCrossEntropy()
    func value(_ logit: Float, _ target: Float) -> Float {
      loss(logits: [logit], targets: [target], weights: [1]).value
    }
    #expect(abs(value(0, 1) - Float(log(2.0))) < 1e-7)
    #expect(value(200, 1) == 0)
    #expect(value(-200, 1) == 200)
    #expect(value(200, 0) == 200)
    #expect(loss(logits: [1e30, -1e30], targets: [0, 1], weights: [1, 1]).value.isFinite)
  }

  @Test("weight 0 is as if the example were not there")
  func ignored() {
    let loss = BinaryCrossEntropy(focus: 1)
    let few = loss(logits: [1, -2], targets: [1, 1], weights: [1, 2])
    let more = loss(logits: [1, -2, 9], targets: [1, 1, 0], weights: [1, 2, 0])
    #expect(more.value == few.value)
    #expect(more.gradient == few.gradient + [0])
    let none = loss(logits: [1], targets: [1], weights: [0])
    #expect(none.value == 0 && none.gradient == [0])
  }

  @Test(
    "pooling's gradient",
    arguments: [
      MapPooling.logSumExp(sharpness: 0.5), .logSumExp(sharpness: 5), .topMean(count: 3),
      .topMean(count: 99),
    ], [false, true])
  func pooling(pooling: MapPooling, masked: Bool) {
    let map = noise(24, seed: 2).map { $0 * 3 }
    let included = masked ? (0..<24).map { $0 % 5 != 0 } : nil
    let upstream: [Float] = [0.7, -1.3]
    let gradient = pooling.gradient(map, images: 2, included: included, pooled: upstream)
    expectGradient(gradient, at: map) { map in
      let pooled = pooling(map, images: 2, included: included)
      return pooled[0] * upstream[0] + pooled[1] * upstream[1]
    }
  }

  @Test("log-sum-exp lies between mean and maximum, and knows no overflow")
  func logSumExp() {
    let map = noise(50, seed: 3)
    let mean = map.reduce(0, +) / 50
    let peak = map.max() ?? 0
    let soft = MapPooling.logSumExp(sharpness: 0.001)(map, images: 1)[0]
    let sharp = MapPooling.logSumExp(sharpness: 1000)(map, images: 1)[0]
    #expect(abs(soft - mean) < 1e-3)
    #expect(abs(sharp - peak) < 1e-2)
    #expect(MapPooling.logSumExp(sharpness: 10)([1e4, -1e4], images: 1)[0].isFinite)
    let same = MapPooling.logSumExp(sharpness: 3)([Float](repeating: 0.25, count: 7), images: 1)
    #expect(abs(same[0] - 0.25) < 1e-7)
  }

  @Test("the top mean takes the largest cells, the earlier of equal ones")
  func topMean() {
    let pooling = MapPooling.topMean(count: 2)
    #expect(pooling([1, 5, 3, 3], images: 1) == [4])
    #expect(pooling.gradient([1, 5, 3, 3], images: 1, pooled: [1]) == [0, 0.5, 0.5, 0])
    #expect(pooling([1, 5], images: 1, included: [false, false]) == [0])
  }
}
