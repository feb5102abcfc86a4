import ArgumentParser
import Engine

/// How everybody trains: towards 0, by the mean of the squares.
struct TrainingPlan: Sendable {
  enum Method: String, CaseIterable, ExpressibleByArgument, Sendable {
    case sgd, adamw
  }

  let optimizer: Method
  let batch: Int
  let threads: Int

  /// Steps whose losses are compared before anything is measured.
  static let compared = 3

  /// Small, so that the last bits of one engine do not lead far from the other.
  var rate: Float { 1e-4 }

  /// Ours, compiled; with the gradient of each image held to a length where there is one.
  func training(
    _ network: Network, _ parameters: Parameters, exampleClip: Float? = nil
  ) throws -> Training {
    try Training(
      network, parameters, batch: batch, optimizer: optimizer == .sgd ? .sgd() : .adamW(),
      options: Training.Options(threads: threads, exampleClip: exampleClip))
  }

  /// One step; gives the loss before it.
  @discardableResult
  func step(_ training: Training, _ images: [Float]) throws -> Float {
    try training.step(images, Self.meanOfSquares, learningRate: rate)
  }

  private static func meanOfSquares(_ output: [Float]) -> (Float, [Float]) {
    let count = Double(output.count)
    let sum = output.reduce(0.0) { $0 + Double($1) * Double($1) }
    return (Float(sum / count), output.map { Float(2 * Double($0) / count) })
  }
}
