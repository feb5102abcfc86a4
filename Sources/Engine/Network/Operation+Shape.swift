extension Network.Operation {
  /// Shape of the result for inputs of these shapes; nil where the operation cannot take them.
  ///
  /// For those who write a network down step by step and need the shapes on the way.
  public func shape(for inputs: [Network.Shape]) -> Network.Shape? {
    ShapeInference.result(of: self, for: inputs)
  }
}
