import CEngine

typealias Doubles = UnsafeMutablePointer<Double>

extension Kernels {
  /// Mean and sum of squared differences from it over a slice's images, by channel in whole blocks.
  func batchMoments(
    _ slice: Norm, _ x: Floats, means: Doubles, squares: Doubles, scratch: Doubles
  ) {
    var sizes = slice.sizes
    table.batch_moments(&sizes, x, means, squares, scratch)
  }

  /// `y = (x − mean) · scale + shift`, plus the residual, then ReLU where told.
  func batchApply(
    _ slice: Norm, _ x: Floats, residual: Floats?, means: Doubles, scales: Doubles,
    shifts: Doubles, relu: Bool, into y: Floats
  ) {
    var sizes = slice.sizes
    table.batch_apply(&sizes, x, residual, means, scales, shifts, relu, y)
  }

  /// Sums by channel of the gradient behind the ReLU, which the slope becomes and the residual
  /// gets, and of its product with `x − mean`.
  func batchGather(
    _ slice: Norm, _ x: Floats, rectified y: Floats?, slope: Floats, means: Doubles,
    residual: Target?, sums: Doubles, products: Doubles, scratch: Doubles
  ) {
    var sizes = slice.sizes
    table.batch_gather(
      &sizes, x, y, slope, means, residual?.at, residual?.adds ?? false, sums, products, scratch)
  }

  /// `dx = a · gathered slope + b · (x − mean) + c`; it may take the slope's place.
  func batchSpread(
    _ slice: Norm, _ x: Floats, slope: Floats, means: Doubles, _ a: Doubles, _ b: Doubles,
    _ c: Doubles, into dx: Target
  ) {
    var sizes = slice.sizes
    table.batch_spread(&sizes, x, slope, means, a, b, c, dx.at, dx.adds)
  }
}
