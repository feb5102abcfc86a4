extension UnsafeBufferPointer<Float> {
  /// The lowest and the highest number, 0 counted; both NaN where one number is NaN or infinite.
  var extremes: (low: Float, high: Float) {
    ByteKernels(lanes: convolutionLanes()).extremes(self)
  }
}
