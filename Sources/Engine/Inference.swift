/// Runs a network on images; the same images give the same bits, alone or in any batch.
///
/// Not `Sendable`: let one actor or one thread own it, made where it is used.
public final class Inference {
  public let network: Network
  /// The most images one ``run(_:)`` takes.
  public let batch: Int

  /// - Throws: ``EngineError`` if the parameters belong to another network, or `batch` is below 1.
  public init(
    _ network: Network, _ parameters: Parameters, batch: Int = 1, threads: Int? = nil
  ) throws(EngineError) {
    self.network = network
    self.batch = batch
  }

  /// Takes other weights of the same network.
  public func load(_ parameters: Parameters) throws(EngineError) {}

  /// The output of each image.
  ///
  /// - Parameter images: 1 to ``batch`` images one after another, `[images, channels, height,
  ///   width]` as ``Network/input`` says.
  /// - Throws: ``EngineError/wrongCount(of:expected:got:)`` for a part of an image or too many,
  ///   ``EngineError/notFinite(what:)`` for an image with NaN or infinity.
  /// - Returns: `[images, channels, height, width]` as ``Network/outputShape`` says.
  public func run(_ images: [Float]) throws(EngineError) -> [Float] { [] }
}
