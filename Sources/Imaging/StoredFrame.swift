/// One decoded frame: the values the device stored, before any rescale, window or inversion.
public struct StoredFrame: Sendable, Equatable {
  public let columns: Int
  public let rows: Int
  /// 1 for grey and palette, 3 for red, green and blue side by side.
  public let samples: Int
  public let bitsStored: Int
  /// How to read the values: MONOCHROME1, MONOCHROME2, PALETTE COLOR or RGB.
  public let photometric: String
  /// Row by row from the top.
  public let values: [Int32]
}
