/// One decoded frame: the values the device stored, before any rescale, window or inversion.
public struct StoredFrame: Sendable, Equatable {
  public let columns: Int
  public let rows: Int
  /// 1 for grey and palette, 3 for red, green and blue side by side.
  public let samples: Int
  public let bitsStored: Int
  /// How to read the values: MONOCHROME1, MONOCHROME2, PALETTE COLOR or RGB.
  public let photometric: String
  /// Whether the header calls the values signed.
  public let isSigned: Bool
  /// Row by row from the top; unsigned ones of 32 bits by their bits, so ask ``number(_:)``.
  public let values: [Int32]

  /// What one of the values stands for.
  @inlinable
  public func number(_ value: Int32) -> Int {
    isSigned ? Int(value) : Int(UInt32(bitPattern: value))
  }
}
