/// Between which numbers each map of a network lies, so that bytes can stand for them.
///
/// A byte `b` of a map stands for `(b − zero) · step`: 256 numbers from the lowest to the highest,
/// 0 among them. Weights need nothing from here: each output channel of a convolution takes 255
/// steps between plus and minus its largest weight.
///
/// Belongs to one network and its weights; made from images by ``init(of:_:images:threads:)``.
/// Source of the scheme: Jacob and others 2018, `arXiv:1712.05877`.
public struct Quantization: Sendable, Equatable {
  /// Two numbers between which a map lies; 0 is one of them or between them.
  public struct Span: Sendable, Codable, Hashable {
    public let low: Float
    public let high: Float

    /// The narrowest span with both numbers and 0 in it.
    public init(_ low: Float, _ high: Float) {
      self.low = min(low, 0)
      self.high = max(high, 0)
    }
  }

  /// By the name of the node whose values they are; ``Network/image`` is the image.
  ///
  /// Only values that are kept are listed: not those that the next node takes in.
  public let spans: [String: Span]

  /// - Throws: ``EngineError/notFinite(what:)`` for an end that is NaN or infinite.
  public init(spans: [String: Span]) throws(EngineError) {
    guard spans.values.allSatisfy({ ($0.high - $0.low).isFinite }) else {
      throw .notFinite(what: "span of a map")
    }
    self.spans = spans
  }

  /// Refuses a network that it was not made for.
  ///
  /// - Throws: ``EngineError/quantizationDoesNotFit(node:)`` with the first node it does not know.
  public func check(_ network: Network) throws(EngineError) {
    _ = try scales(of: Plan.mapNames(BatchNormFold(network).network))
  }

  /// How bytes stand for each map of a plan, whose names are given.
  ///
  /// - Throws: ``EngineError/quantizationDoesNotFit(node:)`` with the first map that has no span.
  func scales(of names: [String]) throws(EngineError) -> [ByteScale] {
    var scales: [ByteScale] = []
    for name in names {
      guard let span = spans[name] else { throw .quantizationDoesNotFit(node: name) }
      scales.append(ByteScale(span))
    }
    return scales
  }
}

extension Quantization: Codable {
  private enum CodingKeys: CodingKey {
    case spans
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let spans = try container.decode([String: Span].self, forKey: .spans)
    try self.init(spans: spans.mapValues { Span($0.low, $0.high) })
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(spans, forKey: .spans)
  }
}

/// What the bytes of one map stand for: `(byte − zero) · step`.
struct ByteScale: Equatable {
  let step: Float
  let zero: UInt8

  init(_ span: Quantization.Span) {
    let finest = (span.high - span.low) / 255
    // A map of nothing but 0 needs some step, by which one can divide.
    step = finest > .leastNormalMagnitude ? finest : 1
    zero = UInt8(min(max((-span.low / step).rounded(.toNearestOrEven), 0), 255))
  }
}
