/// How far regressed boxes are from those wanted, with a slope even where they do not touch.
///
/// `loss = 1 − (overlap / union − (hull − union) / hull)`, where the hull is the smallest upright box
/// around both: 0 for equal boxes, below 2. It does not depend on the unit of the coordinates.
/// Source: Rezatofighi et al. 2019, `arXiv:1902.09630`, algorithm 2.
public struct GeneralizedIoU: Sendable, Hashable {
  public init() {}

  /// Measures boxes against their targets.
  ///
  /// - Parameters:
  ///   - boxes: `[boxes, 4]`: left, top, right, bottom. Corners in the wrong order are swapped, as
  ///     the source has it.
  ///   - targets: one box for each, with an area.
  ///   - weights: 0 or more, one for each box; all 1 where nil.
  /// - Throws: ``EngineError/wrongCount(of:expected:got:)``, ``EngineError/notFinite(what:)``,
  ///   ``EngineError/invalidOption(name:problem:)`` for a target without area or a weight below 0.
  /// - Returns: the weighted mean, and its gradient as `boxes`; 0 without any weight.
  public func callAsFunction(
    _ boxes: [Float], targets: [Box], weights: [Float]? = nil
  ) throws(EngineError) -> (value: Float, gradient: [Float]) {
    let weights = weights ?? [Float](repeating: 1, count: targets.count)
    try boxes.check("boxes", count: 4 * targets.count)
    let corners = targets.flatMap { [$0.left, $0.top, $0.right, $0.bottom] }
    try corners.check("targets", count: corners.count)
    try weights.check("weights", count: targets.count, in: 0...Float.greatestFiniteMagnitude)
    guard targets.allSatisfy({ $0.left < $0.right && $0.top < $0.bottom }) else {
      throw .invalidOption(name: "targets", problem: "every box has an area")
    }
    var mean = WeightedMean(weights)
    var gradient: [Float] = []
    for (index, target) in targets.enumerated() {
      let across = Side(boxes[4 * index], boxes[4 * index + 2], target.left, target.right)
      let down = Side(boxes[4 * index + 1], boxes[4 * index + 3], target.top, target.bottom)
      let one = Self.term(across, down)
      let share = mean.add(index, one.loss)
      let (first, second) = (across.slopes(one.across), down.slopes(one.down))
      gradient += [first.first, second.first, first.second, second.second].map {
        Float(share * $0)
      }
    }
    return (Float(mean.value), gradient)
  }

  /// The loss of one box, and how it changes with each of the box's lengths.
  private static func term(
    _ x: Side, _ y: Side
  ) -> (loss: Double, across: Side.Lengths, down: Side.Lengths) {
    let overlap = x.lengths.overlap * y.lengths.overlap
    let hull = x.lengths.hull * y.lengths.hull
    let union = x.lengths.own * y.lengths.own + x.target * y.target - overlap
    // Slopes of the loss 2 − overlap / union − union / hull.
    let ofUnion = overlap / (union * union) - 1 / hull
    let ofOverlap = -1 / union - ofUnion
    let ofHull = union / (hull * hull)
    func slopes(times other: Side.Lengths) -> Side.Lengths {
      Side.Lengths(
        own: ofUnion * other.own, overlap: ofOverlap * other.overlap, hull: ofHull * other.hull)
    }
    return (
      2 - overlap / union - union / hull, slopes(times: y.lengths), slopes(times: x.lengths)
    )
  }

  /// A box and its target seen along one axis.
  private struct Side {
    /// What the box measures, what it shares with the target, and what both take up together.
    struct Lengths {
      var own: Double
      var overlap: Double
      var hull: Double
    }

    let lengths: Lengths
    let target: Double
    private let isSwapped: Bool
    /// Whether the box's own end is where the overlap or the hull begins or ends.
    private let begins: (overlap: Bool, hull: Bool)
    private let ends: (overlap: Bool, hull: Bool)

    init(_ first: Float, _ second: Float, _ targetStart: Float, _ targetEnd: Float) {
      isSwapped = first > second
      let (start, end) = (Double(min(first, second)), Double(max(first, second)))
      let (wantedStart, wantedEnd) = (Double(targetStart), Double(targetEnd))
      let overlap = min(end, wantedEnd) - max(start, wantedStart)
      lengths = Lengths(
        own: end - start, overlap: max(overlap, 0),
        hull: max(end, wantedEnd) - min(start, wantedStart))
      target = wantedEnd - wantedStart
      begins = (overlap > 0 && start > wantedStart, start < wantedStart)
      ends = (overlap > 0 && end < wantedEnd, end > wantedEnd)
    }

    /// From slopes by length to slopes by the two coordinates, as they were handed in.
    func slopes(_ slopes: Lengths) -> (first: Double, second: Double) {
      func sum(_ moves: (overlap: Bool, hull: Bool)) -> Double {
        slopes.own + (moves.overlap ? slopes.overlap : 0) + (moves.hull ? slopes.hull : 0)
      }
      let (start, end) = (-sum(begins), sum(ends))
      return isSwapped ? (end, start) : (start, end)
    }
  }
}
